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

export function frameOf(structure: Structure, { x, energies, cell }: Shown, step: number): Frame {
  const { vacant, crowded } = defects(structure, x, cell);
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
  frame ? [frame.positions.buffer, frame.energies.buffer] : [];

/** Empty and crowded sites of the perfect crystal, in the cell of now. */
function defects(
  { perfect, atoms }: Structure,
  x: Float64Array,
  cell: Float64Array,
): { vacant: number[]; crowded: number[] } {
  if (!perfect || perfect.numbers.length > MOST_SITES) return { vacant: [], crowded: [] };
  const { vacancies, crowded } = wignerSeitz({ ...atoms, positions: x.slice(), cell }, perfect, { align: true });
  const strain = [0, 4, 8].map((k) => cell[k] / perfect.cell[k]);
  return {
    vacant: vacancies.flatMap((s) => [0, 1, 2].map((c) => perfect.positions[3 * s + c] * strain[c])),
    crowded: crowded.flatMap(({ atoms: shared }) => shared),
  };
}
