/** The table of promises is whole: every part has a test that records it, or says why not, and is in the page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { promises } from './support/trust/promises.ts';
import { type Found, figureOfTests, laterFound, type Outcome, readPublished } from './support/trust/record.ts';
import { trustTable } from './support/trust/table.ts';

const parts = promises.flatMap((row) => row.parts);
const sources = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('promises.ts'))
  .map((name) => readFileSync(join('test', name), 'utf8'))
  .join('\n');
const recorded = new Set([...sources.matchAll(/\brecord(?:Most|Least)?\(\s*'(R\d+\.\w+)'/g)].map(([, id]) => id));

it('there are 26 promises, each in parts', () => {
  expect(promises.map(({ row }) => row)).toEqual(Array.from({ length: 26 }, (_, k) => `R${k + 1}`));
  for (const { row, parts: own } of promises) expect(own.length, row).toBeGreaterThan(0);
});

it('every part is recorded by a test, or says why not; nothing else is recorded', () => {
  const measured = parts.filter(({ gap, tests }) => gap === undefined && !tests).map(({ id }) => id);
  expect([...recorded].sort()).toEqual(measured.sort());
});

it('the page has every part, and none without an answer', () => {
  const page = readFileSync('docs/trust-table.md', 'utf8');
  for (const { id, what } of parts) expect(page, id).toContain(what.replaceAll('|', '\\|'));
  expect(page).not.toContain('| not run |');
});

it('the page is made of docs/trust-table.json', () => {
  expect(readFileSync('docs/trust-table.md', 'utf8')).toBe(trustTable(readPublished()).text);
});

describe('a run of some tests', () => {
  const of = (file: string, ...states: Outcome['state'][]): Outcome[] =>
    states.map((state, k) => ({ file, name: `test ${k}`, state }));

  it('keeps what was found about the others', () => {
    const whole = figureOfTests([...of('a', 'passed', 'failed', 'passed'), ...of('b', 'passed')]);
    expect(whole).toMatchObject({ figure: '3 of 4 tests pass; not: test 1', met: false });
    // the one that failed, alone
    const mended = figureOfTests(of('a', 'skipped', 'passed', 'skipped'), whole?.files);
    expect(mended).toMatchObject({ figure: '4 of 4 tests pass', met: true });
    const broken = figureOfTests(of('b', 'failed'), mended?.files);
    expect(broken).toMatchObject({ figure: '3 of 4 tests pass; not: test 0', met: false });
    // a file that lost a test
    expect(figureOfTests(of('a', 'passed', 'passed'), mended?.files)?.figure).toBe('3 of 3 tests pass');
    expect(figureOfTests(of('a', 'skipped', 'skipped'), mended?.files)).toBeUndefined();
  });

  it('changes a figure, but a quick one does not stand for the long tier of the same kernels', () => {
    const found = (at: string, tier: Found['tier'], some: Partial<Found> = {}): Found => ({
      ...{ figure: `${tier} of ${at}`, met: true, tier, kernels: '37e7581d', node: 'v20', at },
      ...some,
    });
    const [first, second] = ['2026-11-20T01:00:00Z', '2026-11-21T01:00:00Z'];
    const long = found(first, 'long');
    const quick = found(second, 'quick');
    expect([laterFound(undefined, quick), laterFound(long, undefined)]).toEqual([quick, long]);
    expect([laterFound(long, quick), laterFound(quick, long)]).toEqual([long, long]);
    expect(laterFound(found(first, 'quick'), quick)).toEqual(quick);
    expect(laterFound(found(first, 'quick'), found(second, 'long'))).toEqual(found(second, 'long'));
    // of other kernels, and what fell short
    const others = found(second, 'quick', { kernels: '732cd361' });
    expect(laterFound(long, others)).toEqual(others);
    const short = found(second, 'quick', { met: false });
    expect(laterFound(long, short)).toEqual(short);
    expect(laterFound(found(first, 'long', { met: false }), quick)).toEqual(quick);
  });
});
