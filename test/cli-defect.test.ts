/** defect formation, analyze wigner-seitz and build --defect as a user runs them. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { frenkel, scratch } from './support/cli.ts';

const iron = ['-p', 'Fe-Ackland-2004', '--threads', '1'];
const fe = ['-e', 'Fe', ...iron];

async function json(folder: string, args: string[]) {
  const { code, stdout, stderr } = await frenkel(folder, [...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('frenkel defect formation', () => {
  it('one defect: what is documented; again without computing', async () => {
    const folder = scratch();
    const found = await json(folder, ['defect', 'formation', 'dumbbell-110', ...fe, '--size', '6', '--cell']);
    expect(Math.abs(found.energy - 3.5429071822263722)).toBeLessThan(1e-4);
    expect(found).toMatchObject({
      atoms: 433,
      sites: 432,
      binding: 0,
      single: 'dumbbell-110',
      kept: true,
      became: null,
    });
    expect(found.relaxationVolume / found.relaxationVolumeByCell).toBeCloseTo(1, 2);
    expect(found.dipole[0][1]).toBe(found.dipole[1][0]);
    expect(found.bulk.a).toBeCloseTo(2.85531275, 6);
    expect(found.wignerSeitz.defects[0].name).toBe('⟨110⟩ dumbbell');
    const entries = join(folder, 'runs/defects/entries');
    const [name] = readdirSync(entries).filter((file) => file.endsWith('.json'));
    const before = statSync(join(entries, name)).mtimeMs;
    expect(await json(folder, ['defect', 'formation', 'dumbbell-110', ...fe, '--size', '6', '--cell'])).toEqual(found);
    expect(statSync(join(entries, name)).mtimeMs).toBe(before);
    // a damaged entry is computed again
    writeFileSync(join(entries, name), '{"schema"');
    const again = await json(folder, ['defect', 'formation', 'dumbbell-110', ...fe, '--size', '6', '--cell']);
    expect(again).toEqual(found);
  });

  it('several defects and sizes: a table, limits and figures', async () => {
    const folder = scratch();
    const line = ['defect', 'formation', 'vacancy', 'V2-2nn', ...fe, '--sizes', '3,4,5', '--out', 'series'];
    const { defects, limits } = await json(folder, line);
    expect(defects.map(({ name, size }: { name: string; size: number }) => `${name} ${size}`)).toEqual(
      ['vacancy', 'V2-2nn'].flatMap((name) => [3, 4, 5].map((size) => `${name} ${size}`)),
    );
    // bound by what two single vacancies cost more
    const [one, two] = [defects[2], defects[5]];
    expect(two.binding).toBeCloseTo(2 * one.energy - two.energy, 9);
    expect(two.binding).toBeGreaterThan(0.1);
    expect(limits.map(({ name }: { name: string }) => name)).toEqual(['vacancy', 'V2-2nn']);
    expect(Math.abs(limits[0].energy - 1.721)).toBeLessThan(0.002);
    for (const file of ['energy.svg', 'volume.svg', 'table.csv', 'report.json']) {
      expect(existsSync(join(folder, 'series', file)), file).toBe(true);
    }
    expect(readFileSync(join(folder, 'series/table.csv'), 'utf8').trim().split('\n')).toHaveLength(7);
    const { stdout } = await frenkel(folder, line);
    expect(stdout).toContain('infinite cell, vacancy: 1.72');
  });

  it('files with their bulk, whole or as a unit cell, and a single one for the binding', async () => {
    const folder = scratch();
    const built = ['build', 'bcc', '-e', 'Fe', '-a', '2.85531274900052', '--repeat', '4'];
    await frenkel(folder, [...built, '-o', 'bulk.xyz']);
    await frenkel(folder, ['build', 'bcc', '-e', 'Fe', '-a', '2.85531274900052', '-o', 'unit.xyz']);
    await frenkel(folder, [...built, '--vacancy', '7', '-o', 'one.xyz']);
    await frenkel(folder, [...built, '--defect', 'V2-1nn', '--site', '7', '-o', 'two.xyz']);
    const run = (bulk: string) =>
      json(folder, ['defect', 'formation', 'two.xyz', '--single', 'one.xyz', '--bulk', bulk, ...iron]);
    const [whole, unit] = [await run('bulk.xyz'), await run('unit.xyz')];
    expect(whole.energy).toBeCloseTo(unit.energy, 8);
    expect(whole.binding).toBeGreaterThan(0);
    expect(unit.wignerSeitz.vacancies).toBe(2);
    const missing = await frenkel(folder, ['defect', 'formation', 'one.xyz', ...iron]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--bulk')]);
  });

  it('says what a defect became, and which starts end on saddles', async () => {
    const folder = scratch();
    // the third neighbour's place: too near the vacancy to stay
    const built = ['build', 'bcc', '-e', 'Fe', '-a', '2.85531274900052', '--repeat', '4'];
    await frenkel(folder, [...built, '-o', 'bulk.xyz']);
    await frenkel(folder, [...built, '--vacancy', '0', '--interstitial', '0.8,0.8,0.6', '-o', 'pair.xyz']);
    const pair = await frenkel(folder, ['defect', 'formation', 'pair.xyz', '--bulk', 'bulk.xyz', ...iron]);
    expect([pair.code, pair.stderr]).toEqual([0, expect.stringContaining('pair.xyz recombined: no defect is left')]);
    const { stderr } = await frenkel(folder, ['defect', 'formation', 'dumbbell-111', ...fe, '--size', '3', '--check']);
    expect(stderr).toContain('on a saddle: its Hessian has the eigenvalue -');
  });

  it('does not pass off what a named defect became as that defect', async () => {
    const folder = scratch();
    // three atoms on one site do not stay there in so small a cell
    const args = ['defect', 'formation', 'I2-gao', 'vacancy', ...fe, '--size', '3'];
    const { code, stdout, stderr } = await frenkel(folder, args);
    expect(code, stderr).toBe(4);
    expect(stderr).toMatch(/warning: I2-gao \(3³\) became .+/);
    expect(stdout).toMatch(/^I2-gao \* /m);
    expect(stdout).toMatch(/^vacancy {3}/m);
    expect(stdout).toMatch(/^\* I2-gao \(3³\) became .+: the numbers are of that$/m);
    const again = await frenkel(folder, [...args, '--json']);
    const { defects } = JSON.parse(again.stdout);
    expect([again.code, defects[0].kept, defects[1].kept]).toEqual([4, false, true]);
    expect(defects[0].became).toContain('became ');
  });

  it.each([
    [['vacency', ...fe], 'did you mean vacancy'],
    [['vacancy', 'a.xyz', ...fe], 'one kind at a time'],
    [['I2-C15', '-e', 'Fe', '--lattice', 'fcc', '-a', '3.6', ...iron], 'known of bcc'],
    [['I3-C15', ...fe], 'those of 2, 4'],
    [['vacancy', ...fe, '--bulk', 'b.xyz'], 'it is for files'],
    [['vacancy', '-e', 'Po', ...iron], '--lattice'],
  ])('refuses %j', async (args, text) => {
    const folder = scratch();
    const { code, stderr } = await frenkel(folder, ['defect', 'formation', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
  });

  it('leaves foreign folders alone', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'mine.txt'), 'x');
    const { code, stderr } = await frenkel(folder, ['defect', 'formation', 'vacancy', ...fe, '--out', '.']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('mine.txt')]);
  });
});

describe('frenkel analyze wigner-seitz', () => {
  it('counts, names, writes the sites', async () => {
    const folder = scratch();
    const built = ['build', 'bcc', '-e', 'Fe', '-a', '2.8553', '--repeat', '5'];
    await frenkel(folder, [...built, '-o', 'bulk.xyz']);
    await frenkel(folder, [...built, '--defect', 'I3-110', '--displace', '0.05 A', '-o', 'hot.xyz']);
    const line = ['analyze', 'wigner-seitz', 'hot.xyz', '--reference', 'bulk.xyz'];
    const { frames } = await json(folder, [...line, '-o', 'sites.xyz', '--csv', 'w.csv', '--svg', 'w.svg']);
    expect(frames[0]).toMatchObject({ vacancies: 0, interstitials: 3 });
    expect(frames[0].defects[0].name).toBe('I3 of parallel ⟨110⟩ dumbbells');
    expect(frames[0].inertia[2]).toBeGreaterThan(1);
    expect(readFileSync(join(folder, 'sites.xyz'), 'utf8').split('\n')[0]).toBe('3');
    const { stdout } = await frenkel(folder, line);
    expect(stdout).toContain('0 empty sites, 3 atoms too many');
    const { code, stderr } = await frenkel(folder, line.slice(0, 3));
    expect([code, stderr]).toEqual([2, expect.stringContaining('--reference')]);
  });
});

describe('frenkel build --defect', () => {
  it('builds by name, also in a turned crystal; refuses what it does not know', async () => {
    const folder = scratch();
    const orient = ['--orient', '[1 -1 0] [1 1 -2] [1 1 1]'];
    const line = ['build', 'bcc', '-e', 'W', '-a', '3.165', ...orient, '--repeat', '4,3,6', '--defect', 'I4-C15'];
    expect((await json(folder, line)).atoms).toBe(4 * 3 * 6 * 6 + 4);
    const bad = await frenkel(folder, ['build', 'sc', '-e', 'Po', '-a', '3.3', '--defect', 'vacancy']);
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('known of bcc and fcc')]);
    const both = await frenkel(folder, [...line, '--vacancy', '3']);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('by itself')]);
  });
});
