/** What of a structure is drawn: positions and energies in single precision, and the empty and crowded sites. */
import { siteTracker } from '../analysis/site-tracker.ts';
import type { Atoms } from '../data/atoms.ts';
import type { Structure } from './inputs.ts';
import type { Frame } from './protocol.ts';

/** The part of a system that is drawn. */
export interface Shown {
  /** (n,3) Å. */
  x: Float64Array;
  /** (n) eV. */
  energies: Float64Array;
  /** (3,3) Å. */
  cell: Float64Array;
}

/** Sites of the crystal are looked up in every frame up to this many atoms. */
const MOST_SITES = 20_000;

interface Sites {
  vacant: number[];
  crowded: number[];
}

/** While a run goes on they are looked up seldom enough: once in so many times what it takes, and in so many ms. */
const SHARE = 100;
const LEAST_MS = 100;

/** Makes the frames of a run that begins with `sites`; `now`: its sites must be those of now. */
export function createFramer(
  structure: Structure,
  { vacant, crowded }: Sites,
): (shown: Shown, step: number, now: boolean) => Frame {
  let sites = { vacant, crowded };
  let due = 0;
  return (shown, step, now) => {
    const began = performance.now();
    if (now || began >= due) {
      sites = defects(structure, shown.x, shown.cell);
      const ended = performance.now();
      due = ended + Math.max(LEAST_MS, SHARE * (ended - began));
    }
    return frameWith(sites, shown, step);
  };
}

export const frameOf = (structure: Structure, shown: Shown, step: number): Frame =>
  frameWith(defects(structure, shown.x, shown.cell), shown, step);

function frameWith({ vacant, crowded }: Sites, { x, energies, cell }: Shown, step: number): Frame {
  return {
    step,
    positions: new Float32Array(x),
    energies: new Float32Array(energies),
    cell: [...cell],
    vacant,
    crowded,
  };
}

/** The buffers of a frame that are given away with it. */
export const buffersOf = (frame: Frame | undefined): Transferable[] =>
  frame ? [frame.positions, frame.energies, frame.entropies].flatMap((array) => array?.buffer ?? []) : [];

/** Where atoms were when they were last looked at, of every crystal that is open. */
const trackers = new WeakMap<Atoms, ReturnType<typeof siteTracker>>();

function trackerOf(perfect: Atoms): ReturnType<typeof siteTracker> {
  const tracker = trackers.get(perfect) ?? siteTracker(perfect);
  trackers.set(perfect, tracker);
  return tracker;
}

/** Empty and crowded sites of the perfect crystal, in the cell of now. */
function defects({ perfect, atoms }: Structure, x: Float64Array, cell: Float64Array): Sites {
  if (!perfect || perfect.numbers.length > MOST_SITES) return { vacant: [], crowded: [] };
  const { vacancies, crowded } = trackerOf(perfect)({ ...atoms, positions: x.slice(), cell });
  const strain = [0, 4, 8].map((k) => cell[k] / perfect.cell[k]);
  return {
    vacant: vacancies.flatMap((s) => [0, 1, 2].map((c) => perfect.positions[3 * s + c] * strain[c])),
    crowded,
  };
}
