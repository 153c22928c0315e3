/** Which atoms stand out, and the number that colours each. */
import type { Frame } from '../src/browser/protocol.ts';

export type ColorMode = 'species' | 'energy' | 'displacement' | 'sites' | 'entropy';
export type PerfectMode = 'faint' | 'shown' | 'hidden';

/** Values that a median is taken of: of more, every second, third … */
const ENOUGH = 2048;

/** Of a sample of |value − middle|, or of the values themselves. */
function median(values: Float32Array, middle?: number): number {
  const every = Math.max(1, Math.floor(values.length / ENOUGH));
  const sample = new Float32Array(Math.ceil(values.length / every));
  for (let k = 0; k < sample.length; k++) {
    const value = values[k * every];
    sample[k] = middle === undefined ? value : Math.abs(value - middle);
  }
  sample.sort();
  return sample.length === 0 ? 0 : sample[sample.length >> 1];
}

/** eV: what differs less from the median is perfect, whatever the noise. */
const LEAST = 0.03;
/** Median deviations beyond which an atom stands out. */
const OUTLIER = 6;

/** Empty sites up to which their neighbours are looked for. */
const MOST_VACANT = 20;

/** Marks the atoms within `reach` of an empty site, periodically along the rows of the cell. */
function markNeighbours(marks: Uint8Array, { vacant, positions, cell }: Frame, reach: number): void {
  if (vacant.length > 3 * MOST_VACANT) return;
  const size = [0, 4, 8].map((k) => cell[k]);
  for (let v = 0; v < vacant.length; v += 3) {
    for (let i = 0; i < marks.length; i++) {
      if (marks[i] === 3) continue;
      let square = 0;
      for (let c = 0; c < 3; c++) {
        const d = positions[3 * i + c] - vacant[v + c];
        const near = size[c] === 0 ? d : d - size[c] * Math.round(d / size[c]);
        square += near * near;
      }
      if (square < reach * reach) marks[i] = 2;
    }
  }
}

/** 0 perfect, 1 of an energy far from that of most atoms, 2 next to an empty site, 3 sharing a site. */
export type Marked = number;

/** (n) how each atom is part of a defect; `reach`, Å: next to an empty site. */
export function marksOf(frame: Frame, reach: number): Uint8Array {
  const { energies, crowded } = frame;
  const middle = median(energies);
  const bound = Math.max(LEAST, OUTLIER * median(energies, middle));
  const marks = new Uint8Array(energies.length);
  for (let i = 0; i < marks.length; i++) if (Math.abs(energies[i] - middle) > bound) marks[i] = 1;
  for (const i of crowded) marks[i] = 3;
  markNeighbours(marks, frame, reach);
  return marks;
}

/** (n) Å from where the atoms began; a cell that changed is scaled back, axis by axis. */
export function displacements(frame: Frame, first: Frame): Float32Array {
  const scale = [0, 4, 8].map((k) => (first.cell[k] === 0 ? 1 : frame.cell[k] / first.cell[k]));
  const [x, x0] = [frame.positions, first.positions];
  const found = new Float32Array(frame.energies.length);
  for (let i = 0; i < found.length; i++) {
    const dx = x[3 * i] - scale[0] * x0[3 * i];
    const dy = x[3 * i + 1] - scale[1] * x0[3 * i + 1];
    const dz = x[3 * i + 2] - scale[2] * x0[3 * i + 2];
    found[i] = Math.sqrt(dx * dx + dy * dy + dz * dz);
  }
  return found;
}

/** (n) the number that colours each atom, eV, Å or k_B; undefined where colours stand for none. */
export function valuesOf(mode: ColorMode, frame: Frame, first: Frame): Float32Array | undefined {
  if (mode === 'energy') return frame.energies;
  if (mode === 'displacement') return displacements(frame, first);
  return mode === 'entropy' ? frame.entropies : undefined;
}

export interface Range {
  low: number;
  high: number;
}

/** The smallest range that holds both; an empty one is low > high. */
export function widened(range: Range, values: Float32Array): Range {
  let { low, high } = range;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return { low, high };
}
