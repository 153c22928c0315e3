import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { formatThermoHeader, formatThermoRow } from '../src/io/thermo.ts';
import { openRun } from '../src/node/run-folder.ts';
import { frenkel, inspect, refused, sample } from './support/commands.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-tools-'));
const at = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

describe('inspect', () => {
  beforeAll(() => {
    const frames = [sample(), { ...sample(), info: { energy: -13 } }];
    writeFileSync(at('two.xyz'), frames.map(formatExtxyz).join(''));
  });

  it('a structure: density, cell, nearest distance, columns', async () => {
    const name = at('tungsten.data');
    await frenkel('build', 'bcc', '-e', 'W', '-a', '3.1652', '--repeat', '3', '-o', name);
    const [report] = await inspect(name);
    expect(report).toMatchObject({
      kind: 'structure',
      format: 'lammps-data',
      frames: 1,
      atoms: 54,
      elements: { W: 54 },
      angles: [90, 90, 90],
      pbc: [true, true, true],
      velocities: false,
    });
    expect(report.density).toBeCloseTo(19.25, 2); // of tungsten, g/cm^3
    expect(report.nearestDistance).toBeCloseTo((3.1652 * Math.sqrt(3)) / 2, 9);
    const { out } = await frenkel('inspect', name);
    expect(out).toContain('W 54');
    expect(out).toMatch(/density +19\.2\d+ g\/cm\^3/);
  });

  it('a trajectory, compressed', async () => {
    writeFileSync(at('two.xyz.gz'), gzipSync(readFileSync(at('two.xyz'))));
    const [report] = await inspect(at('two.xyz.gz'));
    expect(report).toMatchObject({
      format: 'extxyz',
      compressed: true,
      frames: 2,
      atoms: 5,
      elements: { W: 2, Be: 3 },
      columns: ['forces'],
      info: ['energy'],
      energy: { last: -13, min: -13, max: -12.5 },
      velocities: true,
    });
    const [a, b, c] = [4.1, Math.hypot(0.6, 4.7), Math.hypot(0.4, 0.3, 5.2)];
    const [alpha, beta, gamma] = report.angles as number[];
    const deg = Math.PI / 180;
    (report.lengths as number[]).forEach((length, k) => {
      expect(length).toBeCloseTo([a, b, c][k], 12);
    });
    expect(b * c * Math.cos(alpha * deg)).toBeCloseTo(-0.4 * 0.6 + 0.3 * 4.7, 10);
    expect(a * c * Math.cos(beta * deg)).toBeCloseTo(4.1 * -0.4, 10);
    expect(a * b * Math.cos(gamma * deg)).toBeCloseTo(4.1 * 0.6, 10);
  });

  it('potentials, by content', async () => {
    const [eam, zbl, pot] = await inspect(
      'potentials/Fe_Ackland_2004.eam.fs',
      'potentials/W_Wood_2017.snap',
      'test/data/random/rnd_LML_j4_full.pot',
    );
    expect(eam).toMatchObject({ kind: 'potential', format: 'setfl', form: 'eam', elements: ['Fe'] });
    expect(zbl).toMatchObject({ kind: 'potential', format: 'snap', form: 'zbl + snap', elements: ['W'] });
    expect(pot).toMatchObject({ kind: 'potential', format: 'milady', elements: ['Fe'] });
  });

  it('a .snapcoeff alone as far as it goes, with its .snapparam whole', async () => {
    const coefficients = readFileSync('potentials/W_Wood_2017.snapcoeff');
    writeFileSync(at('alone.snapcoeff'), coefficients);
    const [alone] = await inspect(at('alone.snapcoeff'));
    expect(alone).toMatchObject({
      format: 'snapcoeff',
      elements: ['W'],
      radii: [0.5],
      weights: [1],
      fits: ['twojmax 8'],
    });
    expect(alone.needs).toContain('.snapparam');
    const [whole] = await inspect('potentials/W_Wood_2017.snapcoeff');
    expect(whole).toMatchObject({ format: 'snapcoeff', with: 'potentials/W_Wood_2017.snapparam', cutoff: 4.73442 });
  });

  it('a run, unfinished and finished, and its table', async () => {
    const out = at('run');
    const spec = { out, command: 'md', input: { options: { steps: 100 } }, versions: { frenkel: '0.1.0' } };
    const handle = openRun(spec);
    const log = handle.output('log.thermo');
    log.append(formatThermoHeader(['Step', 'Time', 'Econserve']));
    for (let k = 0; k < 5; k++) log.append(formatThermoRow([10 * k, k / 100, -8 + k / 4]));
    handle.save({ dynamics: { step: 40 } });
    handle.close();
    const [unfinished, thermo] = await inspect(out, join(out, 'log.thermo'));
    expect(unfinished).toMatchObject({ kind: 'run', command: 'md', checkpoint: { number: 1, step: 40 } });
    expect(unfinished.status).toContain('not finished');
    expect(thermo).toMatchObject({ kind: 'thermo', rows: 5, driftPer: 'ps' });
    const [, , conserved] = thermo.columns as { name: string; mean: number; drift: number; rms: number }[];
    expect(conserved).toMatchObject({ name: 'Econserve', mean: -7.5, last: -7 });
    expect(conserved.drift).toBeCloseTo(25, 9);
    expect(conserved.rms).toBeCloseTo(0, 9);
    const again = openRun(spec);
    again.finish({});
    again.close();
    expect(await inspect(out)).toMatchObject([{ status: 'finished', options: { steps: 100 } }]);
    expect(await inspect(join(out, 'run.json'))).toMatchObject([{ kind: 'run', status: 'finished' }]);
  });

  it('says what was tried on what it does not know, and still reports the others', async () => {
    writeFileSync(at('letter.txt'), 'Dear Sir or Madam,\n');
    writeFileSync(at('empty.txt'), '');
    writeFileSync(at('bytes'), Uint8Array.of(0, 255, 254, 1));
    await refused(['inspect', at('letter.txt')], 'letter.txt', 'extxyz', 'setfl', 'run folders');
    await refused(['inspect', at('empty.txt')], 'empty');
    await refused(['inspect', at('bytes')], 'UTF-8');
    await refused(['inspect', root], 'run.json');
    await refused(['inspect', at('missing')], 'missing');
    const { code, out, err } = await frenkel('inspect', at('letter.txt'), at('two.xyz'), '--json');
    expect(code).toBe(2);
    expect(err).toContain('letter.txt');
    expect(JSON.parse(out).files).toMatchObject([{ file: at('two.xyz'), frames: 2 }]);
  });
});
