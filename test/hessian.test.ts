/** Hessians by differences of forces against sums and differences written separately here. */
import { beforeAll, describe, expect, it } from 'vitest';
import { atomsWithin, locator } from '../src/analysis/bins.ts';
import { denseHessian, forceRange, type Hessian, hessian } from '../src/analysis/hessian.ts';
import { translations } from '../src/analysis/translations.ts';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { vacancy } from '../src/data/defects.ts';
import { InputError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import { einsteinPotential, hessianPotential } from '../src/data/potentials/harmonic.ts';
import { ljPotential } from '../src/data/potentials/lj.ts';
import { overlayPotential } from '../src/data/potentials/overlay.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createSystem, type System } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createEngine as createThreads } from '../src/node/threads.ts';
import { distanceOf, evaluate, largest, withSystem } from '../src/verify/evaluate.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const iron = loadEmbedded('Fe-Ackland-2004');
const a0 = 2.85531274900052;
const bcc = (...counts: [number, number, number]) => repeat(lattice({ kind: 'bcc', a: a0, elements: ['Fe'] }), counts);

/** Every atom off its place by up to `by` Å, differently in every direction. */
function rattled(atoms: Atoms, by: number): Atoms {
  const positions = atoms.positions.map((x, k) => x + by * Math.sin(1 + 12.9898 * k * k + 0.3 * k));
  return { ...atoms, positions };
}

/** The analytic Hessian of a pair potential over all images within `cells`, from φ' and φ''. */
function pairHessian(
  { positions: x, cell: h }: Atoms,
  cutoff: number,
  derivatives: (r: number) => [number, number],
  cells: number,
): Float64Array {
  const n = x.length / 3;
  const H = new Float64Array(9 * n * n);
  const span = Array.from({ length: 2 * cells + 1 }, (_, k) => k - cells);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (const a of span) {
        for (const b of span) {
          for (const c of span) {
            const d = [0, 1, 2].map((k) => x[3 * j + k] - x[3 * i + k] + a * h[k] + b * h[3 + k] + c * h[6 + k]);
            const r = Math.sqrt(d[0] ** 2 + d[1] ** 2 + d[2] ** 2);
            if (r === 0 || r >= cutoff) continue;
            const [first, second] = derivatives(r);
            for (let p = 0; p < 3; p++) {
              for (let q = 0; q < 3; q++) {
                const k = ((second - first / r) * d[p] * d[q]) / (r * r) + (p === q ? first / r : 0);
                H[(3 * i + p) * 3 * n + 3 * i + q] += k;
                H[(3 * i + p) * 3 * n + 3 * j + q] -= k;
              }
            }
          }
        }
      }
    }
  }
  return H;
}

const [epsilon, sigma] = [0.0104, 3.4];
const lj = (r: number): [number, number] => {
  const s6 = (sigma / r) ** 6;
  return [(4 * epsilon * (-12 * s6 * s6 + 6 * s6)) / r, (4 * epsilon * (156 * s6 * s6 - 42 * s6)) / (r * r)];
};
const argon = (cutoff: number) => ljPotential({ species: [18], epsilon, sigma, cutoff, shift: 'force' });
/** The force shift adds a constant to φ'. */
const shifted =
  (cutoff: number) =>
  (r: number): [number, number] => [lj(r)[0] - lj(cutoff)[0], lj(r)[1]];

const fcc = (...counts: [number, number, number]) => repeat(lattice({ kind: 'fcc', a: 5.3, elements: ['Ar'] }), counts);

function rowSums(h: Hessian): number {
  const H = denseHessian(h);
  const m = h.free.length;
  let most = 0;
  for (let i = 0; i < m; i++) {
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let j = c; j < m; j += 3) sum += H[i * m + j];
      most = Math.max(most, Math.abs(sum));
    }
  }
  return most;
}

describe('hessian', () => {
  it('of Lennard-Jones atoms in a skewed cell smaller than the cutoff is the analytic one', () => {
    const atoms = rattled(
      createAtoms({
        numbers: new Uint8Array(4).fill(18),
        positions: Float64Array.of(0, 0, 0, 2.6, 2.7, 0, 3.3, 0.2, 2.7, 0.7, 2.8, 2.6),
        cell: Float64Array.of(5.3, 0, 0, 1.1, 5.4, 0, 0.8, -0.6, 5.2),
      }),
      0.05,
    );
    withSystem(engine, atoms, argon(6.5), (system) => {
      const found = hessian(system, { symmetry: false, check: true });
      const H = denseHessian(found);
      const exact = pairHessian(atoms, 6.5, shifted(6.5), 3);
      const size = largest(exact);
      expect(distanceOf(H, exact)).toBeLessThan(5e-6 * size);
      // the error is O(step²): the check against half the step shows three quarters of it
      expect(found.error).toBeLessThan(5e-6 * size);
      expect(found.error).toBeGreaterThan(0.3 * distanceOf(H, exact));
      expect(found.residual.asymmetry).toBeLessThan(3e-6 * size);
      expect(rowSums(found)).toBeLessThan(1e-12);
      expect(found.evaluations).toBe(4 * 3 * 2 * 2 + 1);
      expect(system.x).toEqual(atoms.positions);
    });
  });

  it('of a free cluster is the analytic one', () => {
    const atoms = rattled({ ...fcc(2, 1, 1), cell: new Float64Array(9), pbc: [false, false, false] }, 0.1);
    withSystem(engine, atoms, argon(6.5), (system) => {
      const exact = pairHessian(atoms, 6.5, shifted(6.5), 0);
      expect(distanceOf(denseHessian(hessian(system)), exact)).toBeLessThan(3e-6 * largest(exact));
    });
  });

  it('displaces distant atoms together and still finds every element', () => {
    const atoms = rattled(fcc(1, 1, 16), 0.1);
    withSystem(engine, atoms, argon(4.5), (system) => {
      const found = hessian(system);
      expect(found.displaced).toBe(64);
      expect(found.evaluations).toBeLessThan(0.35 * 6 * 64);
      expect(found.column.length).toBeLessThan(0.25 * 64 * 64);
      const exact = pairHessian(atoms, 4.5, shifted(4.5), 1);
      expect(distanceOf(denseHessian(found), exact)).toBeLessThan(3e-6 * largest(exact));
    });
  });

  it('of EAM iron: the curvature of the energy, and columns of forces beyond the cutoff', () => {
    const atoms = rattled(vacancy(bcc(2, 2, 16), 5), 0.05);
    withSystem(engine, atoms, iron, (system) => {
      const found = hessian(system);
      const H = denseHessian(found);
      const n = 3 * found.n;
      expect(found.evaluations).toBeLessThan(2 * n);
      // one atom alone, all forces: two cutoffs away there is still one, and nothing farther
      const alone = (k: number) => {
        const [plus, minus] = [1e-3, -1e-3].map((h) => {
          const positions = atoms.positions.map((x, i) => (i === k ? x + h : x));
          return evaluate(engine, { ...atoms, positions }, iron).forces;
        });
        return plus.map((f, i) => (minus[i] - f) / 2e-3);
      };
      for (const k of [0, 100, 377]) {
        const [row, forces] = [H.subarray(n * k, n * k + n), alone(k)];
        expect(distanceOf(row, forces)).toBeLessThan(2e-4);
        expect(forces.filter((_, i) => row[i] === 0).length).toBeGreaterThan(60);
        expect(largest(forces.filter((_, i) => row[i] === 0))).toBeLessThan(1e-9);
      }
      const energy = (moves: [number, number][]) => {
        const positions = atoms.positions.slice();
        for (const [k, by] of moves) positions[k] += by;
        return evaluate(engine, { ...atoms, positions }, iron).energy;
      };
      const h = 5e-4;
      for (const [i, j] of [
        [0, 1],
        [12, 15],
        [12, 20],
      ]) {
        const [pp, pm, mp, mm] = [
          [h, h],
          [h, -h],
          [-h, h],
          [-h, -h],
        ].map(([a, b]) =>
          energy([
            [i, a],
            [j, b],
          ]),
        );
        expect(Math.abs((pp - pm - mp + mm) / (4 * h * h) - H[n * i + j])).toBeLessThan(3e-4);
      }
      expect(rowSums(found)).toBeLessThan(1e-5);
    });
  });

  it('of a perfect crystal needs one atom of each sublattice', () => {
    const crystals: [Atoms, number][] = [
      [bcc(3, 3, 3), 1],
      [repeat(lattice({ kind: 'hcp', a: 2.5, elements: ['Fe'] }), [2, 2, 2]), 2],
    ];
    for (const [atoms, representatives] of crystals) {
      withSystem(engine, atoms, iron, (system) => {
        const [quick, slow] = [true, false].map((symmetry) => hessian(system, { symmetry }));
        expect(quick.displaced).toBe(representatives);
        expect(slow.displaced).toBe(atoms.numbers.length);
        expect(distanceOf(denseHessian(quick), denseHessian(slow))).toBeLessThan(1e-7);
      });
    }
  });

  it('gives back the matrix of a harmonic reference, and its springs', () => {
    const atoms = fcc(1, 1, 1);
    const matrix = Float64Array.from({ length: 144 }, (_, k) => {
      const [i, j] = [Math.floor(k / 12), k % 12];
      return Math.cos(i * j + i + j) + (i === j ? 14 : 0);
    });
    withSystem(engine, atoms, hessianPotential(atoms, matrix), (system) => {
      const found = hessian(system);
      expect(found.invariant).toBe(false);
      expect(distanceOf(denseHessian(found), matrix)).toBeLessThan(1e-10);
    });
    withSystem(engine, atoms, einsteinPotential(atoms, 5), (system) => {
      const found = hessian(system);
      expect([found.column.length, found.evaluations]).toEqual([4, 7]);
      const diagonal = denseHessian(found);
      expect(Math.max(...diagonal.map((v, k) => Math.abs(v - (k % 13 === 0 ? 5 : 0))))).toBeLessThan(1e-10);
    });
  });

  it('leaves held components out: the rows of the others are as without', () => {
    const atoms = rattled(fcc(2, 1, 1), 0.1);
    const fixed = new Uint8Array(24);
    fixed.set([1, 1, 1, 0, 0, 1], 6);
    const all = withSystem(engine, atoms, argon(6.5), (system) => hessian(system));
    withSystem(engine, { ...atoms, fixed }, argon(6.5), (system) => {
      const part = hessian(system);
      expect(part.free.length).toBe(20);
      expect(part.invariant).toBe(false);
      const [H, whole] = [denseHessian(part), denseHessian(all)];
      part.free.forEach((i, row) => {
        part.free.forEach((j, column) => {
          expect(Math.abs(H[row * 20 + column] - whole[i * 24 + j])).toBeLessThan(1e-7);
        });
      });
      expect(part.force).toBeGreaterThan(0);
    });
  });

  it('has the same bits with any number of threads', async () => {
    const atoms = rattled(vacancy(repeat(lattice({ kind: 'bcc', a: 3.18, elements: ['W'] }), [2, 2, 2]), 3), 0.02);
    const potential = loadEmbedded('W-Wood-2017');
    const [one, two] = await Promise.all(
      [1, 2].map(async (threads) => {
        const pool = await createThreads({ threads });
        try {
          return withSystem(pool, atoms, potential, (system) => hessian(system));
        } finally {
          pool.close();
        }
      }),
    );
    expect(two.blocks).toEqual(one.blocks);
    expect(two.column).toEqual(one.column);
  });

  it('refuses steps, structures and sizes that make no sense, before it computes', () => {
    const atoms = fcc(2, 2, 2);
    withSystem(engine, atoms, argon(6.5), (system) => {
      for (const step of [0, -1, 1, Number.NaN]) expect(() => hessian(system, { step })).toThrow(InputError);
      const ticks: number[] = [];
      const small = { memory: 1000, progress: (done: number) => void ticks.push(done) };
      expect(() => hessian(system, small)).toThrow(/GiB/);
      expect(ticks).toEqual([]);
      const { evaluations } = hessian(system, { symmetry: false, progress: (done) => void ticks.push(done) });
      expect(ticks).toEqual(Array.from({ length: (evaluations - 1) / 2 + 1 }, (_, k) => k));
    });
    withSystem(engine, { ...atoms, fixed: new Uint8Array(96).fill(1) }, argon(6.5), (system) => {
      expect(() => hessian(system)).toThrow(InputError);
    });
  });

  it('knows how far forces reach', () => {
    expect(forceRange(argon(6))).toBeCloseTo(6, 1);
    expect(forceRange(iron)).toBeGreaterThanOrEqual(2 * iron.cutoff);
    expect(
      forceRange(overlayPotential([iron, ljPotential({ species: [26], epsilon, sigma: 2, cutoff: 20 })])),
    ).toBeCloseTo(20, 1);
  });
});

describe('neighbours by boxes', () => {
  it.each([
    ['periodic, skewed', [true, true, true]],
    ['a slab', [true, true, false]],
    ['a cluster', [false, false, false]],
  ] as [string, [boolean, boolean, boolean]][])('%s: as all pairs and images have it', (_, pbc) => {
    const crystal = fcc(3, 2, 2);
    const cell = crystal.cell.map((v, k) => v + [0, 1.7, -0.4, 0, 0, 2.1, 3.3, 0, 0][k]);
    const atoms = rattled({ ...crystal, cell, pbc }, 0.7);
    const n = atoms.numbers.length;
    const span = (c: number) => (pbc[c] ? [-2, -1, 0, 1, 2] : [0]);
    for (const radius of [3, 6.1, 9]) {
      const { start, index } = atomsWithin(atoms, radius);
      for (let i = 0; i < n; i += 7) {
        const expected: number[] = [];
        for (let j = 0; j < n; j++) {
          const near = span(0).some((a) =>
            span(1).some((b) =>
              span(2).some((c) => {
                const d = [0, 1, 2].map(
                  (k) =>
                    atoms.positions[3 * j + k] -
                    atoms.positions[3 * i + k] +
                    a * cell[k] +
                    b * cell[3 + k] +
                    c * cell[6 + k],
                );
                return d[0] ** 2 + d[1] ** 2 + d[2] ** 2 <= radius ** 2;
              }),
            ),
          );
          if (near) expected.push(j);
        }
        expect([...index.subarray(start[i], start[i + 1])]).toEqual(expected);
      }
    }
    const at = locator(atoms, 1e-5);
    for (let i = 0; i < n; i++) {
      const shift = pbc[0] ? -2 : 0;
      const point = [0, 1, 2].map((k) => atoms.positions[3 * i + k] + shift * cell[k] + 3e-6);
      expect(at(point)).toBe(i);
    }
    expect(at([0.5, 1.3, 100.123])).toBe(-1);
  });

  it('finds the translations of a crystal, and none with a defect or a second element', () => {
    const crystal = bcc(2, 3, 4);
    expect(new Set(translations(crystal).representative)).toEqual(new Set([0]));
    expect(new Set(translations(vacancy(crystal, 7)).representative).size).toBe(47);
    const moved = { ...crystal, positions: crystal.positions.map((x, k) => (k === 9 ? x + 0.01 : x)) };
    expect(new Set(translations(moved).representative).size).toBe(48);
    const ordered = { ...crystal, numbers: crystal.numbers.map((z, i) => (i % 2 ? 28 : z)) };
    expect(new Set(translations(ordered).representative)).toEqual(new Set([0, 1]));
    const slab = { ...crystal, pbc: [true, true, false] as Atoms['pbc'] };
    expect(new Set(translations(slab).representative).size).toBe(8);
  });
});

describe('columns shared among threads', () => {
  const step = 1e-3;

  /** Differences of one system's forces, one coordinate after the other: rows of −∂f/∂x. */
  function plain(system: System): number[][] {
    const column = (k: number, by: number) => {
      const x0 = system.x[k];
      system.x[k] = x0 + by;
      system.evaluate();
      const found = [...system.f];
      system.x[k] = x0;
      return found;
    };
    return Array.from(system.x, (_, k) => {
      const [above, below] = [column(k, step), column(k, -step)];
      return above.map((f, j) => (below[j] - f) / (2 * step));
    });
  }

  it('have the same bits for 1, 2 and 3 threads, and are the differences of one system', async () => {
    const atoms = rattled(bcc(3, 3, 3), 0.05);
    const found: Float64Array[] = [];
    let rows: number[][] = [];
    for (const threads of [1, 2, 3]) {
      const several = await createThreads({ threads });
      const system = createSystem(several, atoms, iron);
      found.push(denseHessian(hessian(system, { step })));
      if (threads === 1) rows = plain(system);
      several.close();
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
    const n = rows.length;
    // Away from the diagonal blocks, which the sum rule sets; symmetric.
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (Math.floor(i / 3) === Math.floor(j / 3)) continue;
        expect(Math.abs(found[0][i * n + j] - (rows[i][j] + rows[j][i]) / 2)).toBeLessThan(1e-10);
      }
    }
  });
});
