/** Builders of point defects: atoms are counted, shapes and distances are those that they are named for. */
import { describe, expect, it } from 'vitest';
import { wignerSeitz } from '../src/analysis/wigner-seitz.ts';
import { c15Cluster, c15Of, z16 } from '../src/data/c15.ts';
import { extraAtoms, placeDefect, type Vector } from '../src/data/defect-shape.ts';
import { lattice } from '../src/data/lattice.ts';
import { defectShape } from '../src/data/point-defects.ts';
import { repeat, supercell } from '../src/data/supercell.ts';
import { type CubicLattice, compactSites, shellSites, shells } from '../src/data/vacancy-clusters.ts';

const a = 2.85;
const crystal = (kind: CubicLattice, n = 6) => repeat(lattice({ kind, a, elements: ['Fe'] }), [n, n, n]);
const distance = (p: Vector, q: Vector) => Math.sqrt(p.reduce((sum, x, c) => sum + (x - q[c]) ** 2, 0));
const pairs = (points: readonly Vector[]) => points.flatMap((p, i) => points.slice(i + 1).map((q) => distance(p, q)));
const near = (values: number[], d: number) => values.filter((x) => Math.abs(x - d) < 1e-6).length;

describe('shapes', () => {
  it.each([
    ['vacancy', -1],
    ['V2-1nn', -2],
    ['V2-2nn', -2],
    ['V7', -7],
    ['V15-shells', -15],
    ['dumbbell-110', 1],
    ['dumbbell-111', 1],
    ['dumbbell-100', 1],
    ['crowdion', 1],
    ['octahedral', 1],
    ['tetrahedral', 1],
    ['I3-110', 3],
    ['I7-111', 7],
    ['I4-100', 4],
    ['I2-gao', 2],
    ['I2-C15', 2],
    ['I4-C15', 4],
    ['I8-C15', 8],
    ['I11-C15', 11],
  ])('bcc %s has %i atoms more, also turned, also elsewhere, and by Wigner and Seitz', (name, extra) => {
    const shape = defectShape(name, 'bcc');
    expect(extraAtoms(shape)).toBe(extra);
    const perfect = crystal('bcc');
    const built = placeDefect(perfect, shape, { site: 137, a });
    const found = wignerSeitz(built, perfect);
    expect(built.numbers.length - perfect.numbers.length).toBe(extra);
    expect(found.interstitials - found.vacancies.length).toBe(extra);
    if (extra < 0) expect(found.vacancies).toHaveLength(-extra);
    const orient = [
      [1, -1, 0],
      [1, 1, -2],
      [1, 1, 1],
    ] as const;
    const turned = repeat(lattice({ kind: 'bcc', a, elements: ['Fe'], orient }), [4, 3, 6]);
    const other = placeDefect(turned, shape, { site: 5, a, orient });
    expect(other.numbers.length - turned.numbers.length).toBe(extra);
  });

  it.each([
    ['vacancy', -1],
    ['V4', -4],
    ['V2-2nn', -2],
    ['dumbbell-100', 1],
    ['octahedral', 1],
    ['tetrahedral', 1],
    ['crowdion', 1],
    ['I4-100', 4],
  ])('fcc %s has %i atoms more', (name, extra) => {
    const perfect = crystal('fcc', 4);
    const found = wignerSeitz(placeDefect(perfect, defectShape(name, 'fcc'), { site: 7, a }), perfect);
    expect(found.interstitials - found.vacancies.length).toBe(extra);
  });

  it('compact clusters are the known ones', () => {
    // bcc: triangle of two first and one second neighbour; tetrahedron of four first and two second
    const three = pairs(compactSites('bcc', 3));
    expect([near(three, Math.sqrt(0.75)), near(three, 1)]).toEqual([2, 1]);
    const four = pairs(compactSites('bcc', 4));
    expect([near(four, Math.sqrt(0.75)), near(four, 1)]).toEqual([4, 2]);
    // fcc: regular triangle and tetrahedron of first neighbours
    expect(near(pairs(compactSites('fcc', 3)), Math.SQRT1_2)).toBe(3);
    expect(near(pairs(compactSites('fcc', 4)), Math.SQRT1_2)).toBe(6);
    expect(shells('bcc', 5).map((d) => 4 * d)).toEqual([3, 4, 8, 11, 12]);
    expect(shells('fcc', 4).map((d) => 4 * d)).toEqual([2, 4, 6, 8]);
    expect(shellSites('bcc', 9).filter((p) => distance(p, [0, 0, 0]) < 0.9)).toHaveLength(9);
  });

  it('parallel clusters lie on one plane, ⟨111⟩ on neighbouring rows', () => {
    const axis = { '110': [1, 1, 0], '111': [1, 1, 1] } as const;
    for (const name of ['110', '111'] as const) {
      const { remove } = defectShape(`I7-${name}`, 'bcc');
      const along = remove.map((p) => p.reduce((sum, x, c) => sum + x * axis[name][c], 0));
      if (name === '110') expect(along.every((x) => Math.abs(x) < 1e-9)).toBe(true);
      // six neighbouring rows around the first: a hexagon
      else expect(remove.slice(1).map((p) => distance(p, [0, 0, 0]))).toEqual(new Array(6).fill(Math.sqrt(0.75)));
    }
  });
});

describe('C15 clusters', () => {
  it('one Z16 polyhedron replaces ten atoms by twelve at √11/4 a from its centre', () => {
    const { add, remove } = z16([0, 0, 0]);
    expect([add.length, remove.length]).toEqual([12, 10]);
    for (const p of add) expect(distance(p, [0, 0, 0])).toBeCloseTo(Math.sqrt(11) / 4, 12);
  });

  it('filled everywhere it is the C15 crystal', () => {
    const perfect = crystal('bcc', 2);
    // all centres of one diamond lattice in a cell of 2a: 8 atoms stay, 16 are new
    const centres: Vector[] = [];
    for (const p of [
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ] as const) {
      centres.push(p, [p[0] + 0.5, p[1] + 0.5, p[2] + 0.5]);
    }
    const wrap = (points: readonly Vector[]) =>
      new Set(points.map((p) => p.map((x) => (((x % 2) + 2) % 2).toFixed(3)).join()));
    const all = c15Of(centres);
    const [added, removed] = [wrap(all.add), wrap(all.remove)];
    expect([added.size, removed.size, perfect.numbers.length - removed.size]).toEqual([16, 8, 8]);
    const laves = lattice({ kind: 'C15', a: 2, elements: ['Fe'] });
    const sites = new Set<string>();
    for (let i = 0; i < 24; i++)
      sites.add([...laves.positions.subarray(3 * i, 3 * i + 3)].map((x) => (x / 2).toFixed(4)).join());
    // distances of one new atom to all others as in the crystal that lattice() builds: same coordination
    const inBcc = [...added].map((key) => key.split(',').map(Number) as unknown as Vector);
    const kept = centres.map((c) => c.map((x) => ((x % 2) + 2) % 2) as unknown as Vector);
    const periodic = (p: Vector, q: Vector) =>
      Math.sqrt(p.reduce((sum, x, c) => sum + (x - q[c] - 2 * Math.round((x - q[c]) / 2)) ** 2, 0));
    const shell = (from: Vector) => [...inBcc, ...kept].map((q) => periodic(from, q).toFixed(4)).sort();
    const laveSites = Array.from(
      { length: 24 },
      (_, i) => [...laves.positions.subarray(3 * i, 3 * i + 3)] as unknown as Vector,
    );
    const own = (from: Vector) => laveSites.map((q) => periodic(from, q).toFixed(4)).sort();
    const kinds = [...new Set(laveSites.map((p) => own(p).join()))].sort();
    expect([...new Set([...inBcc, ...kept].map((p) => shell(p).join()))].sort()).toEqual(kinds);
    expect(sites.size).toBe(24);
  });

  it('neighbouring polyhedra share a face: I4 is 18 for 14; odd small sizes do not exist', () => {
    const four = c15Cluster(4);
    expect([four.add.length, four.remove.length]).toEqual([18, 14]);
    expect(() => c15Cluster(3)).toThrow('there are those of 2, 4');
    expect(() =>
      c15Of([
        [0, 0, 0],
        [1, 0, 0],
      ]),
    ).toThrow('two diamond lattices');
  });
});

describe('bad input', () => {
  it('names what there is', () => {
    expect(() => defectShape('vacency', 'bcc')).toThrow('did you mean vacancy');
    expect(() => defectShape('I2-C15', 'fcc')).toThrow('known of bcc');
    expect(() => defectShape('V0', 'bcc')).toThrow('1 to 1000');
  });

  it('refuses crystals that are too small, or other ones', () => {
    expect(() => placeDefect(crystal('bcc', 2), defectShape('I11-C15', 'bcc'), { site: 0, a })).toThrow('larger');
    expect(() => placeDefect(crystal('bcc', 4), defectShape('V5', 'bcc'), { site: 0, a: 3 })).toThrow('no atom is at');
    expect(() => placeDefect(crystal('bcc', 4), defectShape('vacancy', 'bcc'), { site: 128, a })).toThrow('0 to 127');
  });

  it('knows skewed cells', () => {
    const skew = supercell(crystal('bcc', 4), [1, 1, 0, 0, 1, 0, 0, 0, 1]);
    expect(placeDefect(skew, defectShape('I4-C15', 'bcc'), { site: 0, a }).numbers.length).toBe(132);
  });
});
