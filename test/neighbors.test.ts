import { describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createList, refresh } from '../src/engine/list.ts';
import { reduceLattice } from '../src/engine/reduce.ts';
import { directPairs } from '../src/verify/pairs.ts';

/** Deterministic numbers in [0, 1). */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Listed {
  i: number;
  j: number;
  r: number;
}

/** Reads the list back as pairs of user indices with distances within the cutoff. */
async function listed(
  atoms: ReturnType<typeof createAtoms>,
  cutoff: number,
  skin: number,
  half = false,
): Promise<{ pairs: Listed[]; reversed: boolean }> {
  const engine = await createEngine({ debug: true });
  const x = engine.f64(atoms.positions.length);
  x.set(atoms.positions);
  const list = createList(engine, x, atoms.cell, atoms.pbc, { cutoff, skin, pairGradients: !half, half });
  refresh(list, atoms.cell);
  const { blocks, first, order } = list;
  const i32 = (at: number, n: number) => new Int32Array(engine.memory.buffer, at, n);
  const site = new Float64Array(engine.memory.buffer, blocks.x, 4 * blocks.sites);
  const neighbors = i32(blocks.neighbors, blocks.pairs);
  const reverse = i32(blocks.reverse, blocks.pairs);
  const home = i32(blocks.home, blocks.sites);
  const pairs: Listed[] = [];
  let reversed = true;
  for (let i = 0; i < list.n; i++) {
    for (let p = first[i]; p < first[i + 1]; p++) {
      const k = neighbors[p];
      let r2 = 0;
      for (let c = 0; c < 3; c++) r2 += (site[4 * k + c] - site[4 * i + c]) ** 2;
      const r = Math.sqrt(r2);
      if (r < cutoff) pairs.push({ i: order[i], j: order[home[k]], r });
      if (half) continue;
      const q = reverse[p];
      if (q < 0 ? r < cutoff : reverse[q] !== p || home[neighbors[q]] !== i) reversed = false;
    }
  }
  return { pairs, reversed };
}

const key = (pairs: Listed[]) => pairs.map(({ i, j, r }) => `${i} ${j} ${r.toFixed(9)}`).sort();

function randomAtoms(random: () => number) {
  const n = 1 + Math.floor(random() * 12);
  const cell = Float64Array.from({ length: 9 }, () => (random() - 0.5) * 8);
  for (let k = 0; k < 3; k++) cell[4 * k] += 3 + 4 * random();
  if (random() < 0.3) for (let c = 0; c < 3; c++) cell[3 + c] += Math.floor(random() * 5 - 2) * cell[c];
  const positions = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const s = [0, 1, 2].map(() => (random() < 0.1 ? Math.floor(random() * 3) - 1 : random() * 5 - 2));
    for (let c = 0; c < 3; c++) positions[3 * i + c] = s[0] * cell[c] + s[1] * cell[3 + c] + s[2] * cell[6 + c];
  }
  const pbc: [boolean, boolean, boolean] = [random() < 0.7, random() < 0.7, random() < 0.7];
  return createAtoms({ numbers: new Uint8Array(n).fill(26), positions, cell, pbc });
}

/** Smallest distance and volume that make the case worth its time. */
const reasonable = (atoms: ReturnType<typeof createAtoms>) => {
  const h = atoms.cell;
  const volume =
    h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6]) + h[2] * (h[3] * h[7] - h[4] * h[6]);
  return Math.abs(volume) > 20 && directPairs(atoms, 0.05).length === 0;
};

describe('neighbour list', () => {
  it('holds the pairs of the brute-force sum for random triclinic cells, every pbc, atoms outside the cell', async () => {
    const random = sequence(7);
    let tried = 0;
    while (tried < 40) {
      const atoms = randomAtoms(random);
      if (!reasonable(atoms)) continue;
      tried++;
      const cutoff = 2 + 3 * random();
      const { pairs, reversed } = await listed(atoms, cutoff, tried % 2 ? 0 : 0.7);
      expect(key(pairs)).toEqual(key(directPairs(atoms, cutoff)));
      expect(reversed).toBe(true);
    }
  });

  it('holds every pair once where it is a half list', async () => {
    const random = sequence(11);
    let tried = 0;
    while (tried < 12) {
      const atoms = randomAtoms(random);
      if (!reasonable(atoms)) continue;
      tried++;
      const cutoff = 2 + 3 * random();
      const { pairs } = await listed(atoms, cutoff, tried % 2 ? 0 : 0.7, true);
      const both = pairs.flatMap(({ i, j, r }) => [
        { i, j, r },
        { i: j, j: i, r },
      ]);
      expect(key(both)).toEqual(key(directPairs(atoms, cutoff)));
    }
  });

  it('holds all pairs of a crowd larger than what is looked at together', async () => {
    const random = sequence(5);
    const n = 1100;
    const positions = Float64Array.from({ length: 3 * n }, () => 20 * random());
    const atoms = createAtoms({
      numbers: new Uint8Array(n).fill(26),
      positions,
      cell: Float64Array.of(20, 0, 0, 0, 20, 0, 0, 0, 20),
      pbc: [false, false, false],
    });
    for (const half of [false, true]) {
      const { pairs, reversed } = await listed(atoms, 35, 0, half);
      expect(pairs.length).toBe((n * (n - 1)) / (half ? 2 : 1));
      expect(new Set(pairs.map(({ i, j }) => i * n + j)).size).toBe(pairs.length);
      expect(reversed).toBe(true);
    }
  });

  it('holds the images of an atom itself in cells much smaller than the cutoff', async () => {
    const atoms = createAtoms({
      numbers: Uint8Array.of(74),
      positions: Float64Array.of(0.3, -7, 12),
      cell: Float64Array.of(1.6, 1.6, -1.6, -1.6, 1.6, 1.6, 1.6, -1.6, 1.6),
    });
    const { pairs, reversed } = await listed(atoms, 6.5, 0);
    expect(key(pairs)).toEqual(key(directPairs(atoms, 6.5)));
    expect(pairs.length).toBeGreaterThan(60);
    expect(reversed).toBe(true);
  });

  it('is rebuilt only when an atom has moved by half the skin, and never misses a pair', async () => {
    const engine = await createEngine();
    const random = sequence(3);
    const n = 40;
    const cell = Float64Array.of(9, 0, 0, 1, 8, 0, 0, 0, 10);
    const x = engine.f64(3 * n);
    x.set(x.map(() => random() * 9));
    const atoms = createAtoms({ numbers: new Uint8Array(n).fill(26), positions: x, cell });
    const list = createList(engine, x, cell, [true, true, true], { cutoff: 3.5, skin: 0.6, pairGradients: false });
    for (let step = 0; step < 60; step++) {
      refresh(list, cell);
      const { blocks, first } = list;
      const site = new Float64Array(engine.memory.buffer, blocks.x, 4 * blocks.sites);
      const neighbors = new Int32Array(engine.memory.buffer, blocks.neighbors, blocks.pairs);
      let within = 0;
      for (let i = 0; i < n; i++) {
        for (let p = first[i]; p < first[i + 1]; p++) {
          let r2 = 0;
          for (let c = 0; c < 3; c++) r2 += (site[4 * neighbors[p] + c] - site[4 * i + c]) ** 2;
          if (r2 < 3.5 ** 2) within++;
        }
      }
      expect(within).toBe(directPairs(atoms, 3.5).length);
      for (let i = 0; i < x.length; i++) x[i] += (random() - 0.5) * 0.08;
      cell[0] *= 1.0005;
      cell[3] += 0.002;
    }
    expect(list.builds).toBeGreaterThan(1);
    expect(list.builds).toBeLessThan(45);
  });

  it('names the atoms that lie on top of each other, the lost atom, and the flat cell', async () => {
    const build = async (positions: number[], cell: number[]) => {
      const engine = await createEngine();
      const x = engine.f64(positions.length);
      x.set(positions);
      const h = Float64Array.from(cell);
      refresh(createList(engine, x, h, [true, true, true], { cutoff: 4, skin: 0, pairGradients: false }), h);
    };
    const cubic = [5, 0, 0, 0, 5, 0, 0, 0, 5];
    await expect(build([0, 0, 0, 2, 2, 2, 5, 5, 5.001], cubic)).rejects.toThrow(/atoms 0 and 2 .* apart/);
    await expect(build([0, 0, 0, Number.NaN, 2, 2], cubic)).rejects.toThrow(/atom 1 .* lost/);
    await expect(build([0, 0, 0], [5, 0, 0, 10, 0, 0, 0, 0, 5])).rejects.toThrow(/volume/);
  });
});

describe('lattice reduction', () => {
  it('turns a strongly skewed cubic lattice into its cubic vectors', () => {
    const skewed = [
      [3, 0, 0],
      [3 * 17, 3, 0],
      [-3 * 40, 3 * 23, 3],
    ];
    const m = reduceLattice(skewed);
    const rows = m.map((c) => [0, 1, 2].map((k) => c[0] * skewed[0][k] + c[1] * skewed[1][k] + c[2] * skewed[2][k]));
    for (const row of rows) expect(Math.hypot(...row)).toBeCloseTo(3, 12);
  });
});
