/** What of a structure is drawn: positions and energies in single precision, and the empty and crowded sites. */
import { wignerSeitz } from '../analysis/wigner-seitz.ts';
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

/** Sites are looked up again after so many times what it took. */
const SHARE = 10;

/**
 * Makes the frames of a run: the sites of large crystals come from a frame shortly before, unless they must be of `now`.
 */
export function createFramer(structure: Structure): (shown: Shown, step: number, now: boolean) => Frame {
  let [sites, next]: [Sites | undefined, number] = [undefined, 0];
  return (shown, step, now) => {
    const begun = performance.now();
    if (sites && !now && begun < next) return frameWith(sites, shown, step);
    sites = defects(structure, shown.x, shown.cell);
    next = performance.now() + SHARE * (performance.now() - begun);
    return frameWith(sites, shown, step);
  };
}

export const frameOf = (structure: Structure, shown: Shown, step: number): Frame =>
  frameWith(defects(structure, shown.x, shown.cell), shown, step);

function frameWith({ vacant, crowded }: Sites, { x, energies, cell }: Shown, step: number): Frame {
  return {
    step,
    positions: Float32Array.from(x),
    energies: Float32Array.from(energies),
    cell: [...cell],
    vacant,
    crowded,
  };
}

/** The buffers of a frame that are given away with it. */
export const buffersOf = (frame: Frame | undefined): Transferable[] =>
  frame ? [frame.positions, frame.energies, frame.entropies].flatMap((array) => array?.buffer ?? []) : [];

/** Empty and crowded sites of the perfect crystal, in the cell of now. */
function defects({ perfect, atoms }: Structure, x: Float64Array, cell: Float64Array): Sites {
  if (!perfect || perfect.numbers.length > MOST_SITES) return { vacant: [], crowded: [] };
  const { vacancies, crowded } = wignerSeitz({ ...atoms, positions: x.slice(), cell }, perfect, { align: true });
  const strain = [0, 4, 8].map((k) => cell[k] / perfect.cell[k]);
  return {
    vacant: vacancies.flatMap((s) => [0, 1, 2].map((c) => perfect.positions[3 * s + c] * strain[c])),
    crowded: crowded.flatMap(({ atoms: shared }) => shared),
  };
}
