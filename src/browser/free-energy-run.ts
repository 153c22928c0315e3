/**
 * A classical free energy by sampling between a reference and the potential, as `frenkel free-energy` with one replica:
 * the same draws, steps, records and estimate.
 */
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import { boltzmann } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import type { System } from '../engine/system.ts';
import { twiceKinetic } from '../free-energy/collect.ts';
import { drawReference } from '../free-energy/draws.ts';
import { methods } from '../free-energy/estimators.ts';
import { type Prepared, prepare } from '../free-energy/prepare.ts';
import type { ReferenceRecord, SampleRecord } from '../free-energy/records.ts';
import type { Estimate } from '../free-energy/result.ts';
import {
  restoreSampling,
  type SamplingCheckpoint,
  type SamplingState,
  saveSampling,
  startSampling,
  stepSampling,
  takeRecords,
} from '../free-energy/sampling.ts';
import { totalFreeEnergy } from '../free-energy/total.ts';
import { gradientCsv } from '../plot/free-energy.ts';
import { freeEnergyOptions } from './options.ts';
import type { Curve, Flags, ResultRow } from './protocol.ts';
import type { StepRun } from './runs.ts';

const columns = ['Step', 'Zeta', 'DeltaU', 'Temp'];
/** Steps between rows of the table. */
const EVERY = 20;

interface Sampling {
  prepared: Prepared;
  state: SamplingState;
  records: (SampleRecord | ReferenceRecord)[];
}

interface Kept {
  checkpoint: SamplingCheckpoint;
  records: (SampleRecord | ReferenceRecord)[];
}

export function startFreeEnergy(
  engine: Engine,
  { system, atoms, potential }: { system: System; atoms: Atoms; potential: Potential },
  flags: Flags,
): StepRun {
  const { reference, relax, ...given } = freeEnergyOptions(flags);
  const options = { ...given, replica: 0 };
  const { temperature } = options;
  const n = atoms.numbers.length;
  const mark = engine.mark();
  let now: Sampling | undefined;
  const prepared = () => prepare(engine, atoms, potential, { reference, relax, temperature });
  const begin = (): Sampling => {
    const made = prepared();
    const drawn = drawReference(made.target, made.reference, options);
    const state = startSampling(made.target, made.reference, options);
    return { prepared: made, state, records: drawn ? [drawn] : [] };
  };
  const estimate = ({ records, prepared: { reference: from } }: Sampling): Estimate =>
    methods[options.method].estimate(records, { ...options, modes: from.modes });
  const own = () => now?.prepared.system ?? system;
  return {
    options: { ...options, ...reference, relax },
    columns,
    total: options.steps,
    step: () => now?.state.step ?? 0,
    due: () => now !== undefined && now.state.step % EVERY === 0,
    row: () => (now ? [now.state.step, now.state.zeta, now.state.deltaU, heat(now)] : [0, 0, 0, 0]),
    // the first is the way to the minimum, its modes, and the draws of the reference
    advance() {
      if (!now) {
        now = begin();
        return;
      }
      stepSampling(now.prepared.target, now.prepared.reference, now.state, options);
      now.records.push(...takeRecords(now.state));
    },
    ended: () => now !== undefined && now.state.step >= options.steps,
    says: () => (now ? (now.state.step < options.equilibration ? 'equilibrating' : '') : 'minimum, modes and draws'),
    atoms: () => own().snapshot(),
    energy: () => now?.state.energy ?? Number.NaN,
    shown: () => ({ x: own().x, energies: own().energies, cell: own().cell }),
    bits: () => {
      if (!now) return [];
      const found = estimate(now);
      const { F, error } = totalFreeEnergy(found, now.prepared, { temperature, atoms: n });
      return [now.prepared.system.x, now.state.velocities, [F, error, found.deltaA]];
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
      now && {
        checkpoint: saveSampling(now.prepared.target, now.prepared.reference, now.state),
        records: now.records.slice(),
      },
    restore(saved) {
      const kept = saved as Kept | undefined;
      now = undefined;
      engine.release(mark);
      if (!kept) return;
      const made = prepared();
      const state = restoreSampling(made.target, made.reference, kept.checkpoint);
      now = { prepared: made, state, records: kept.records.slice() };
    },
    result: () => {
      if (!now) return { status: 'stopped', rows: [['status', 'stopped', '']] };
      const found = estimate(now);
      const status = now.state.step >= options.steps ? 'done' : 'stopped';
      if (found.steps === 0) return { status, rows: [['status', `${status}: nothing was sampled yet`, '']] };
      return { status, rows: rows(status, found, now.prepared, temperature, n) };
    },
  };
}

/** K, from the velocities. */
const heat = ({ prepared: { target, reference }, state }: Sampling): number =>
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
