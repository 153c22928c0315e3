/** frenkel describe as a user calls it, and beside LAMMPS. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { build, distances, frenkel, hasAse, inspect, json, python, refused } from './support/commands.ts';
import { hasReference, sharedText } from './support/reference.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-tools-'));
const at = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

interface DescribedJson {
  labels: string[];
  frames: number[][][];
}

describe('describe', () => {
  const options = ['-p', 'W-Wood-2017', '--threads', '1'];
  beforeAll(async () => {
    const build = 'build bcc -e W -a 3.18 --repeat 2 --vacancy 3 --displace 0.1 --seed 5'.split(' ');
    await frenkel(...build, '-o', at('w.xyz'));
    await frenkel(...'build bcc -e Fe -a 2.8553 -o'.split(' '), at('iron.xyz'));
  });

  it('B_0_0_0 = (1 + Σ f)^3 (bzeroflag 0) with a sum over all images', async () => {
    const { labels, frames } = await json<DescribedJson>('describe', at('w.xyz'), ...options);
    expect(labels).toHaveLength(55);
    expect(labels.slice(0, 5)).toEqual(['B_0_0_0', 'B_1_0_1', 'B_1_1_2', 'B_2_0_2', 'B_2_1_3']);
    const built = await build(at('w.xyz'));
    const cutoff = 4.73442;
    built.positions.forEach((from, i) => {
      const near = distances(built, from, cutoff).filter((r) => r > 0);
      const sum = near.reduce((s, r) => s + (1 + Math.cos((Math.PI * r) / cutoff)) / 2, 1);
      expect(Math.abs(frames[0][i][0] - sum ** 3)).toBeLessThan(1e-11 * sum ** 3);
    });
  });

  it('csv, json, xyz and npy say the same, and so does the mean', async () => {
    const { labels, frames } = await json<DescribedJson>('describe', at('w.xyz'), ...options);
    const rows = frames[0];
    const { out } = await frenkel('describe', at('w.xyz'), ...options);
    const [head, ...lines] = out.trim().split('\n');
    expect(head).toBe(['frame', 'atom', 'element', ...labels].join(','));
    expect(lines.map((line) => line.split(',').slice(3).map(Number))).toEqual(rows);
    expect(lines[1].split(',').slice(0, 3)).toEqual(['0', '1', 'W']);
    await frenkel('describe', at('w.xyz'), ...options, '-o', at('B.xyz'));
    const [atoms] = parseExtxyz(readFileSync(at('B.xyz'), 'utf8'));
    expect([...atoms.arrays.descriptors]).toEqual(rows.flat());
    const said = await json<object>('describe', at('w.xyz'), ...options, '-o', at('B.npy'));
    expect(said).toEqual({ output: at('B.npy'), format: 'npy', labels, shape: [15, 55] });
    const bytes = readFileSync(at('B.npy'));
    const header = bytes.readUInt16LE(8);
    expect((10 + header) % 64).toBe(0);
    expect(rows.flat().map((_, k) => bytes.readDoubleLE(10 + header + 8 * k))).toEqual(rows.flat());
    expect(await inspect(at('B.npy'))).toMatchObject([{ kind: 'npy', type: '<f8', shape: [15, 55] }]);
    const average = await json<DescribedJson>('describe', at('w.xyz'), ...options, '--average');
    average.frames[0][0].forEach((value, k) => {
      const mean = rows.reduce((sum, row) => sum + row[k] / 15, 0);
      expect(Math.abs(value - mean)).toBeLessThan(1e-12 * Math.max(1, Math.abs(mean)));
    });
  });

  it.skipIf(!hasAse)('NumPy reads the npy file (needs /usr/bin/python3 with numpy)', async () => {
    const { frames } = await json<DescribedJson>('describe', at('w.xyz'), ...options);
    const script = 'import json, sys, numpy; print(json.dumps(numpy.load(sys.argv[1]).tolist()))';
    await frenkel('describe', at('w.xyz'), ...options, '-o', at('numpy.npy'));
    expect(JSON.parse(execFileSync(python, ['-c', script, at('numpy.npy')], { encoding: 'utf8' }))).toEqual(frames[0]);
  });

  it('labels of two elements with chemistry name the densities; those of MILADY its diagonal set', async () => {
    const folder = 'test/data/random';
    writeFileSync(at('pair.xyz'), '2\nLattice="4 0 0 0 4 0 0 0 4"\nW 0 0 0\nBe 2 2 2\n');
    const chem = ['-p', `${folder}/chem.snapcoeff`, '-p', `${folder}/chem-a.snapparam`, '--threads', '1'];
    const described = await frenkel('inspect', `${folder}/chem.snapcoeff`, '--json');
    const elements = JSON.parse(described.out).files[0].elements as string[];
    writeFileSync(at('pair.xyz'), `2\nLattice="4 0 0 0 4 0 0 0 4"\n${elements[0]} 0 0 0\n${elements[1]} 2 2 2\n`);
    const { labels, frames } = await json<DescribedJson>('describe', at('pair.xyz'), ...chem);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).toHaveLength(frames[0][0].length);
    expect(labels[0]).toBe(`B_0_0_0_${elements[0]}_${elements[0]}_${elements[0]}`);
    expect(labels.at(-1)).toContain(`_${elements[1]}_${elements[1]}_${elements[1]}`);
    writeFileSync(at('fe.xyz'), '2\nLattice="2.87 0 0 0 2.87 0 0 0 2.87"\nFe 0 0 0\nFe 1.4 1.4 1.5\n');
    const diagonal = ['-p', `${folder}/rnd_LML_j4_diag.pot`, '--threads', '1'];
    const milady = await json<DescribedJson>('describe', at('fe.xyz'), ...diagonal);
    expect(milady.labels.every((label) => /^B_(\d+)_\1_\d+$/.test(label))).toBe(true);
  });

  it('any descriptor by its text: a hybrid has its parts, xyz has the mean', async () => {
    const one = (text: string) => json<DescribedJson>('describe', at('w.xyz'), '-d', text, '--threads', '1');
    const parts = [await one('g2 rcut=4.7A neta=2'), await one('afs n=3 l=2')];
    const both = await one('g2(rcut=4.7A neta=2) + afs(n=3 l=2)');
    expect(both.labels).toEqual(parts.flatMap(({ labels }) => labels));
    both.frames[0].forEach((row, i) => {
      const alone = parts.flatMap(({ frames }) => frames[0][i]);
      expect(row).toHaveLength(alone.length);
      // the hybrid's neighbours reach to 5 Å, so sums by pairs of neighbours pair others
      for (const [k, value] of row.entries()) {
        expect(Math.abs(value - alone[k])).toBeLessThan(1e-14 * (1 + Math.abs(alone[k])));
      }
    });
    await frenkel('describe', at('w.xyz'), '-d', 'afs n=3 l=2', '--average', '-o', at('mean.xyz'));
    const [atoms] = parseExtxyz(readFileSync(at('mean.xyz'), 'utf8'));
    const rows = parts[1].frames[0];
    const mean = rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k] / rows.length, 0));
    (atoms.info.descriptors as number[]).forEach((value, k) => {
      expect(Math.abs(value - mean[k])).toBeLessThan(1e-12 * Math.max(1, Math.abs(mean[k])));
    });
  });

  it('refuses what it cannot describe', async () => {
    await refused(['describe', at('w.xyz'), '-p', 'Fe-Ackland-2004'], 'SNAP', 'eam');
    await refused(['describe', at('iron.xyz'), ...options], 'iron.xyz', 'contains Fe', 'only W');
    await refused(['describe', at('w.xyz')], '-p');
    await refused(['describe', at('w.xyz'), ...options, '--json', '--format', 'csv'], '--json', '-o FILE');
    await refused(['describe', at('w.xyz'), ...options, '-d', 'afs'], '-d', '-p');
    await refused(['describe', at('w.xyz'), '-d', 'asf n=3'], "unknown descriptor 'asf'", 'did you mean afs');
    await refused(['describe', at('w.xyz'), '-d', 'g2 weights=Fe:1'], 'no number for W');
    writeFileSync(at('there.csv'), '');
    await refused(['describe', at('w.xyz'), ...options, '-o', at('there.csv')], '--force');
  });
});

describe.skipIf(!hasReference)('describe and LAMMPS (needs ../shared)', () => {
  it('agrees with compute sna/atom, whose order the labels have', async () => {
    const { configurations } = JSON.parse(sharedText('reference/lammps/snap-W-2940.json')) as {
      configurations: Record<
        string,
        {
          cell: number[][];
          pbc: [boolean, boolean, boolean];
          species: string[];
          positions: number[][];
          descriptors: { b: { values: number[][] } };
        }
      >;
    };
    const names = Object.keys(configurations);
    const frames = names.map((name) => {
      const { cell, pbc, species, positions } = configurations[name];
      return formatExtxyz(
        createAtoms({
          numbers: new Uint8Array(species.length).fill(74),
          positions: Float64Array.from(positions.flat()),
          cell: Float64Array.from(cell.flat()),
          pbc,
        }),
      );
    });
    writeFileSync(at('reference.xyz'), frames.join(''));
    const stem = '../shared/potentials/lammps/W_2940_2017_2.snap';
    const { frames: found } = await json<DescribedJson>(
      'describe',
      ...[at('reference.xyz'), '-p', `${stem}coeff`, '-p', `${stem}param`, '--threads', '1'],
    );
    names.forEach((name, k) => {
      const expected = configurations[name].descriptors.b.values;
      expect(found[k]).toHaveLength(expected.length);
      expected.flat().forEach((b, i) => {
        expect(Math.abs(found[k].flat()[i] - b)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(b)));
      });
    });
  });
});
