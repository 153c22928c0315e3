/** Applies many Householder reflectors at once (Bischof & Van Loan, 10.1137/0908009): two products per block. */
import type { Engine } from '../engine/engine.ts';
import { multiply, part, transposed, type Workspace } from './product.ts';

/** Reflectors of a block. */
export const BLOCK = 128;

/** Room for T and what it is made from. */
export interface BlockRoom {
  gram: number;
  t: number;
}

export function createBlockRoom(engine: Engine): BlockRoom {
  return { gram: engine.bytes(8 * BLOCK * BLOCK), t: engine.bytes(8 * BLOCK * BLOCK) };
}

/** T of H_0 … H_{k−1} = 1 − Vᵀ T V, for the k <= BLOCK rows of length m at v; tau is an address. Returns that of T. */
export function blockFactor(space: Workspace, room: BlockRoom, v: Rows, tau: number): number {
  const rows = part(v.at, v.row);
  multiply(space, rows, transposed(rows), part(room.gram, v.k), { m: v.k, n: v.k, k: v.m });
  space.engine.kernels.triangularFactor(v.k, room.gram, tau, room.t);
  return room.t;
}

/** k rows of m numbers, `row` elements apart. */
export interface Rows {
  at: number;
  row: number;
  k: number;
  m: number;
}

/** Z ← Z H_1 … H_{n−1} for the n rows of z; H_i has its v in row i of `v` (n × n, zero from i on). In blocks. */
export function* applyingReduction(
  space: Workspace,
  v: number,
  tau: number,
  z: number,
  n: number,
): Generator<number, void> {
  const { engine } = space;
  const room = createBlockRoom(engine);
  const projected = engine.bytes(8 * n * BLOCK);
  const mixed = engine.bytes(8 * n * BLOCK);
  for (let i = 0; i < n; i += BLOCK) {
    const k = Math.min(BLOCK, n - i);
    const m = i + k - 1;
    if (m === 0) continue;
    const rows = { at: part(v, n, i).at, row: n, k, m };
    const t = blockFactor(space, room, rows, tau + 8 * i);
    multiply(space, part(z, n), transposed(part(rows.at, n)), part(projected, k), { m: n, n: k, k: m });
    multiply(space, part(projected, k), part(t, k), part(mixed, k), { m: n, n: k, k });
    multiply(space, part(mixed, k), part(rows.at, n), part(z, n), { m: n, n: m, k, alpha: -1, accumulate: true });
    yield ((i + k) / n) ** 2;
  }
}
