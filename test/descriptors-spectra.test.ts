/** p-SO(3), its form of three bodies and p-SO(4): published numbers, independent sums, rotations, counts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { orthonormalTable, radialBasis } from '../src/data/descriptors/radial-basis.ts';
import { bareDescriptor, descriptorSize, labelsOf } from '../src/data/potentials/descriptor.ts';
import { describeAtoms } from '../src/engine/describe.ts';
import type { Engine } from '../src/engine/engine.ts';
import { parseDescriptor } from '../src/io/descriptor.ts';
import { parsePot } from '../src/io/milady.ts';
import { createEngine } from '../src/node/threads.ts';
import { evaluate } from '../src/verify/evaluate.ts';
import { noise } from '../src/verify/subject.ts';
import { directDescriptors } from './support/direct/descriptors/index.ts';
import { directRadial } from './support/direct/descriptors/radial.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1, debug: true });
});
afterAll(() => engine.close());

const IRON = [26];

function free(positions: number[], numbers?: number[]): Atoms {
  return {
    positions: Float64Array.from(positions),
    numbers: Uint8Array.from(numbers ?? Array.from({ length: positions.length / 3 }, () => 26)),
    cell: Float64Array.from([30, 0, 0, 0, 30, 0, 0, 0, 30]),
    pbc: [false, false, false],
    arrays: {},
    info: {},
  };
}

/** The centre first: the worked example of MILADY's conventions. */
const worked = free([0, 0, 0, 1.1, -0.7, 2.0, -1.3, 1.6, 0.4, 0.2, 2.1, -1.5]);

function cluster(count: number, size: number): Atoms {
  const u = noise(3 * count, 5);
  return free(
    Array.from(u, (x) => size * x),
    Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 74 : 26)),
  );
}

function valuesOf(text: string, atoms: Atoms, species = IRON): Float64Array {
  return describeAtoms(engine, atoms, bareDescriptor(parseDescriptor(text), species)).values;
}

/** By three angles. */
function turned(atoms: Atoms): Atoms {
  const [a, b, c] = [0.7, 1.9, -2.3];
  const turn = (x: number, y: number, t: number) => [
    x * Math.cos(t) - y * Math.sin(t),
    x * Math.sin(t) + y * Math.cos(t),
  ];
  const positions = new Float64Array(atoms.positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    let [x, y, z] = atoms.positions.subarray(i, i + 3);
    [x, y] = turn(x, y, a);
    [y, z] = turn(y, z, b);
    [x, y] = turn(x, y, c);
    positions.set([x, y, z], i);
  }
  return { ...atoms, positions };
}

/** Largest difference over the largest value. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const size = Math.max(...Array.from(b, Math.abs));
  return Math.max(...Array.from(a, (x, k) => Math.abs(x - b[k]))) / size;
}

describe('published numbers', () => {
  it('p-SO(3), n = 3, l = 0, 1, 2, with the own terms of MILADY', () => {
    const values = valuesOf('pso3 rcut=4.7A n=3 lmax=2 centre=milady', worked).subarray(0, 9);
    const published = [
      0.667989272853, 0.584401047582, 0.799658367851, 0.0178745272356, 0.239368384952, 0.56462440825, 0.0960227464446,
      0.227717718859, 0.448502437569,
    ];
    // printed to 12 digits, from an S^(−1/2) of doubles
    for (const [k, value] of published.entries()) expect(Math.abs(values[k] - value)).toBeLessThanOrEqual(1e-12);
  });

  it('p-SO(4), J = 4', () => {
    const values = valuesOf('pso4 rcut=4.7A jmax=2', worked).subarray(0, 5);
    const published = [6.206539778878915, 3.104421469727792, 2.40546446426679, 6.940841550614172, 10.234358465683924];
    for (const [k, value] of published.entries()) expect(Math.abs(values[k] / value - 1)).toBeLessThanOrEqual(1e-14);
  });

  it('radial functions, n = 3', () => {
    const published = [0.632163542905, -0.522790057018, 0.0513287686003];
    const g = radial(3, 4.7, 2.3874672772626644);
    for (const [k, value] of published.entries()) expect(Math.abs(g[k] - value)).toBeLessThanOrEqual(1e-12);
  });
});

/** g = O e, with e by the recurrence once more. */
function radial(n: number, cutoff: number, r: number): number[] {
  const table = orthonormalTable(n, cutoff);
  const [a, b] = [table.slice(4, 4 + n), table.slice(4 + n)];
  const y = 1 - r / cutoff;
  const e = [table[3] * y ** 3];
  for (let k = 0; k + 1 < n; k++) e.push(((y - a[k]) * e[k] - b[k] * (e[k - 1] ?? 0)) / b[k + 1]);
  const { rotation } = radialBasis(n);
  return Array.from({ length: n }, (_, p) => e.reduce((sum, x, k) => sum + rotation[p * n + k] * x, 0));
}

describe('radial functions', () => {
  it.each([3, 7, 20])('%i of them are S^(−1/2) φ of exact arithmetic', (n) => {
    for (const r of [0.3, 2.2, 4.6]) {
      const direct = directRadial(n, 5, r);
      const size = Math.max(...direct.map(Math.abs));
      radial(n, 5, r).forEach((g, p) => {
        expect(Math.abs(g - direct[p])).toBeLessThanOrEqual(1e-14 * Math.max(1, size));
      });
    }
  });
});

describe('components', () => {
  const species = [26, 74];
  it.each([
    'pso3 rcut=4.8A n=7 lmax=9',
    'pso3 rcut=4.8A n=5 lmax=6 radial=chebyshev centre=milady weights=Fe:0.9,W:1.4 weights2=Fe:1,W:2 weights3=Fe:2,W:1',
    'pso3-3body rcut=4.8A n=4 lmax=5 centre=none',
    'pso4 rcut=4.8A jmax=6',
    'pso4 rcut=4.8A jmax=3.5 weights=Fe:0.9,W:1.4 weights2=Fe:1,W:2 weights3=Fe:2,W:1',
    'pso4 rcut=4.8A jmax=0',
  ])('of %s are those of the formulas', (text) => {
    const atoms = cluster(9, 3);
    const direct = directDescriptors(atoms, bareDescriptor(parseDescriptor(text), species)).flat();
    expect(difference(valuesOf(text, atoms, species), direct)).toBeLessThanOrEqual(1e-12);
  });

  it.each(['pso3 n=6 lmax=8', 'pso3-3body n=4 lmax=5', 'pso4 jmax=4'])('of %s do not turn with the axes', (text) => {
    const atoms = cluster(14, 4);
    expect(difference(valuesOf(text, turned(atoms), species), valuesOf(text, atoms, species))).toBeLessThanOrEqual(
      1e-12,
    );
  });

  it('with the own terms of MILADY turn with them', () => {
    const atoms = cluster(14, 4);
    const text = 'pso3 n=3 lmax=3 centre=milady';
    expect(difference(valuesOf(text, turned(atoms), species), valuesOf(text, atoms, species))).toBeGreaterThan(1e-2);
  });

  it('of an atom alone are those of its own term', () => {
    const own = 1 / (4 * Math.PI);
    for (const [k, value] of valuesOf('pso3 n=2 lmax=1', free([0, 0, 0])).entries())
      expect(value).toBeCloseTo(k % 2 === 0 ? own : 0, 15);
    // Σ |δ_mm'|² = l + 1
    for (const [l, value] of valuesOf('pso4 jmax=3', free([0, 0, 0])).entries()) expect(value).toBeCloseTo(l + 1, 13);
  });
});

describe('counts and names', () => {
  it.each([
    ['pso3 n=7 lmax=9', 70],
    ['pso3 n=7 lmax=9 radial=chebyshev', 80],
    ['pso3-3body n=4 lmax=5', 96],
    ['pso3-3body n=4 lmax=5 radial=chebyshev', 150],
    ['pso4 jmax=4', 9],
    ['pso4 jmax=3.5 weights2=Fe:2 weights3=Fe:3', 24],
  ])('%s: %i', (text, count) => {
    expect(descriptorSize(parseDescriptor(text), IRON)).toBe(count);
  });

  it('the order is p, q, l, and channels one after the other', () => {
    const labels = (text: string) => labelsOf(parseDescriptor(text), IRON);
    expect(labels('pso3-3body n=2 lmax=1')).toEqual([
      ...['pSO3_1_1_0', 'pSO3_1_1_1', 'pSO3_1_2_0', 'pSO3_1_2_1'],
      ...['pSO3_2_1_0', 'pSO3_2_1_1', 'pSO3_2_2_0', 'pSO3_2_2_1'],
    ]);
    expect(labels('pso4 jmax=0.5 weights2=Fe:2')).toEqual(['pSO4_0', 'pSO4_1', 'pSO4_0_c2', 'pSO4_1_c2']);
  });

  it('bad settings are named', () => {
    const size = (text: string) => () => descriptorSize(parseDescriptor(text), IRON);
    expect(size('pso4 jmax=0.3')).toThrow('pso4: jmax: found 0.3; expected a multiple of 0.5');
    expect(size('pso3 n=21')).toThrow("pso3 n: found '21'; expected an integer from 1 to 20");
    expect(size('pso3 weights2=W:2')).toThrow('weights2: has no number for Fe');
  });
});

describe("MILADY's files", () => {
  it.each([
    ['8 25 3', '2 0.5 0', 'pso4 rcut=4.7A jmax=0.5'],
    ['6 25 5', '2 1 1 1 0', 'pso3 rcut=4.7A n=1 lmax=1 centre=milady'],
    ['603 67 5', '2 0 1 2 0', 'pso3-3body rcut=4.7A n=1 lmax=0 radial=chebyshev centre=milady'],
  ])('of type %s: two channels, an asymmetric Q, energies of free atoms', (head, details, text) => {
    const size = 2 * descriptorSize(parseDescriptor(text), [26]);
    const count = 1 + size + size * size;
    const numbers = noise(count, 7);
    const pot = [
      ...Array.from({ length: 6 }, () => '#'),
      '2 2 Fe 0.9 1.0 -4.5 W 1.7 1.0 -9.1',
      head.replace(/ \d+ /, ` ${count} `),
      '55.845 183.84',
      details,
      '4.7000',
      ...numbers,
    ].join('\n');
    const atoms = cluster(6, 2.4);
    const both = bareDescriptor(parseDescriptor(`${text} weights2=Fe:0.9,W:1.7`), [26, 74]);
    const { energies } = evaluate(engine, atoms, parsePot(pot));
    directDescriptors(atoms, both).forEach((D, i) => {
      let energy = numbers[0] + (atoms.numbers[i] === 26 ? -4.5 : -9.1);
      D.forEach((value, k) => {
        energy += numbers[1 + k] * value;
        D.forEach((other, l) => {
          energy += numbers[1 + size + k * size + l] * value * other;
        });
      });
      expect(Math.abs(energies[i] - energy)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(energy)));
    });
  });
});
