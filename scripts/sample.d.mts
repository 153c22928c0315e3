import type { Mutant } from './mutants.mjs';

export interface Score {
  tried: number;
  killed: number;
  score: number;
  interval: [number, number];
}
export interface Summary {
  scores: Record<string, Score & { mutants: number; faultsAlone: Score }>;
  survivors: string[];
}
type InArea = Mutant & { area: string; file: string };
export function drawSample<T extends InArea>(all: readonly T[], count: number, seed: string): (T & { of: number })[];
export function wilson(hits: number, of: number): [number, number];
export function summarize(
  drawn: readonly (InArea & { of: number })[],
  answers: Record<string, { how: string }>,
  equivalent: Record<string, string>,
): Summary;
