/** Atoms turned about an axis, positions and cell alike. */
import type { Atoms } from '../../../../src/data/atoms.ts';

/** By Rodrigues' formula; the axis need not have length 1. */
export function turned(atoms: Atoms, axis: readonly number[], angle: number): Atoms {
  const length = Math.hypot(...axis);
  const [x, y, z] = axis.map((a) => a / length);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const R = [
    [c + x * x * (1 - c), x * y * (1 - c) - z * s, x * z * (1 - c) + y * s],
    [y * x * (1 - c) + z * s, c + y * y * (1 - c), y * z * (1 - c) - x * s],
    [z * x * (1 - c) - y * s, z * y * (1 - c) + x * s, c + z * z * (1 - c)],
  ];
  const turn = (rows: Float64Array) =>
    rows.map((_, k) => [0, 1, 2].reduce((sum, b) => sum + R[k % 3][b] * rows[k - (k % 3) + b], 0));
  return { ...atoms, positions: turn(atoms.positions), cell: turn(atoms.cell) };
}
