/**
 * A classical free energy by sampling between a reference and the potential, as `frenkel free-energy`: the same draws,
 * replicas in turns, steps, records and estimate.
 */
import type { Atoms } from '../data/atoms.ts';
import { under } from '../data/in-parts.ts';
import type { Potential } from '../data/potential.ts';
import { boltzmann } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import type { System } from '../engine/system.ts';
import { twiceKinetic } from '../free-energy/collect.ts';
import { drawing } from '../free-energy/draws.ts';
import { type Prepared, preparing } from '../free-energy/prepare.ts';
import {
  errorReached,
  estimateOf,
  nextReplica,
  type Records,
  type Replica,
  type ReplicaOptions,
  saveReplicas,
  startReplicas,
  stepReplica,
  stepsDone,
} from '../free-energy/replicas.ts';
import type { Estimate } from '../free-energy/result.ts';
import { restoreSampling, type SamplingCheckpoint, takeRecords } from '../free-energy/sampling.ts';
import { totalFreeEnergy } from '../free-energy/total.ts';
import { gradientCsv } from '../plot/free-energy.ts';
import { freeEnergyOptions } from './options.ts';
import type { Curve, Flags, ResultRow } from './protocol.ts';
import type { StepRun } from './runs.ts';

/** Of its table. */
export const freeEnergyColumns = ['Step', 'Zeta', 'DeltaU', 'Temp'];
/** Steps between rows of the table. */
const EVERY = 20;

interface Sampling {
  prepared: Prepared;
  replicas: Replica[];
  /** Which made the last step. */
  moved: Replica;
  records: Records;
  /** The error that was asked for is reached. */
  reached: boolean;
}

interface Kept {
  checkpoints: SamplingCheckpoint[];
  records: Records;
}

export function startFreeEnergy(
  engine: Engine,
  { system, atoms, potential }: { system: System; atoms: Atoms; potential: Potential },
  flags: Flags,
): StepRun {
  const { reference, relax, ...options } = freeEnergyOptions(flags);
  const { temperature } = options;
  const n = atoms.numbers.length;
  const mark = engine.mark();
  let now: Sampling | undefined;
  let says = '';
  const settings = { reference, relax, temperature };
  const at = (prepared: Prepared, records: Records, saved?: SamplingCheckpoint[]): Sampling => {
    const replicas = startReplicas(prepared, options, saved);
    const reached = errorReached(records, replicas, prepared, options);
    return { prepared, replicas, moved: replicas[0], records, reached };
  };
  // the way to the minimum, its modes, and the draws of the reference
  function* beginning(): Generator<string, Sampling> {
    const prepared = yield* preparing(engine, atoms, potential, settings);
    const drawn = yield* drawing(prepared.target, prepared.reference, options);
    return at(prepared, drawn ? [drawn] : []);
  }
  // what was kept is gone on from once the minimum and its modes are there again
  let rest: Kept | undefined;
  function* again({ records, checkpoints }: Kept): Generator<string, Sampling> {
    const prepared = yield* under('again', preparing(engine, atoms, potential, settings));
    return at(prepared, records.slice(), checkpoints);
  }
  let work = beginning();
  const estimate = ({ records, prepared }: Sampling): Estimate => estimateOf(records, prepared, options);
  const own = () => now?.prepared.system ?? system;
  const step = () => stepsDone(now?.replicas ?? rest?.checkpoints ?? []);
  const ended = () => now !== undefined && (now.reached || nextReplica(now.replicas) === undefined);
  return {
    options: { ...options, ...reference, relax },
    columns: freeEnergyColumns,
    total: options.steps * options.replicas,
    step,
    due: () => now !== undefined && step() % EVERY === 0,
    row: () => (now ? [step(), now.moved.state.zeta, now.moved.state.deltaU, heat(now.moved)] : [0, 0, 0, 0]),
    advance() {
      if (!now) {
        const next = work.next();
        if (next.done) [now, rest] = [next.value, undefined];
        else says = next.value;
        return;
      }
      const { replicas, records, prepared } = now;
      const moved = nextReplica(replicas);
      if (!moved) return;
      stepReplica(moved);
      now.moved = moved;
      records.push(...takeRecords(moved.state));
      now.reached = errorReached(records, replicas, prepared, options);
    },
    ended,
    rebuilding: () => rest !== undefined,
    says: () => {
      if (!now) return says;
      const { sequence } = now.replicas[0].state;
      return sequence * options.blockSteps < options.equilibration ? 'equilibrating' : '';
    },
    atoms: () => own().snapshot(),
    energy: () => now?.replicas[0].state.energy ?? Number.NaN,
    shown: () => ({ x: own().x, energies: own().energies, cell: own().cell }),
    bits: () => {
      if (!now) return [];
      const found = estimate(now);
      const { F, error } = totalFreeEnergy(found, now.prepared, { temperature, atoms: n });
      const moving = now.replicas.flatMap(({ target, state }) => [target.objective.x, state.velocities]);
      return [...moving, [F, error, found.deltaA]];
    },
    curves: () => (now ? [gradientCurve(estimate(now), n)] : []),
    figures: () => {
      if (!now) return undefined;
      const { gradient, deltaA } = estimate(now);
      return gradient.length > 0 ? { of: 'free-energy', gradient, deltaA, atoms: n } : undefined;
    },
    files: () =>
      now
        ? [
            { name: 'gradient.csv', text: gradientCsv(estimate(now).gradient) },
            { name: 'samples.jsonl', text: now.records.map((record) => `${JSON.stringify(record)}\n`).join('') },
          ]
        : [],
    save: (): Kept | undefined =>
      now ? { checkpoints: saveReplicas(now.replicas), records: now.records.slice() } : rest,
    restore(saved) {
      const kept = saved as Kept | undefined;
      if (kept && now) {
        const { replicas, prepared } = now;
        replicas.forEach((replica, k) => {
          replica.state = restoreSampling(replica.target, replica.reference, kept.checkpoints[k]);
        });
        const records = kept.records.slice();
        const reached = errorReached(records, replicas, prepared, options);
        now = { prepared, replicas, moved: replicas[0], records, reached };
        return;
      }
      engine.release(mark);
      work.return(undefined as unknown as Sampling);
      [now, rest, work, says] = [undefined, kept, kept ? again(kept) : beginning(), ''];
    },
    result: () => {
      if (!now) return { status: 'stopped', rows: [['status', 'stopped', '']] };
      const found = estimate(now);
      const status = ended() ? 'done' : 'stopped';
      if (found.steps === 0) return { status, rows: [['status', `${status}: nothing was sampled yet`, '']] };
      return { status, rows: [...rows(status, found, now.prepared, temperature, n), ...goalRows(now, options)] };
    },
  };
}

/** K, from the velocities. */
const heat = ({ target, reference, state }: Replica): number =>
  twiceKinetic(target, state) / (reference.modes * boltzmann);

const OUT_OF_95 = 1.96;

/** meV per atom: the mean force along the coupling, and its 95 % band. */
function gradientCurve({ gradient }: Estimate, n: number): Curve {
  const at = (sign: number) =>
    gradient.map(({ value, error }) => (1000 / n) * (value + sign * OUT_OF_95 * (Number.isFinite(error) ? error : 0)));
  return { x: gradient.map(({ zeta }) => zeta), ys: [at(0), at(1), at(-1)] };
}

function rows(status: string, found: Estimate, prepared: Prepared, temperature: number, n: number): ResultRow[] {
  const { F, error, interval, harmonic, anharmonic, perAtom } = totalFreeEnergy(found, prepared, {
    temperature,
    atoms: n,
  });
  const failed = found.checks.filter(({ passed }) => !passed);
  const eV = (name: string, value: number): ResultRow => [name, value.toFixed(6), 'eV'];
  return [
    ['status', failed.length > 0 ? `${status}, FAILED: these numbers are no free energy` : status, ''],
    ...failed.map(({ name, advice }): ResultRow => [`failed: ${name}`, advice, '']),
    ['free energy F', String(F), 'eV'],
    eV('standard error', error),
    ['95 %', `${interval[0].toFixed(6)} to ${interval[1].toFixed(6)}`, 'eV'],
    eV('harmonic part', harmonic),
    eV('anharmonic part', anharmonic),
    eV('F per atom', perAtom),
    ['independent samples', found.independentSamples.toFixed(0), ''],
    ['steps that count', String(found.steps), ''],
    [
      'checks',
      failed.length > 0 ? `${failed.length} of ${found.checks.length} failed` : `all ${found.checks.length} passed`,
      '',
    ],
  ];
}

/** Of several replicas, and of an error that was asked for. */
function goalRows({ replicas, reached }: Sampling, { targetError, steps }: ReplicaOptions): ResultRow[] {
  const goal = reached ? 'reached' : `not reached after ${steps} steps of each replica; give more`;
  return [
    ...(replicas.length > 1 ? [['replicas', String(replicas.length), ''] satisfies ResultRow] : []),
    ...(targetError === undefined ? [] : [[`error of ${targetError} eV`, goal, ''] satisfies ResultRow]),
  ];
}
