/** The params of embedded-atom potentials as the kernels of half lists read them, made once for each potential. */
import type { Potential } from '../../data/potential.ts';

const HEADER = 8;
const LINE = 8;

const made = new WeakMap<Float64Array, Float64Array>();

function once({ params }: Potential, make: () => Float64Array): Float64Array {
  const known = made.get(params) ?? make();
  made.set(params, known);
  return known;
}

/** Several elements: the densities that atoms of a pair give each other side by side (assembly/potentials/eam-half-alloy.ts). */
export function interleavedTables(potential: Potential): Float64Array {
  return once(potential, () => interleaved(potential.params));
}

function interleaved(params: Float64Array): Float64Array {
  const elements = params[0];
  const bins = params[3] - 1;
  const tables = elements * elements;
  const embedding = params.subarray(HEADER + 8 * tables * bins);
  const out = new Float64Array(params.length + 4 * tables * bins);
  out.set(params.subarray(0, HEADER));
  out.set(embedding, HEADER + 8 * tables * bins);
  for (let table = 0; table < tables; table++) {
    const mirror = (table % elements) * elements + Math.floor(table / elements);
    for (let bin = 0; bin < bins; bin++) {
      const at = HEADER + 8 * (table * bins + bin);
      const back = HEADER + 8 * (mirror * bins + bin);
      for (let c = 0; c < 4; c++) {
        out[at + 2 * c] = params[at + c];
        out[at + 2 * c + 1] = params[back + c];
        out[params.length + 4 * (table * bins + bin) + c] = params[at + 4 + c];
      }
    }
  }
  return out;
}

/** Å: a bin is not longer, so that the cubics below are off by h⁴ f⁗/3072, some 1e-15 of f = z/r³ at 2 Å. */
const LONGEST_BIN = 6.5e-4;

/**
 * One element (assembly/potentials/eam-half-one.ts): in every bin, or part of one, the cubics through (rho, phi = z/r) and
 * (rho'/r, phi'/r) at four Chebyshev nodes, in lines from r = 0 to the cutoff; before each table a copy of its first line.
 * Beyond the last knot rho, z and their slopes stay as they are there.
 */
export function dividedTables(potential: Potential): Float64Array {
  return once(potential, () => divided(potential));
}

function divided({ params, cutoff }: Potential): Float64Array {
  const perDr = params[2];
  const bins = params[3] - 1;
  const parts = Math.max(1, Math.ceil(1 / (perDr * LONGEST_BIN) - 1e-9));
  const perBin = parts * perDr;
  const lines = Math.floor(cutoff * perBin) + 2;
  const embedding = params.subarray(HEADER + LINE * bins);
  const table = LINE * (lines + 1);
  const out = new Float64Array(HEADER + 2 * table + embedding.length);
  out.set(params.subarray(0, HEADER));
  out[2] = perBin;
  out[3] = 2 * (lines + 1) + 1;
  out.set(embedding, HEADER + 2 * table);
  const values = NODES.map(() => new Float64Array(4));
  for (let line = 0; line < lines; line++) {
    const bin = Math.min(Math.floor(line / parts), bins - 1);
    const from = HEADER + LINE * bin;
    NODES.forEach((x, j) => {
      const p = Math.min((line + x) / parts - bin, 1);
      pairAt(params.subarray(from, from + LINE), p, perDr, (line + x) / perBin, values[j]);
    });
    for (let k = 0; k < 4; k++) {
      const place = HEADER + LINE * (line + 1) + (k & 1) + (k < 2 ? 0 : table);
      cubicThrough([values[0][k], values[1][k], values[2][k], values[3][k]], out, place);
    }
  }
  out.copyWithin(HEADER, HEADER + LINE, HEADER + 2 * LINE);
  out.copyWithin(HEADER + table, HEADER + table + LINE, HEADER + table + 2 * LINE);
  return out;
}

/** rho, phi, rho'/r and phi'/r at r, where the cubics of rho and z in `line` are at p. */
function pairAt(line: Float64Array, p: number, perDr: number, r: number, out: Float64Array): void {
  const value = (k: number) => ((line[k] * p + line[k + 1]) * p + line[k + 2]) * p + line[k + 3];
  const slope = (k: number) => ((3 * line[k] * p + 2 * line[k + 1]) * p + line[k + 2]) * perDr;
  const phi = value(4) / r;
  out[0] = value(0);
  out[1] = phi;
  out[2] = slope(0) / r;
  out[3] = (slope(4) - phi) / (r * r);
}

/** Chebyshev nodes of [0, 1]: ½ ± ½ cos π/8 and ½ ± ½ cos 3π/8. */
const NODES = [-1, -1, 1, 1].map((sign, j) => 0.5 + 0.25 * sign * Math.sqrt(2 + (j % 2 ? -1 : 1) * Math.SQRT2));

/** The cubic with these values at the nodes, c3 c2 c1 c0 to every second place: Newton's divided differences. */
function cubicThrough(f: number[], out: Float64Array, place: number): void {
  const [a, b, c, d] = NODES;
  const [ab, bc, cd] = [(f[1] - f[0]) / (b - a), (f[2] - f[1]) / (c - b), (f[3] - f[2]) / (d - c)];
  const [abc, bcd] = [(bc - ab) / (c - a), (cd - bc) / (d - b)];
  const c3 = (bcd - abc) / (d - a);
  out[place] = c3;
  out[place + 2] = abc - c3 * (a + b + c);
  out[place + 4] = ab - abc * (a + b) + c3 * (a * b + a * c + b * c);
  out[place + 6] = f[0] - a * (ab - b * (abc - c3 * c));
}
