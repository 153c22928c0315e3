/** Space group of a structure, by moyo (https://github.com/spglib/moyo), loaded when first asked for. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Atoms } from '../data/atoms.ts';
import { inverse } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';

export interface SpaceGroup {
  /** 1 to 230. */
  number: number;
  /** Hermann–Mauguin, as 'I m -3 m'. */
  symbol: string;
  /** As 'cI2'. */
  pearson: string;
  /** Atoms in the primitive cell. */
  primitive: number;
  /** (n) one atom of each set of equivalent ones. */
  orbits: number[];
}

let moyo: Promise<typeof import('@spglib/moyo-wasm')> | undefined;

async function load() {
  const loaded = await import('@spglib/moyo-wasm');
  const file = createRequire(import.meta.url).resolve('@spglib/moyo-wasm/moyo_wasm_bg.wasm');
  loaded.initSync({ module: readFileSync(file) });
  return loaded;
}

/** `tolerance` in Å. Throws InputError where the structure is not periodic in all directions, or moyo finds no group. */
export async function spaceGroup(atoms: Atoms, tolerance = 1e-4): Promise<SpaceGroup> {
  if (!atoms.pbc.every(Boolean)) throw new InputError('a space group needs a cell that is periodic in all directions');
  moyo ??= load();
  const { analyze_cell } = await moyo;
  const g = inverse(atoms.cell);
  const { positions: x } = atoms;
  const fractional = Array.from({ length: x.length / 3 }, (_, i) =>
    [0, 1, 2].map((c) => x[3 * i] * g[c] + x[3 * i + 1] * g[3 + c] + x[3 * i + 2] * g[6 + c]),
  );
  const cell = {
    lattice: { basis: Array.from(atoms.cell) },
    positions: fractional,
    numbers: Array.from(atoms.numbers),
  };
  try {
    const found = analyze_cell(JSON.stringify(cell), tolerance, 'Standard');
    return {
      number: found.number,
      symbol: found.hm_symbol,
      pearson: found.pearson_symbol,
      primitive: found.prim_std_cell.numbers.length,
      orbits: found.orbits,
    };
  } catch (error) {
    throw new InputError(`no space group within ${tolerance} Å: ${String(error).slice(0, 200)}`);
  }
}
