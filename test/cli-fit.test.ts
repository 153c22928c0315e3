import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fillUniform } from '../src/data/rng.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { findEmbedded } from '../src/io/embedded.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { readPotentialFile } from '../src/node/load.ts';
import { called } from './support/commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'frenkel-fit-'));
afterAll(() => rmSync(folder, { recursive: true }));
const place = (name: string) => join(folder, name);

/** Small cells of tungsten with the energies, forces and stresses of W-Wood-2017. */
async function writeData(): Promise<string> {
  const engine = await createEngine();
  const wood = findEmbedded('W-Wood-2017')?.load();
  if (!wood) throw new Error('W-Wood-2017 is embedded no more');
  const frames: string[] = [];
  for (let k = 0; k < 24; k++) {
    const a = 3.0 + 0.02 * (k % 12);
    const moves = new Float64Array(48);
    fillUniform(moves, 3n, 'trials', k);
    const text = [`${16}`, `Lattice="${2 * a} 0 0 0 ${2 * a} 0 0 0 ${2 * a}" Properties=species:S:1:pos:R:3`];
    for (let i = 0; i < 16; i++) {
      const s = [i >> 3, (i >> 2) & 1, (i >> 1) & 1].map((c) => c + (i & 1) / 2);
      text.push(`W ${s.map((c, d) => c * a + 0.5 * (moves[3 * i + d] - 0.5)).join(' ')}`);
    }
    const [atoms] = parseExtxyz(`${text.join('\n')}\n`);
    const system = createSystem(engine, atoms, wood);
    const energy = system.evaluate();
    const virial = [0, 5, 4, 5, 1, 3, 4, 3, 2].map((c) => system.virial[c]).join(' ');
    const rows = text.slice(2).map((row, i) => `${row} ${system.f.subarray(3 * i, 3 * i + 3).join(' ')}`);
    const labels = `:forces:R:3 energy=${energy} virial="${virial}" config_type=${k < 20 ? 'cubic' : 'large'}`;
    frames.push([text[0], text[1] + labels, ...rows].join('\n'));
  }
  engine.close();
  const path = place('train.xyz');
  writeFileSync(path, `${frames.join('\n')}\n`);
  return path;
}

const data = await writeData();
const descriptor = ['--descriptor', 'snap rcut=4.73442A twojmax=4', '--reference', 'zbl inner=4A outer=4.8A'];

describe('frenkel fit', () => {
  it('fits from flags, writes files that are read again, and measures them', async () => {
    const out = place('flags');
    const { code, stdout } = await called('fit', data, ...descriptor, '--test', '0.25', '--out', out, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.coefficients).toHaveLength(15);
    expect(report.names[3]).toBe('W B_3');
    expect(Object.keys(report.metrics)).toEqual(['all', 'cubic', 'large']);
    expect(report.metrics.all.configurations).toBe(18);
    expect(report.test.all.configurations).toBe(6);
    expect(report.metrics.all.forceCount).toBe(18 * 48);
    // 14 components cannot be 55, but they come near.
    expect(report.test.all.energyMAE).toBeLessThan(0.1);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(report);
    for (const name of ['energy', 'force', 'stress'])
      expect(readFileSync(join(out, `parity-${name}.svg`), 'utf8')).toMatch(/^<svg/);
    const read = readPotentialFile(join(out, 'W.snap'), { species: [74] });
    const at = read.parts?.find((part) => part.kernel === 'snap')?.params;
    expect([...(at?.subarray(at[18], at[18] + 15) ?? [])]).toEqual(report.coefficients);
    const again = await called('fit', '--evaluate', '-p', join(out, 'W.snap'), data, '--json');
    const { metrics } = JSON.parse(again.stdout);
    const whole = (18 * report.metrics.all.energyMAE + 6 * report.test.all.energyMAE) / 24;
    expect(metrics.all.energyMAE).toBeCloseTo(whole, 12);
    const twice = await called('fit', data, ...descriptor, '--out', out);
    expect(twice.code).toBe(2);
    expect(twice.stderr).toMatch(/has a fit already: give --force/);
  });

  it('fits from a configuration, data beside it, and says what was held out', async () => {
    const config = place('fit.yaml');
    const lines = [
      'name: W-test',
      'data: train.xyz',
      'descriptor: { kind: bso4, jmax: 2, rcut: 4.7 A, quadratic: true }',
      'weights: { energy: 50, stress: 1e-6 /bar }',
      'groups: { large: { force: 0, stress: 0 } }',
      'ridge: evidence',
      'noise: true',
      'test: 0.2',
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const out = place('yaml');
    const { code, stdout } = await called('fit', config, '--out', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/120 coefficients from .* rows, condition .*, ridge λ/);
    expect(stdout).toMatch(/held out:/);
    for (const file of ['W-test.pot', 'W-test.snapcoeff', 'W-test.snapparam', 'W-test.snap'])
      expect(existsSync(join(out, file))).toBe(true);
    const { config: kept, fitted, metrics } = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
    expect(kept.weights.stress).toBeCloseTo(1.6021765, 10);
    expect(fitted.forceCount).toBe(metrics.cubic.forceCount);
    const json = (name: string) => called('fit', '--evaluate', '-p', join(out, name), data, '--json');
    const [pot, snap] = [await json('W-test.pot'), await json('W-test.snap')];
    const mae = ({ stdout: text }: { stdout: string }) => JSON.parse(text).metrics.all.forceMAE;
    expect(mae(pot)).toBeCloseTo(mae(snap), 9);
  });

  it('meets constraints, draws the path of λ, keeps errors of coefficients', async () => {
    const config = place('exact.yaml');
    const lines = [
      'name: W-exact',
      'data: train.xyz',
      'descriptor: { kind: snap, twojmax: 4, rcut: 4.7 A }',
      'reference: zbl inner=4A outer=4.8A',
      'ridge: gcv',
      'constraints:',
      '  - { configuration: "train.xyz, frame 3", energy: true, stress: true }',
      '  - { coefficient: W B_0, value: -2.5 }',
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const out = place('exact');
    const { code, stdout } = await called('fit', config, '--out', out, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.coefficients[0]).toBeCloseTo(-2.5, 12);
    expect(report.errors[0]).toBeLessThan(1e-12);
    expect(report.errors[1]).toBeGreaterThan(1e-12);
    expect(report.path).toHaveLength(81);
    expect(readFileSync(join(out, 'lambda.svg'), 'utf8')).toMatch(/^<svg/);
    expect(readFileSync(join(out, 'metrics.md'), 'utf8')).toMatch(/\('large', 'Weighted', 'Stress'\) +\| +24 \|/);
    const engine = await createEngine();
    const frame = parseExtxyz(readFileSync(data, 'utf8'))[3];
    const potential = readPotentialFile(join(out, 'W-exact.snap'), { species: [74] });
    const energy = createSystem(engine, frame, potential).evaluate();
    expect(Math.abs(energy - Number(frame.info.energy))).toBeLessThan(1e-9);
    engine.close();
  });

  it('searches weights for properties, fills the card, draws the learning curve', async () => {
    const config = place('search.yaml');
    const lines = [
      'data: train.xyz',
      'descriptor: { kind: snap, twojmax: 4, rcut: 4.7 A }',
      'reference: zbl inner=4A outer=4.8A',
      'test: 0.25',
      'learning: true',
      'card: { crystal: bcc, a: 3.18 A, reference: { a0: 3.18, C44: 170 } }',
      'search: { generations: 2, population: 5, kinds: [force], properties: { a0: 10, C44: 1 } }',
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const out = place('search');
    const { code, stderr } = await called('fit', config, '--out', out, '--threads', '1');
    expect(code).toBe(0);
    expect(stderr).toMatch(/search: generation 2, objective/);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
    expect(report.search.score).toBeLessThanOrEqual(report.search.before);
    expect(Math.abs(report.card.a0.found - 3.18)).toBeLessThan(0.1);
    expect(readFileSync(join(out, 'learning.csv'), 'utf8').split('\n')).toHaveLength(8);
    expect(readFileSync(join(out, 'learning-force.svg'), 'utf8')).toMatch(/^<svg/);
  });

  it('says what is wrong', async () => {
    const config = place('bad.yaml');
    writeFileSync(config, 'data: train.xyz\ndescriptor: { rcut: 4.7 A, twojmax: 4 }\nwieghts: { energy: 1 }\n');
    const cases: [string[], RegExp][] = [
      [[config], /bad.yaml:3:1: unknown key "wieghts".*weights/],
      [[data], /--descriptor: is needed/],
      [[data, '--descriptor', 'snap twojmax=4'], /--descriptor: rcut/],
      [[place('none.xyz'), ...descriptor], /none.xyz: neither a file nor a folder/],
      [[data, ...descriptor, '--ridge', 'lots'], /--ridge/],
      [[data, ...descriptor, '-p', 'W-Wood-2017'], /only with --evaluate/],
      [[config, '--test', '0.1'], /--test: with a configuration it belongs there/],
      [[data, ...descriptor, '--ridge', 'gcv', '--ard'], /ridge and ard exclude each other/],
      [[data, ...descriptor, '--rcond', '2'], /--rcond/],
      [[data, '--descriptor', 'g2 rcat=4A'], /g2: unknown key "rcat".*rcut/],
      [[data, '--descriptor', 'snap twojmax=14 rcut=4.7A', '--quadratic'], /coefficients, but \d+ rows of data/],
    ];
    for (const [argv, message] of cases) {
      const { code, stderr } = await called('fit', ...argv, '--out', place('none'));
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
    expect(existsSync(place('none'))).toBe(false);
  });
});
