/** The perfect crystal of a search at one strain. */
import type { Atoms } from '../../data/atoms.ts';
import { lattice } from '../../data/lattice.ts';
import { repeat } from '../../data/supercell.ts';
import type { LatticeResult } from '../vacancy/lattice-task.ts';
import type { SearchConfig } from './config.ts';

export interface Crystal {
  element: string;
  crystal: SearchConfig['crystal'];
  repeat: number;
  /** Å, strained. */
  a: number;
}

export function crystalAt(
  { element, crystal }: SearchConfig,
  found: LatticeResult,
  times: number,
  strain: number,
): Crystal {
  return { element, crystal, repeat: times, a: found.a * (1 + strain) };
}

export function perfectOf({ element, crystal, repeat: times, a }: Crystal): Atoms {
  return repeat(lattice({ kind: crystal, a, elements: [element] }), [times, times, times]);
}
