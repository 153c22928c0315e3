/** Small objectives with exact or separately written energies, for tests of methods. */
import { determinant, inverse, multiply } from '../../src/data/cell.ts';
import type { CellObjective, Objective } from '../../src/data/objective.ts';

/** ½ Σ k_i x_i² + ¼ q Σ x_i⁴. */
export function oscillators(x: ArrayLike<number>, stiffness: ArrayLike<number>, quartic = 0): Objective {
  const position = Float64Array.from(x);
  const f = new Float64Array(position.length);
  return {
    x: position,
    f,
    evaluate() {
      let energy = 0;
      for (let i = 0; i < f.length; i++) {
        const u = position[i];
        energy += 0.5 * stiffness[i] * u * u + 0.25 * quartic * u ** 4;
        f[i] = -stiffness[i] * u - quartic * u ** 3;
      }
      return energy;
    },
  };
}

export interface Pair {
  cutoff: number;
  /** Energy and derivative of one pair by its squared distance: [u, du/d(r²)]. */
  at(r2: number): [number, number];
}

/** Lennard-Jones times (1 − r²/c²)³, which is smooth at the cutoff c. */
export function lennardJones(epsilon: number, sigma: number, cutoff: number): Pair {
  const at = (r2: number): [number, number] => {
    const c2 = cutoff * cutoff;
    const s6 = ((sigma * sigma) / r2) ** 3;
    const u = 4 * epsilon * (s6 * s6 - s6);
    const du = (4 * epsilon * (-6 * s6 * s6 + 3 * s6)) / r2;
    const w = 1 - r2 / c2;
    return [u * w ** 3, du * w ** 3 - (3 * u * w * w) / c2];
  };
  return { cutoff, at };
}

/** Sum over all pairs and the images within ±`images` cells, O(N²), with the virial; pbc by `images` = 0 none. */
export function pairSystem(x: ArrayLike<number>, cell: ArrayLike<number>, pair: Pair, images = 1): CellObjective {
  const position = Float64Array.from(x);
  const f = new Float64Array(position.length);
  const h = Float64Array.from(cell);
  const virial = new Float64Array(6);
  const span = Array.from({ length: 2 * images + 1 }, (_, i) => i - images);
  const reach = pair.cutoff ** 2;
  const shifts = span.flatMap((a) => span.flatMap((b) => span.map((c) => [a, b, c])));
  return {
    x: position,
    f,
    cell: h,
    virial,
    setCell: (next) => h.set(Array.from(next)),
    evaluate() {
      f.fill(0);
      virial.fill(0);
      let energy = 0;
      const moves = Float64Array.from(
        shifts.flatMap((s) => [0, 1, 2].map((k) => s[0] * h[k] + s[1] * h[3 + k] + s[2] * h[6 + k])),
      );
      for (let i = 0; i < f.length; i += 3) {
        for (let j = 0; j < f.length; j += 3) {
          for (let m = 0; m < moves.length; m += 3) {
            const dx = position[j] - position[i] + moves[m];
            const dy = position[j + 1] - position[i + 1] + moves[m + 1];
            const dz = position[j + 2] - position[i + 2] + moves[m + 2];
            const r2 = dx * dx + dy * dy + dz * dz;
            if (r2 === 0 || r2 >= reach) continue;
            const [u, du] = pair.at(r2);
            energy += 0.5 * u;
            const g = 2 * du;
            f[i] += g * dx;
            f[i + 1] += g * dy;
            f[i + 2] += g * dz;
            virial[0] -= 0.5 * g * dx * dx;
            virial[1] -= 0.5 * g * dy * dy;
            virial[2] -= 0.5 * g * dz * dz;
            virial[3] -= 0.5 * g * dy * dz;
            virial[4] -= 0.5 * g * dx * dz;
            virial[5] -= 0.5 * g * dx * dy;
          }
        }
      }
      return energy;
    },
  };
}

/** fcc argon-like box of 4·cells³ atoms with a smooth Lennard-Jones of short range; a slightly skewed cell if asked. */
export function argon(cells: number, skew = 0, a = 5.35): CellObjective {
  const basis = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0];
  const cell = multiply(
    [a * cells, 0, 0, 0, a * cells, 0, 0, 0, a * cells],
    [1, 0, 0, skew, 1, 0, 0.5 * skew, -skew, 1],
  );
  const x: number[] = [];
  for (let m = 0; m < cells ** 3; m++) {
    const at = [m % cells, Math.floor(m / cells) % cells, Math.floor(m / cells / cells)];
    for (let b = 0; b < 12; b += 3) {
      const s = at.map((c, k) => (c + basis[b + k]) / cells);
      for (let k = 0; k < 3; k++) x.push(s[0] * cell[k] + s[1] * cell[3 + k] + s[2] * cell[6 + k]);
    }
  }
  return pairSystem(x, cell, lennardJones(0.0104, 3.4, 5.3));
}

/** No forces at all. */
export function perfectGas(n: number, volume: number): CellObjective {
  const edge = Math.cbrt(volume);
  const cell = Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge);
  return {
    x: new Float64Array(3 * n),
    f: new Float64Array(3 * n),
    virial: new Float64Array(6),
    cell,
    setCell: (next) => cell.set(Array.from(next)),
    evaluate: () => 0,
  };
}

/** Å^3. */
export function volumeOf(objective: CellObjective): number {
  return Math.abs(determinant(objective.cell));
}

/** Fractional coordinates, (n,3). */
export function fractional(objective: CellObjective): Float64Array {
  const m = inverse(objective.cell);
  return objective.x.map((_, i) => {
    const b = i - (i % 3);
    return objective.x[b] * m[i % 3] + objective.x[b + 1] * m[3 + (i % 3)] + objective.x[b + 2] * m[6 + (i % 3)];
  });
}

/** f by central differences of `evaluate` with Richardson extrapolation; leaves the objective where it was. */
export function numericalForces(objective: Objective, h = 1e-3): Float64Array {
  const slope = (i: number, step: number): number => {
    const x0 = objective.x[i];
    objective.x[i] = x0 + step;
    const up = objective.evaluate();
    objective.x[i] = x0 - step;
    const down = objective.evaluate();
    objective.x[i] = x0;
    return (up - down) / (2 * step);
  };
  const f = objective.x.map((_, i) => -(4 * slope(i, h) - slope(i, 2 * h)) / 3);
  objective.evaluate();
  return f;
}
