/**
 * What the suite found, part by part of the promises in promises.ts: every test leaves its figure in build/trust, and
 * docs/trust-table.json keeps the last figure of each, so that a run of some tests changes only their rows. table.ts
 * puts them together. A figure that falls short is recorded as such: the table says so.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelHash } from '../../../src/generated/kernels.ts';
import { long } from '../long.ts';

export const recordsFolder = 'build/trust';
/** Kept with the page that is made of it. */
export const publishedFile = 'docs/trust-table.json';

export interface Found {
  figure: string;
  met: boolean;
  tier: 'quick' | 'long';
  kernels: string;
  node: string;
  /** ISO time. */
  at: string;
  /** Of parts that tests stand for by passing: their number in each file, and the names of those that failed. */
  files?: Record<string, { tests: number; failed: string[] }>;
}

export interface Published {
  /** Of the build that wrote the page. */
  kernels: string;
  found: Record<string, Found>;
}

export const kernels = kernelHash.slice(0, 8);

/** Leaves the figure of a part, 'R6.threads'; `met`: it is what was promised. */
export function record(part: string, figure: string, met: boolean, files?: Found['files']): void {
  const found: Found = {
    figure,
    met,
    tier: long ? 'long' : 'quick',
    kernels,
    node: process.version,
    at: new Date().toISOString(),
    files,
  };
  mkdirSync(recordsFolder, { recursive: true });
  writeFileSync(join(recordsFolder, `${part}.json`), JSON.stringify(found));
}

export function readPublished(): Published {
  return existsSync(publishedFile) ? JSON.parse(readFileSync(publishedFile, 'utf8')) : { kernels, found: {} };
}

/**
 * The later of two figures; but where both kept the promise with the same kernels, the long tier's stays though a quick
 * one comes after it.
 */
export function laterFound(kept: Found | undefined, own: Found | undefined): Found | undefined {
  if (kept === undefined || own === undefined) return own ?? kept;
  const [before, after] = (own.at ?? '') >= (kept.at ?? '') ? [kept, own] : [own, kept];
  const stays = before.tier === 'long' && after.tier === 'quick' && before.kernels === after.kernels;
  return stays && before.met && after.met ? before : after;
}

/** The last figure of a part, of this folder or of the page. */
export function readFound(part: string, { found } = readPublished()): Found | undefined {
  const path = join(recordsFolder, `${part}.json`);
  const own: Found | undefined = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  return laterFound(Object.hasOwn(found, part) ? found[part] : undefined, own);
}

/** The outcome of one test, as vitest names it. */
export interface Outcome {
  file: string;
  name: string;
  state: 'passed' | 'failed' | 'skipped' | 'pending';
}

/**
 * The figure of a part that tests stand for. Where only some tests of a file ran, the others stay as they were found before;
 * so does what other files said. Undefined where none of them ran.
 */
export function figureOfTests(
  outcomes: readonly Outcome[],
  before: Found['files'] = {},
): { figure: string; met: boolean; files: NonNullable<Found['files']> } | undefined {
  const files = { ...before };
  let any = false;
  for (const file of new Set(outcomes.map((outcome) => outcome.file))) {
    const all = outcomes.filter((outcome) => outcome.file === file);
    const ran = all.filter(({ state }) => state === 'passed' || state === 'failed');
    if (ran.length === 0) continue;
    any = true;
    const failed = ran.filter(({ state }) => state === 'failed').map(({ name }) => name);
    const now = new Set(ran.map(({ name }) => name));
    const known = Object.hasOwn(before, file) && ran.length < all.length ? before[file] : { tests: 0, failed: [] };
    files[file] = {
      tests: Math.max(known.tests, ran.length),
      failed: [...known.failed.filter((name) => !now.has(name)), ...failed],
    };
  }
  if (!any) return undefined;
  const tests = Object.values(files).reduce((sum, one) => sum + one.tests, 0);
  const failed = Object.values(files).flatMap((one) => one.failed);
  const which = failed.length > 0 ? `; not: ${failed.slice(0, 3).join(', ')}${failed.length > 3 ? ' …' : ''}` : '';
  return { figure: `${tests - failed.length} of ${tests} tests pass${which}`, met: failed.length === 0, files };
}

const short = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(2));

/** A number that may be `most` at most, and the same for the caller to expect. */
export function recordMost(part: string, value: number, most: number, unit = ''): void {
  record(part, `${short(value)} (≤ ${short(most)})${unit && ` ${unit}`}`, value <= most);
}

export function recordLeast(part: string, value: number, least: number, unit = ''): void {
  record(part, `${short(value)} (≥ ${short(least)})${unit && ` ${unit}`}`, value >= least);
}
