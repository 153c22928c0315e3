import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { InputError } from '../src/data/errors.ts';
import type { Potential } from '../src/data/potential.ts';
import { einsteinPotential, hessianPotential } from '../src/data/potentials/harmonic.ts';
import { type LjShift, ljPotential } from '../src/data/potentials/lj.ts';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import { voigt } from '../src/data/voigt.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { formOf } from '../src/engine/registry.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { parseFuncfl } from '../src/io/funcfl.ts';
import { parseSetfl } from '../src/io/setfl.ts';
import { directEnergy } from './support/direct/index.ts';
import { funcflText, setflText } from './support/tables.ts';

/** Deterministic numbers in [0, 1). */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A rattled, sheared bcc block of 2×2×2 cells: smaller than most cutoffs, periodic along two vectors. */
function crystal(a: number, species: number[], rattle: number): Atoms {
  const random = sequence(7);
  const positions: number[] = [];
  for (let k = 0; k < 16; k++) {
    const corner = [k & 1, (k >> 1) & 1, (k >> 2) & 1].map((s) => s + (k & 8 ? 0.5 : 0));
    const [x, y, z] = corner.map((s) => s * a + rattle * (random() - 0.5));
    positions.push(x + 0.1 * y, y - 0.05 * z, z);
  }
  return createAtoms({
    numbers: Uint8Array.from({ length: 16 }, () => species[Math.floor(random() * species.length)]),
    positions: Float64Array.from(positions),
    cell: Float64Array.of(2 * a, 0, 0, 0.2 * a, 2 * a, 0, 0, -0.1 * a, 2 * a),
    pbc: [true, true, false],
  });
}

const shifts: LjShift[] = ['none', 'energy', 'force'];

const cases: [string, () => { potential: Potential; atoms: Atoms }][] = [
  ...shifts.map((shift): (typeof cases)[number] => [
    `lj, shift ${shift}`,
    () => ({
      potential: ljPotential({ species: [26, 74], epsilon: 0.4, sigma: 2.3, cutoff: 5.5, shift }),
      atoms: crystal(2.6, [26, 74], 0.4),
    }),
  ]),
  [
    'zbl, three elements',
    () => ({
      potential: zblPotential({ species: [4, 26, 74], inner: 2, outer: 4.1 }),
      atoms: crystal(2.2, [4, 26, 74], 0.6),
    }),
  ],
  ['Fe-FS-1984', () => ({ potential: loadEmbedded('Fe-FS-1984'), atoms: crystal(2.8, [26], 0.4) })],
  ['W-AT-1987', () => ({ potential: loadEmbedded('W-AT-1987'), atoms: crystal(2.7, [74], 0.6) })],
  ['Fe-Ackland-2004', () => ({ potential: loadEmbedded('Fe-Ackland-2004'), atoms: crystal(2.7, [26], 0.5) })],
  [
    'alloy of three elements',
    () => ({ potential: parseSetfl(setflText(['Fe', 'W', 'Be'], 'alloy')), atoms: crystal(2.7, [26, 74, 4], 0.5) }),
  ],
  [
    'fs of three elements',
    () => ({ potential: parseSetfl(setflText(['Fe', 'W', 'Be'], 'fs')), atoms: crystal(2.7, [26, 74, 4], 0.5) }),
  ],
  [
    'fs, densities beyond the table',
    () => ({ potential: parseSetfl(setflText(['Fe', 'W'], 'fs')), atoms: crystal(1.4, [26, 74], 0.2) }),
  ],
  [
    'funcfl of two elements on different grids',
    () => ({
      potential: parseFuncfl([{ text: funcflText(26, 200, 0.03) }, { text: funcflText(74, 150, 0.037) }]),
      atoms: crystal(2.7, [26, 74], 0.5),
    }),
  ],
];

/** (f(h) by two central differences, extrapolated) */
function derivative(f: (h: number) => number, h: number): number {
  const central = (s: number) => (f(s) - f(-s)) / (2 * s);
  return (4 * central(h / 2) - central(h)) / 3;
}

describe('forms against sums written separately', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ debug: true });
  });
  afterAll(() => engine.close());

  for (const [name, make] of cases) {
    it(name, () => {
      const { potential, atoms } = make();
      const mark = engine.mark();
      const system = createSystem(engine, atoms, potential);
      const energy = system.evaluate();
      const direct = directEnergy(atoms, potential);
      const size = Math.max(1, ...direct.energies.map(Math.abs));
      direct.energies.forEach((e, i) => {
        expect(Math.abs(system.energies[i] - e)).toBeLessThan(2e-11 * size);
      });
      expect(Math.abs(energy - direct.energy)).toBeLessThan(2e-10 * size);
      engine.release(mark);
    });
  }

  // A pair that crosses a cutoff with a step or a corner would spoil the differences.
  const smooth = cases.filter(([, make]) => {
    const { potential } = make();
    return formOf(potential.kernel).continuity(potential) === 'C1';
  });
  for (const [name, make] of smooth) {
    it(`${name}: forces and virial are derivatives`, () => {
      const { potential, atoms } = make();
      const mark = engine.mark();
      const system = createSystem(engine, atoms, potential);
      const x = system.x.slice();
      system.evaluate();
      const f = system.f.slice();
      const virial = system.virial.slice();
      const largest = Math.max(1, ...f.map(Math.abs));
      for (const k of [0, 7, 23, 47]) {
        const slope = derivative((h) => {
          system.x.set(x);
          system.x[k] += h;
          return system.evaluate();
        }, 2e-3);
        expect(Math.abs(f[k] + slope), `force ${k}`).toBeLessThan(2e-6 * largest);
      }
      const rows = atoms.cell.slice();
      voigt.forEach(([a, b], k) => {
        const slope = derivative((h) => {
          const strain = (v: Float64Array) => {
            for (let i = 0; i < v.length; i += 3) {
              const [va, vb] = [v[i + a], v[i + b]];
              v[i + a] += 0.5 * h * vb;
              v[i + b] += 0.5 * h * va;
            }
            return v;
          };
          system.x.set(strain(x.slice()));
          system.setCell(strain(rows.slice()));
          return system.evaluate();
        }, 2e-3);
        expect(Math.abs(virial[k] + slope), `virial ${k}`).toBeLessThan(1e-5 * Math.max(1, ...virial.map(Math.abs)));
      });
      engine.release(mark);
    });
  }
});

describe('harmonic references', () => {
  const atoms = crystal(2.8, [26, 74], 0.3);
  const sites = {
    numbers: atoms.numbers,
    positions: atoms.positions.map((x, i) => x + 0.05 * Math.sin(3 * i) + (i < 3 ? 9 : 0)),
  };
  const random = sequence(3);
  const n = atoms.numbers.length;
  const dense = new Float64Array(9 * n * n);
  for (let i = 0; i < 3 * n; i++) {
    for (let j = 0; j <= i; j++) dense[3 * n * i + j] = dense[3 * n * j + i] = random() - 0.5;
  }

  for (const potential of [
    einsteinPotential(sites, Float64Array.from({ length: n }, random)),
    einsteinPotential(sites, 2.5),
    hessianPotential(sites, dense),
  ]) {
    it(`${potential.kernel}: energies, forces and virial`, async () => {
      const engine = await createEngine({ debug: true });
      const system = createSystem(engine, atoms, potential);
      const energy = system.evaluate();
      const direct = directEnergy(atoms, potential);
      expect(Math.abs(energy - direct.energy)).toBeLessThan(1e-12 * Math.max(1, Math.abs(energy)));
      const gradient = atoms.positions.map((_, k) =>
        derivative((h) => {
          const moved = { ...atoms, positions: atoms.positions.slice() };
          moved.positions[k] += h;
          return directEnergy(moved, potential).energy;
        }, 0.5),
      );
      gradient.forEach((g, k) => {
        expect(Math.abs(system.f[k] + g)).toBeLessThan(1e-10);
      });
      const sum = (a: number, b: number) => {
        let total = 0;
        for (let i = 0; i < n; i++) total -= gradient[3 * i + a] * atoms.positions[3 * i + b];
        return total;
      };
      const strain = [
        sum(0, 0),
        sum(1, 1),
        sum(2, 2),
        sum(1, 2) / 2 + sum(2, 1) / 2,
        sum(0, 2) / 2 + sum(2, 0) / 2,
        sum(0, 1) / 2 + sum(1, 0) / 2,
      ];
      strain.forEach((w, k) => {
        expect(Math.abs(system.virial[k] - w)).toBeLessThan(1e-8);
      });
      engine.close();
    });
  }

  it('a sparse Hessian is the dense one without its zeros', async () => {
    const sparse = { start: [0, 2, 4], column: [0, 1, 0, 1], blocks: new Float64Array(36) };
    for (let c = 0; c < 3; c++) {
      for (const [block, k] of [
        [0, 2],
        [1, -2],
        [2, -2],
        [3, 2],
      ])
        sparse.blocks[9 * block + 4 * c] = k;
    }
    const pair = { numbers: [26, 26], positions: [0, 0, 0, 2, 0, 0] };
    const engine = await createEngine({ debug: true });
    const moved = createAtoms({
      numbers: Uint8Array.of(26, 26),
      positions: Float64Array.of(0.1, 0, 0, 2, 0.2, 0),
      cell: Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9),
    });
    const system = createSystem(engine, moved, hessianPotential(pair, sparse));
    expect(system.evaluate()).toBeCloseTo(0.5 * 2 * (0.1 ** 2 + 0.2 ** 2), 14);
    engine.close();
  });

  it('refuses another number of atoms, asymmetry and impossible numbers', async () => {
    const engine = await createEngine();
    expect(() =>
      createSystem(engine, crystal(2.8, [26, 74], 0), einsteinPotential({ numbers: [26], positions: [0, 0, 0] }, 1)),
    ).toThrow(InputError);
    engine.close();
    const one = { numbers: [26], positions: [0, 0, 0] };
    expect(() => einsteinPotential(one, -1)).toThrow(InputError);
    expect(() => einsteinPotential(one, [1, 2])).toThrow(InputError);
    expect(() => einsteinPotential({ numbers: [26], positions: [0, 0] }, 1)).toThrow(InputError);
    expect(() => einsteinPotential({ numbers: [26], positions: [0, Number.NaN, 0] }, 1)).toThrow(InputError);
    expect(() => hessianPotential(one, [1, 2, 3, 4, 5, 6, 7, 8, 9])).toThrow(/not symmetric/);
    expect(() => hessianPotential(one, [1, 0, 0, 0, 1, 0, 0, 0])).toThrow(/3×3/);
    expect(() => hessianPotential(one, [1, 0, 0, 0, Number.NaN, 0, 0, 0, 1])).toThrow(/not finite/);
    expect(() => hessianPotential(one, { start: [0, 1], column: [3], blocks: new Float64Array(9) })).toThrow(/column/);
  });
});

describe('continuity as the params say', () => {
  const of = (potential: Potential) => formOf(potential.kernel).continuity(potential);

  it('lj', () => {
    const kinds = shifts.map((shift) =>
      of(ljPotential({ species: [18], epsilon: 0.01, sigma: 3.4, cutoff: 8.5, shift })),
    );
    expect(kinds).toEqual(['none', 'C0', 'C1']);
  });

  it('every embedded potential is C1', () => {
    for (const name of ['Fe-Ackland-2004', 'Fe-FS-1984', 'W-AT-1987', 'Ar-LJ-1975'])
      expect(of(loadEmbedded(name)), name).toBe('C1');
  });

  it('tables that end with a step or a corner', () => {
    expect(of(parseSetfl(setflText(['Fe'], 'alloy')))).toBe('C1');
    expect(of(parseSetfl(setflText(['Fe'], 'alloy', { tail: 1 })))).toBe('C0');
    expect(of(parseSetfl(setflText(['Fe'], 'alloy', { tail: 0 })))).toBe('none');
  });
});
