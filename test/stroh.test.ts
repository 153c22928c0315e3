import { describe, expect, it } from 'vitest';
import { angle } from '../src/data/angle.ts';
import { inverse } from '../src/data/cell.ts';
import { screwAxes } from '../src/data/screw-dipole.ts';
import {
  cubicVoigt,
  type DislocationField,
  dislocationField,
  displacementAt,
  elasticTensor,
  rotateTensor,
} from '../src/data/stroh.ts';
import { voigt } from '../src/data/voigt.ts';

/** ∂u_k/∂x_l at a point, by differences that never meet the cut. */
function gradient(field: DislocationField, x: number, y: number, h = 1e-4): number[][] {
  const omega = Math.atan2(y, x);
  const at = (dx: number, dy: number) => {
    const out = new Float64Array(3);
    const turned = omega + Math.atan2(x * dy - y * dx, x * (x + dx) + y * (y + dy));
    field.add(x + dx, y + dy, turned, 1, out);
    return out;
  };
  return [0, 1, 2].map((k) => [(at(h, 0)[k] - at(-h, 0)[k]) / (2 * h), (at(0, h)[k] - at(0, -h)[k]) / (2 * h), 0]);
}

function stress(tensor: Float64Array, field: DislocationField, x: number, y: number): number[] {
  const g = gradient(field, x, y);
  return Array.from({ length: 9 }, (_, ij) => {
    let sum = 0;
    for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) sum += tensor[9 * ij + 3 * k + l] * g[k][l];
    return sum;
  });
}

const tungsten = elasticTensor(cubicVoigt(522, 204, 160));
const iron = rotateTensor(elasticTensor(cubicVoigt(243, 145, 116)), screwAxes());
// no symmetry at all: two cubic tensors in different orientations
const skew = rotateTensor(rotateTensor(elasticTensor(cubicVoigt(170, 120, 75)), screwAxes()), [
  0.6,
  0.8,
  0,
  -0.8 * 0.28,
  0.6 * 0.28,
  0.96,
  0.8 * 0.96,
  -0.6 * 0.96,
  0.28,
]);

describe('angle', () => {
  it('is the arc tangent of all quadrants', () => {
    let worst = 0;
    for (let k = -5000; k <= 5000; k++) {
      const w = (k * Math.PI) / 5000;
      const [x, y] = [3 * Math.cos(w), 3 * Math.sin(w)];
      worst = Math.max(worst, Math.abs(angle(x, y) - Math.atan2(y, x)));
    }
    expect(worst).toBeLessThan(1.5e-15);
    expect([angle(0, 0), angle(1, 0), angle(0, 2), angle(-1, 0)]).toEqual([0, 0, Math.PI / 2, Math.PI]);
  });
});

describe('field of a straight dislocation', () => {
  it('is b θ/2π of a screw in an isotropic medium, with the energy factor μ b²/4π', () => {
    const mu = 80;
    const field = dislocationField(elasticTensor(cubicVoigt(120 + 2 * mu, 120, mu)), [0, 0, 2.5]);
    for (const [x, y] of [
      [1, 0.3],
      [-2, 1],
      [-0.4, -3],
    ]) {
      const [ux, uy, uz] = displacementAt(field, x, y);
      expect(Math.abs(ux) + Math.abs(uy)).toBeLessThan(1e-14);
      expect(uz).toBeCloseTo((2.5 * Math.atan2(y, x)) / (2 * Math.PI), 13);
    }
    expect(field.energyFactor).toBeCloseTo((mu * 2.5 ** 2) / (4 * Math.PI), 11);
  });

  it('is that of an edge in an isotropic medium (Hirth, Lothe, eq. 3-45)', () => {
    const [mu, lambda, b] = [80, 120, 2];
    const nu = lambda / (2 * (lambda + mu));
    const field = dislocationField(elasticTensor(cubicVoigt(lambda + 2 * mu, lambda, mu)), [b, 0, 0]);
    const exact = (x: number, y: number) => {
      const square = x * x + y * y;
      return [
        (b / (2 * Math.PI)) * (Math.atan2(y, x) + (x * y) / (2 * (1 - nu) * square)),
        (-b / (2 * Math.PI)) *
          (((1 - 2 * nu) / (4 * (1 - nu))) * Math.log(square) + (x * x - y * y) / (4 * (1 - nu) * square)),
      ];
    };
    // up to a rigid displacement
    const [p, q] = [displacementAt(field, 1, 2), displacementAt(field, -2, 0.5)];
    const [e, f] = [exact(1, 2), exact(-2, 0.5)];
    for (const c of [0, 1]) expect(p[c] - q[c]).toBeCloseTo(e[c] - f[c], 12);
    expect(field.energyFactor).toBeCloseTo((mu * b * b) / (4 * Math.PI * (1 - nu)), 11);
  });

  it('has the energy factor of ⟨111⟩ screws in cubic crystals (Stroh 1958: K² = S11/S44/(S11 S44 − S15²), S11 reduced)', () => {
    for (const [c11, c12, c44] of [
      [243, 145, 116],
      [470, 170, 110],
      [522, 204, 160],
    ]) {
      const tensor = rotateTensor(elasticTensor(cubicVoigt(c11, c12, c44)), screwAxes());
      // compliances of the frame: the (6,6) matrix inverted by Gauss's method
      const [s11, s44, s15] = compliances(tensor);
      const K = Math.sqrt(s11 / (s44 * (s11 * s44 - s15 * s15)));
      const b = 2.48;
      expect(dislocationField(tensor, [0, 0, b]).energyFactor).toBeCloseTo((K * b * b) / (4 * Math.PI), 9);
    }
  });

  it.each([
    ['cubic axes', tungsten, [1, 0.5, 2]],
    ['screw in iron', iron, [0, 0, 2.47]],
    ['edge in iron', iron, [2.47, 0, 0]],
    ['no symmetry', skew, [0.7, -1, 0.4]],
  ])('is in equilibrium, closes with b and needs no force: %s', (_, tensor, b) => {
    const field = dislocationField(tensor as Float64Array, b as number[]);
    const t = tensor as Float64Array;
    const h = 1e-2;
    for (const [x, y] of [
      [1, 0.2],
      [-1.3, 0.8],
      [0.1, -2],
    ]) {
      const [east, west] = [stress(t, field, x + h, y), stress(t, field, x - h, y)];
      const [north, south] = [stress(t, field, x, y + h), stress(t, field, x, y - h)];
      const scale = Math.max(...stress(t, field, x, y).map(Math.abs));
      for (let i = 0; i < 3; i++) {
        const divergence = (east[3 * i] - west[3 * i] + north[3 * i + 1] - south[3 * i + 1]) / (2 * h);
        expect(Math.abs(divergence) / scale).toBeLessThan(5e-3);
      }
    }
    // around the line: Burgers vector and force
    const [closure, force] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    const steps = 400;
    for (let k = 0; k < steps; k++) {
      const w = (2 * Math.PI * k) / steps;
      const [c, s] = [Math.cos(w), Math.sin(w)];
      const [g, sigma] = [gradient(field, c, s), stress(t, field, c, s)];
      for (let i = 0; i < 3; i++) {
        closure[i] += ((g[i][1] * c - g[i][0] * s) * 2 * Math.PI) / steps;
        force[i] += ((sigma[3 * i] * c + sigma[3 * i + 1] * s) * 2 * Math.PI) / steps;
      }
    }
    (b as number[]).forEach((value, i) => {
      expect(closure[i]).toBeCloseTo(value, 5);
      expect(Math.abs(force[i]) / 500).toBeLessThan(1e-5);
    });
  });

  it('refuses a medium that is not stable', () => {
    expect(() => dislocationField(elasticTensor(cubicVoigt(100, 150, 80)), [1, 0, 0])).toThrow(/unstable/);
  });
});

/** S11, S44, S15 (contracted, engineering) of a (81) tensor. */
function compliances(tensor: Float64Array): [number, number, number] {
  const rows = voigt.map(([i, j], p) => [
    ...voigt.map(([k, l]) => tensor[27 * i + 9 * j + 3 * k + l]),
    ...voigt.map((__, q) => Number(p === q)),
  ]);
  for (let c = 0; c < 6; c++) {
    const best = rows.slice(c).reduce((most, row, k) => (Math.abs(row[c]) > Math.abs(rows[most][c]) ? c + k : most), c);
    [rows[c], rows[best]] = [rows[best], rows[c]];
    rows[c] = rows[c].map((value, _, row) => value / row[c]);
    rows.forEach((row, r) => {
      if (r !== c) rows[r] = row.map((value, k) => value - row[c] * rows[c][k]);
    });
  }
  // with x or y along ⟨110⟩ the coupling is S15 or S14: the sum of squares is the same
  const s15 = Math.sqrt(rows[0][6 + 4] ** 2 + rows[0][6 + 3] ** 2);
  // reduced to plane strain: S11 − S13²/S33
  return [rows[0][6] - rows[0][8] ** 2 / rows[2][8], rows[3][9], s15];
}

it('turns tensors as their definition says', () => {
  const axes = screwAxes();
  const turned = rotateTensor(tungsten, axes);
  let sum = 0;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 3; k++)
        for (let l = 0; l < 3; l++)
          sum += axes[i] * axes[6 + j] * axes[3 + k] * axes[6 + l] * tungsten[27 * i + 9 * j + 3 * k + l];
  expect(turned[27 * 0 + 9 * 2 + 3 * 1 + 2]).toBeCloseTo(sum, 10);
  const back = rotateTensor(turned, inverse(axes));
  back.forEach((value, k) => {
    expect(value).toBeCloseTo(tungsten[k], 10);
  });
});
