import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { build, distances, frenkel, refused } from './support/commands.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-tools-'));
const at = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

describe('build', () => {
  it('a vacancy in 5×5×5 bcc iron leaves 8 atoms with 7 neighbours', async () => {
    const { code, out, err } = await frenkel(
      ...'build bcc --element Fe --repeat 5,5,5 --vacancy 0'.split(' '),
      ...['-a', '2.8553 A', '-o', at('vacancy.xyz')],
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('249 atoms (Fe 249)');
    const [atoms] = parseExtxyz(readFileSync(at('vacancy.xyz'), 'utf8'));
    const positions = Array.from(atoms.numbers, (_, i) => [...atoms.positions.subarray(3 * i, 3 * i + 3)]);
    const edge = atoms.cell[0];
    expect(edge).toBeCloseTo(5 * 2.8553, 10);
    const neighbours = positions.map((p) => {
      return positions.filter((q) => {
        const r = Math.hypot(...p.map((x, c) => x - q[c] - edge * Math.round((x - q[c]) / edge)));
        return r > 0.1 && r < 2.65;
      }).length;
    });
    expect(neighbours.filter((count) => count === 7)).toHaveLength(8);
    expect(neighbours.filter((count) => count === 8)).toHaveLength(241);
  });

  // shells of the ideal crystals, distances in units of a
  it.each([
    ['sc', 1, [1, 6], [Math.SQRT2, 12]],
    ['bcc', 2, [Math.sqrt(3) / 2, 8], [1, 6]],
    ['fcc', 4, [Math.SQRT1_2, 12], [1, 6]],
    ['diamond', 8, [Math.sqrt(3) / 4, 4], [Math.SQRT1_2, 12]],
    ['hcp', 2, [1, 12], [Math.SQRT2, 6]],
  ] as const)('%s: atoms per cell and two shells', async (kind, atoms, [r1, n1], [r2, n2]) => {
    const built = await build(kind, '-e', 'Fe', '-a', '3 A');
    expect(built.atoms).toBe(atoms);
    const found = distances(built, built.positions[0], 3 * r2 + 0.01).slice(1);
    expect(found).toHaveLength(n1 + n2);
    expect(found[0]).toBeCloseTo(3 * r1, 10);
    expect(found[n1 - 1]).toBeCloseTo(3 * r1, 10);
    expect(found[n1]).toBeCloseTo(3 * r2, 10);
  });

  it('a turned crystal and a supercell have the same density and shells', async () => {
    const turned = await build('bcc', '-e', 'W', '-a', '3.165', '--orient', '[1 1 -2] [-1 1 0] [1 1 1]');
    const volume = turned.cell[0][0] * turned.cell[1][1] * turned.cell[2][2];
    expect(volume / turned.atoms).toBeCloseTo(3.165 ** 3 / 2, 9);
    const primitive = await build('bcc', '-e', 'W', '-a', '0.3165 nm', '--supercell', '1 1 0 -1 1 0 0 0 1');
    expect(primitive.atoms).toBe(4);
    for (const built of [turned, primitive]) {
      const near = distances(built, built.positions[1], 2.8).slice(1);
      expect(near).toHaveLength(8);
      for (const r of near) expect(r).toBeCloseTo((3.165 * Math.sqrt(3)) / 2, 9);
    }
  });

  it('interstitials sit where their shells are', async () => {
    const base = ['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '3'];
    const octahedral = await build(...base, '--interstitial', 'C octahedral', '--site', '13');
    expect(octahedral.elements).toEqual({ Fe: 54, C: 1 });
    expect(octahedral.symbols[54]).toBe('C');
    const around = distances(octahedral, octahedral.positions[54], 2.1).slice(1);
    expect(around).toHaveLength(6);
    expect(around[1]).toBeCloseTo(1.4, 10);
    expect(around[2]).toBeCloseTo(2.8 * Math.SQRT1_2, 10);
    const tetrahedral = await build(...base, '--interstitial', 'tetrahedral');
    const near = distances(tetrahedral, tetrahedral.positions[54], 1.7).slice(1);
    expect(near).toHaveLength(4);
    for (const r of near) expect(r).toBeCloseTo((2.8 * Math.sqrt(5)) / 4, 10);
  });

  it('a dumbbell straddles its site; vacancy and interstitial together substitute', async () => {
    const base = ['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '3'];
    const { atoms, positions } = await build(...base, '--dumbbell', '110', '--site', '7', '--separation', '2 A');
    const perfect = await build(...base);
    expect(atoms).toBe(55);
    const d = positions[54].map((x, c) => x - positions[7][c]);
    expect(Math.abs(d[0])).toBeCloseTo(Math.SQRT2, 10);
    expect(d[0]).toBeCloseTo(d[1], 12);
    expect(d[2]).toBe(0);
    positions[54].forEach((x, c) => {
      expect((x + positions[7][c]) / 2).toBeCloseTo(perfect.positions[7][c], 10);
    });
    const alloy = await build(...base, '--vacancy', '0', '--vacancy', '1.4,1.4,1.4', '--interstitial', 'Cr 0,0,0');
    expect(alloy.elements).toEqual({ Fe: 52, Cr: 1 });
    expect(alloy.positions[52]).toEqual([0, 0, 0]);
  });

  it('displacements follow the seed and have the standard deviation asked for', async () => {
    const base = ['fcc', '-e', 'Cu', '-a', '3.6', '--repeat', '8'];
    const perfect = (await build(...base)).positions.flat();
    const shifts = async (seed: string) =>
      (await build(...base, '--displace', '0.05 A', '--seed', seed)).positions.flat().map((x, k) => x - perfect[k]);
    const first = await shifts('3');
    const sigma = Math.sqrt(first.reduce((sum, d) => sum + d * d, 0) / first.length);
    expect(Math.abs(sigma / 0.05 - 1)).toBeLessThan(0.04); // 5 standard errors of 6144 numbers
    expect(await shifts('3')).toEqual(first);
    expect(await shifts('4')).not.toEqual(first);
  });

  it('starts from a file', async () => {
    writeFileSync(at('start.vasp'), 'W\n1.0\n3 0 0\n0 3 0\n0 0 3\nW\n2\nDirect\n0 0 0\n.5 .5 .5\n');
    const { atoms, elements } = await build(at('start.vasp'), '--repeat', '2,2,1', '--vacancy', '0');
    expect([atoms, elements]).toEqual([7, { W: 7 }]);
  });

  it('writes extended XYZ to standard output', async () => {
    const { code, out } = await frenkel('build', 'fcc', '-e', 'Al', '-a', '4.05');
    expect(code).toBe(0);
    expect(parseExtxyz(out)[0].numbers).toHaveLength(4);
  });

  it.each([
    [
      ['bcc', '-a', '2.8'],
      ['--element', 'bcc'],
    ],
    [
      ['bcc', '-e', 'Fe'],
      ['-a: bcc needs its lattice constant', "'2.8553 A'"],
    ],
    [['bcx', '-e', 'Fe'], ['did you mean bcc?']],
    [['bcc', '-e', 'Fr', '-a', '2.8 fs'], ['no unit of length']],
    [['bcc', '-e', 'Fee', '-a', '2.8'], ['did you mean Fe?']],
    [['bcc', '-e', 'Fe', '-a', '-2.8'], ['-2.8']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '0'], ['1 or more']],
    [
      ['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '2,2'],
      ['--repeat', '3 integers'],
    ],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '900000'], ['at most']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--orient', '[1 1 0] [1 0 0] [0 0 1]'], ['not perpendicular']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--vacancy', '2'], ['no atom 2']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--vacancy', '0', '--vacancy', '0,0,0.1'], ['named twice']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--vacancy', '0', '--vacancy', '1'], ['no atom is left']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--interstitial', '0,0,0.1'], ['only 0.100 Å away']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--interstitial', 'octaedral'], ['octahedral, tetrahedral or x,y,z']],
    [['sc', '-e', 'Fe', '-a', '2.8', '--interstitial', 'octahedral'], ['bcc and fcc']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--site', '1'], ['--site']],
    [['B2', '-e', 'Fe,Al', '-a', '2.9', '--interstitial', '1.4,0,0'], ['which element']],
    [
      ['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '2', '--vacancy', '3', '--dumbbell', '110', '--site', '3'],
      ['removed'],
    ],
    [
      ['bcc', '-e', 'Fe', '-a', '2.8', '-o', 'x.foo'],
      ['x.foo', 'format'],
    ],
  ])('refuses %j', async (argv, words) => {
    await refused(['build', ...argv], ...words);
  });

  it('refuses a mistyped flag with the nearest name, and to overwrite', async () => {
    const { code, err } = await frenkel('build', 'bcc', '--vacany', '0');
    expect(code).toBe(2);
    expect(err).toContain('--vacancy');
    const argv = ['build', 'sc', '-e', 'Po', '-a', '3.35', '-o', at('po.xyz')];
    expect((await frenkel(...argv)).code).toBe(0);
    await refused(argv, '--force');
    expect((await frenkel(...argv, '--force')).code).toBe(0);
  });

  it('says its units and gives an example', async () => {
    for (const command of ['build', 'convert', 'inspect', 'describe']) {
      const { code, out } = await frenkel(command, '--help');
      expect(code).toBe(0);
      expect(out).toMatch(/Å|no unit/);
      expect(out).toMatch(new RegExp(`Examples?:\n {2}frenkel ${command}`));
    }
  });
});
