/** Which atoms stand out, and the number that colours each. */
import type { Frame } from '../src/browser/protocol.ts';

export type ColorMode = 'species' | 'energy' | 'displacement';
export type PerfectMode = 'faint' | 'shown' | 'hidden';

function median(values: Float32Array): number {
  const sorted = Float32Array.from(values).sort();
  return sorted.length === 0 ? 0 : sorted[sorted.length >> 1];
}

/** eV: what differs less from the median is perfect, whatever the noise. */
const LEAST = 0.03;
/** Median deviations beyond which an atom stands out. */
const OUTLIER = 6;

/** (n) 1 where an atom is part of a defect: it shares a site, or its energy is far from that of most atoms. */
export function standOut(frame: Frame): Uint8Array {
  const { energies, crowded } = frame;
  const middle = median(energies);
  const typical = median(energies.map((e) => Math.abs(e - middle)));
  const bound = Math.max(LEAST, OUTLIER * typical);
  const marks = Uint8Array.from(energies, (e) => (Math.abs(e - middle) > bound ? 1 : 0));
  for (const i of crowded) marks[i] = 1;
  return marks;
}

/** (n) Å from where the atoms began; a cell that changed is scaled back, axis by axis. */
export function displacements(frame: Frame, first: Frame): Float32Array {
  const scale = [0, 4, 8].map((k) => (first.cell[k] === 0 ? 1 : frame.cell[k] / first.cell[k]));
  const [x, x0] = [frame.positions, first.positions];
  return Float32Array.from(frame.energies, (_, i) => {
    const d = [0, 1, 2].map((c) => x[3 * i + c] - scale[c] * x0[3 * i + c]);
    return Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
  });
}

export interface Range {
  low: number;
  high: number;
}

/** The smallest range that holds both; an empty one is low > high. */
export function widened(range: Range, values: Float32Array): Range {
  let { low, high } = range;
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return { low, high };
}
