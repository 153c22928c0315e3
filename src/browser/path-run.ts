/** A path between two minima as a run of steps: both ends, then the band. The physics is that of src/tasks/neb.ts. */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import {
  bandOf,
  imagesOf,
  type Neb,
  type NebCheckpoint,
  profileOfNeb,
  restoreNeb,
  saveNeb,
  startNeb,
  stepNeb,
} from '../tasks/neb.ts';
import { describeNeb, frames, highestImage, spline } from '../tasks/neb-result.ts';
import type { Shown } from './frames.ts';
import { nebOptions } from './options.ts';
import type { Curve, Flags, ResultRow } from './protocol.ts';
import type { StepRun } from './runs.ts';

/** Of its table. */
export const pathColumns = ['Step', 'Highest', 'Fmax', 'Evaluations', 'Images', 'Climbing'];
const SPLINE = 200;

/** Energy above the first end, eV, along the path, Å: spline and images. */
function pathCurve(neb: Neb): Curve {
  const { coordinates, energies } = profileOfNeb(neb);
  // one point at a place: of two at the end the plot shows the first
  const places = new Set(coordinates);
  const between = spline(profileOfNeb(neb), SPLINE).filter(([s]) => !places.has(s));
  const points = [
    ...between.map(([s, energy]) => ({ s, energy, image: false })),
    ...Array.from(coordinates, (s, k) => ({ s, energy: energies[k], image: true })),
  ].sort((p, q) => p.s - q.s);
  const above = points.map(({ energy }) => energy - energies[0]);
  return { x: points.map(({ s }) => s), ys: [above, above.map((e, k) => (points[k].image ? e : null))] };
}

/** What a path is made of. */
export interface PathInput {
  engine: Engine;
  atoms: Atoms;
  last: Atoms | undefined;
  potential: Potential;
}

/** Begins; throws InputError where there is no other end. */
export function startPath({ engine, atoms, last, potential }: PathInput, flags: Flags): StepRun {
  if (!last)
    throw new InputError('a path needs a structure at its other end: drop one, or choose the migration of the vacancy');
  const options = nebOptions(flags);
  const input = { atoms, last, potential, options };
  let neb = startNeb(engine, input);
  let steps = 0;
  const inBand = () => neb.state.stage !== 'first' && neb.state.stage !== 'last';
  const shown = (k: number): Shown => {
    const moving = neb.systems[Math.max(0, Math.min(neb.systems.length - 1, k - 1))];
    return { x: inBand() ? imagesOf(neb)[k] : moving.x, energies: moving.energies, cell: moving.cell };
  };
  const row = (): number[] => {
    const { state } = neb;
    const done = state.evaluations + state.minimizer.evaluations * neb.systems.length;
    const energies = inBand() ? [...bandOf(neb).energies] : [0];
    const highest = Math.max(...energies) - energies[0];
    return [steps, highest, state.minimizer.fmax, done, energies.length, state.climbing.length];
  };
  return {
    options,
    columns: pathColumns,
    total: 3 * options.steps,
    step: () => steps,
    due: () => true,
    row,
    advance: () => {
      stepNeb(neb);
      steps++;
    },
    ended: () => neb.state.stage === 'done',
    shown: () => shown(inBand() ? highestImage(neb) : 0),
    atoms: () => (inBand() ? frames(neb)[highestImage(neb)] : neb.systems[0].snapshot()),
    energy: () => row()[1],
    bits: () => (inBand() ? [...imagesOf(neb), bandOf(neb).energies] : [neb.systems[0].x]),
    curves: () => (inBand() ? [pathCurve(neb)] : []),
    figures: () =>
      neb.state.stage === 'done'
        ? { of: 'neb', result: describeNeb(neb), curve: spline(profileOfNeb(neb), SPLINE) }
        : undefined,
    images: () => Array.from(profileOfNeb(neb).coordinates, (_, k) => shown(k)),
    save: () => ({ neb: saveNeb(neb), steps }),
    restore: (saved) => {
      const kept = saved as { neb: NebCheckpoint; steps: number };
      engine.release(neb.mark);
      neb = restoreNeb(engine, input, kept.neb);
      steps = kept.steps;
    },
    result: () => {
      if (neb.state.stage !== 'done') return { status: 'stopped', rows: [['status', 'stopped', '']] };
      const found = describeNeb(neb);
      const rows: ResultRow[] = [
        ['status', `${found.converged ? 'converged' : 'limit'}: ${found.reason}`, ''],
        ['barrier', found.barrier.toFixed(6), 'eV'],
        ['reverse barrier', found.reverseBarrier.toFixed(6), 'eV'],
        ...found.saddles.map(
          ({ energy, reactionCoordinate, climbed }): ResultRow => [
            `saddle${climbed ? ', climbed to' : ', by the spline'}`,
            `${(energy - found.energies[0]).toFixed(6)} at ${reactionCoordinate.toFixed(3)} Å`,
            'eV',
          ],
        ),
        ['largest force', found.fmax.toExponential(3), 'eV/Å'],
        ['images', String(found.energies.length), ''],
        ['steps', String(steps), ''],
        ['evaluations of images', String(found.evaluations), ''],
      ];
      return { status: found.converged ? 'converged' : 'limit', rows };
    },
  };
}
