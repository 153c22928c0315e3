/**
 * A structure cut into slabs, each with the atoms within `reach` around it: what belongs to one atom and its neighbours can
 * then be computed slab by slab, in memory that does not grow with the structure.
 */
import type { Atoms } from '../data/atoms.ts';
import { heights, inverse } from '../data/cell.ts';
import { completeCell } from '../data/image.ts';

export interface Slab {
  /** The slab's own atoms first, then those around it, images included; not periodic across. */
  atoms: Atoms;
  /** Indices in the structure of its own atoms, in their order. */
  own: Int32Array;
}

/** All atoms in slabs of some `most` own atoms; the structure itself where it has no more than that. */
export function* slabsOf(atoms: Atoms, reach: number, most: number): Generator<Slab> {
  const n = atoms.numbers.length;
  const h = completeCell(atoms.cell);
  const g = inverse(h);
  const height = heights(h);
  const along = height.indexOf(Math.max(...height));
  // an image may be needed beyond the neighbouring ones in a cell that is flatter than the reach
  if (n <= most || height[along] < reach) {
    yield { atoms, own: Int32Array.from({ length: n }, (_, i) => i) };
    return;
  }
  const { positions: x, numbers, pbc } = atoms;
  const share = Float64Array.from({ length: n }, (_, i) =>
    [0, 1, 2].reduce((sum, c) => sum + x[3 * i + c] * g[3 * c + along], 0),
  );
  const low = pbc[along] ? 0 : share.reduce((least, s) => Math.min(least, s), Number.POSITIVE_INFINITY);
  const high = pbc[along] ? 1 : share.reduce((most, s) => Math.max(most, s), Number.NEGATIVE_INFINITY);
  const margin = reach / height[along];
  const count = Math.ceil(n / most);
  const width = (high - low) / count || 1;
  const turns = pbc[along] ? share.map((s) => Math.floor(s)) : new Float64Array(n);
  const slabOf = Int32Array.from(share, (s, i) => Math.min(count - 1, Math.floor((s - turns[i] - low) / width)));
  const images = pbc[along] ? [0, -1, 1] : [0];
  for (let slab = 0; slab < count; slab++) {
    const own: number[] = [];
    const around: [atom: number, image: number][] = [];
    const [from, to] = [low + slab * width - margin, low + (slab + 1) * width + margin];
    for (let i = 0; i < n; i++) {
      if (slabOf[i] === slab) own.push(i);
      for (const image of images) {
        const s = share[i] - turns[i] + image;
        if (s >= from && s <= to && (image !== 0 || slabOf[i] !== slab)) around.push([i, image]);
      }
    }
    const all: readonly (readonly [number, number])[] = [...own.map((i) => [i, 0] as const), ...around];
    const positions = new Float64Array(3 * all.length);
    all.forEach(([i, image], k) => {
      for (let c = 0; c < 3; c++) positions[3 * k + c] = x[3 * i + c] + (image - turns[i]) * h[3 * along + c];
    });
    const open: [boolean, boolean, boolean] = [pbc[0], pbc[1], pbc[2]];
    open[along] = false;
    yield {
      atoms: {
        numbers: Uint8Array.from(all, ([i]) => numbers[i]),
        positions,
        cell: atoms.cell,
        pbc: open,
        info: {},
        arrays: {},
      },
      own: Int32Array.from(own),
    };
  }
}
