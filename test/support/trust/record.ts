/**
 * What the suite found, part by part of the promises in promises.ts: every test leaves its figure in build/trust, and
 * table.ts puts them together. A figure that falls short is recorded as such: the table says so.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelHash } from '../../../src/generated/kernels.ts';
import { long } from '../long.ts';

export const recordsFolder = 'build/trust';

export interface Found {
  figure: string;
  met: boolean;
  tier: 'quick' | 'long';
  kernels: string;
  node: string;
}

/** Leaves the figure of a part, 'R6.threads'; `met`: it is what was promised. */
export function record(part: string, figure: string, met: boolean): void {
  const found: Found = {
    figure,
    met,
    tier: long ? 'long' : 'quick',
    kernels: kernelHash.slice(0, 16),
    node: process.version,
  };
  mkdirSync(recordsFolder, { recursive: true });
  writeFileSync(join(recordsFolder, `${part}.json`), JSON.stringify(found));
}

const short = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(2));

/** A number that may be `most` at most, and the same for the caller to expect. */
export function recordMost(part: string, value: number, most: number, unit = ''): void {
  record(part, `${short(value)} (≤ ${short(most)})${unit && ` ${unit}`}`, value <= most);
}

export function recordLeast(part: string, value: number, least: number, unit = ''): void {
  record(part, `${short(value)} (≥ ${short(least)})${unit && ` ${unit}`}`, value >= least);
}
