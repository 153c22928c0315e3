/** frenkel bench descriptors: what is reported, not how fast it was. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { paretoFront } from '../src/plot/descriptor-cost.ts';
import { json, refused } from './support/commands.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-bench-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Report {
  norm: string;
  atoms: number;
  descriptors: { descriptor: string; size: number; cutoff: number; values: number; forces: number; relative: number }[];
}

describe('bench descriptors', () => {
  it('sizes, cutoffs and times of what was asked for, and the norm', async () => {
    const hybrid = 'hybrid g2(rcut=5A neta=7) + bso4(jmax=1.5 rcut=4A) by recurrence';
    const [g2, fast] = ['g2 rcut=4A neta=5', 'bso4 jmax=2 rcut=4.5A'];
    const flags = [g2, fast, hybrid].flatMap((text) => ['--descriptor', text]);
    const out = join(root, 'figures');
    const report = await json<Report>(
      ...['bench', 'descriptors', '--repeat', '3', '--rounds', '1', ...flags, '--out', out],
    );
    expect(report.atoms).toBe(54);
    expect(report.descriptors.map(({ descriptor, size, cutoff }) => [descriptor, size, cutoff])).toEqual([
      [g2, 5, 4],
      [fast, 14, 4.5],
      [hybrid, 15, 5],
      [report.norm, 40, 5],
    ]);
    const norm = report.descriptors[3];
    for (const { values, forces, relative } of report.descriptors) {
      expect(values).toBeGreaterThan(0);
      expect(relative).toBeCloseTo(forces / norm.forces, 12);
    }
    expect(JSON.parse(readFileSync(join(out, 'descriptors.json'), 'utf8'))).toEqual(report);
    expect(readFileSync(join(out, 'cost.svg'), 'utf8')).toContain('components per atom');
    await refused(['bench', 'descriptors', '--out', out], 'exists already', '--force');
  });

  it('refuses what it does not know', async () => {
    await refused(['bench', 'descriptors', '-e', 'Xx'], '--element', 'Xx');
    await refused(['bench', 'descriptors', '--descriptor', 'g4 rcut=5A'], "'g4'", 'g2');
    await refused(['bench', 'descriptors', '--fit', join(root, 'no.yaml')], 'no.yaml');
  });

  it('the front has those that none beats in both', () => {
    const points = [
      { name: 'slow and good', cost: 9, error: 1 },
      { name: 'cheap', cost: 1, error: 5 },
      { name: 'beaten', cost: 4, error: 5 },
      { name: 'between', cost: 3, error: 3 },
      { name: 'not fitted', cost: 0.5 },
    ];
    expect(paretoFront(points).map(({ name }) => name)).toEqual(['cheap', 'between', 'slow and good']);
  });
});
