import type { Mutant } from './mutants.mjs';

export interface Piece {
  start: number;
  end: number;
}
export function withProbes(path: string, source: string): { text: string; pieces: Piece[] };
export function pieceOf(pieces: Piece[], mutant: Pick<Mutant, 'kind' | 'start' | 'end'>): number | undefined;
