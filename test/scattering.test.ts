/** Wavelet scattering: the closed form of one atom, a direct sum over atoms, symmetries, convergence, gradients. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { displace, vacancy } from '../src/data/defects.ts';
import { fourierPlan, smoothLength } from '../src/data/fourier.ts';
import { lattice } from '../src/data/lattice.ts';
import { scatteringDefaults } from '../src/data/scattering.ts';
import { repeat } from '../src/data/supercell.ts';
import type { Engine } from '../src/engine/engine.ts';
import { scattering, scatteringLabels } from '../src/engine/scattering.ts';
import { createEnvironment } from '../src/fit/entropy/describe.ts';
import { entropyRows } from '../src/fit/entropy/rows.ts';
import { entropyData } from '../src/fit/entropy/samples.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { formatScattering, isScattering, parseScattering } from '../src/io/scattering.ts';
import { createEngine } from '../src/node/threads.ts';
import { noise } from '../src/verify/subject.ts';
import { frenkel, json } from './support/commands.ts';
import { sphericalHarmonic } from './support/direct/descriptors/power-spectra.ts';
import { finelySplit } from './support/split.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

const SIGMA = 0.6;
const IRON = [26];

function atomsOf(positions: ArrayLike<number>, cell: number[], pbc: Atoms['pbc'] = [true, true, true]): Atoms {
  return createAtoms({
    numbers: new Uint8Array(positions.length / 3).fill(26),
    positions: Float64Array.from(positions),
    cell: Float64Array.from(cell),
    pbc,
  });
}

const skew = [7.3, 0, 0, 1.1, 6.6, 0, -0.8, 0.9, 7.1];
const crystal = atomsOf(
  noise(12, 3).map((u) => 3.5 * u),
  skew,
);

/** Γ(n/2). */
function gamma(n: number): number {
  if (n <= 2) return n === 1 ? Math.sqrt(Math.PI) : 1;
  return (n / 2 - 1) * gamma(n - 2);
}

/** ∫ |ρ*ψ| of one atom: (2π)^(−3/2) (s/t)^(l+3) sqrt((2l+1)/4π) ∫ (r/t)^l exp(−r²/2t²) dr. */
function alone(scale: number, l: number): number {
  const s = 2 ** scale;
  const t = Math.sqrt(s * s + SIGMA * SIGMA);
  const shell = Math.sqrt((2 * l + 1) / (4 * Math.PI)) * 4 * Math.PI * t ** 3;
  return (2 * Math.PI) ** -1.5 * (s / t) ** (l + 3) * shell * 2 ** ((l + 1) / 2) * gamma(l + 3);
}

/** Sums over atoms, images and the points of a grid, with complex harmonics. */
function direct(atoms: Atoms, scale: number, counts: number[], highest: number): number[] {
  const s = 2 ** scale;
  const t = Math.sqrt(s * s + SIGMA * SIGMA);
  const h = atoms.cell;
  const at = (u: number[], c: number) => u[0] * h[c] + u[1] * h[3 + c] + u[2] * h[6 + c];
  const volume = Math.abs(
    h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6]) + h[2] * (h[3] * h[7] - h[4] * h[6]),
  );
  const sums = Array.from({ length: highest + 1 }, () => 0);
  const images: number[][] = [];
  for (let a = -2; a <= 2; a++) for (let b = -2; b <= 2; b++) for (let c = -2; c <= 2; c++) images.push([a, b, c]);
  const grid: number[][] = [];
  for (let a = 0; a < counts[0]; a++)
    for (let b = 0; b < counts[1]; b++)
      for (let c = 0; c < counts[2]; c++) grid.push([a / counts[0], b / counts[1], c / counts[2]]);
  for (const u of grid) {
    const fields = sums.map((_, l) => Array.from({ length: 2 * l + 1 }, () => [0, 0]));
    for (let i = 0; i < atoms.numbers.length; i++) {
      for (const image of images) {
        const d = [0, 1, 2].map((c) => at(u, c) - at(image, c) - atoms.positions[3 * i + c]);
        const r = Math.sqrt(d[0] ** 2 + d[1] ** 2 + d[2] ** 2) / t;
        if (r > 8) continue;
        fields.forEach((field, l) => {
          const size = (2 * Math.PI) ** -1.5 * (s / t) ** (l + 3) * r ** l * Math.exp(-r * r * 0.5);
          field.forEach((sum, m) => {
            const [re, im] = sphericalHarmonic(l, m - l, d);
            sum[0] += size * re;
            sum[1] += size * im;
          });
        });
      }
    }
    fields.forEach((field, l) => {
      sums[l] += Math.sqrt(field.reduce((sum, [re, im]) => sum + re * re + im * im, 0));
    });
  }
  return sums.map((sum) => (sum * volume) / grid.length);
}

describe('scattering', () => {
  it('has 90 components', () => {
    expect(scatteringLabels().length).toBe(90);
    expect(scatteringLabels().slice(9, 12)).toEqual(['S_0_9', 'S_0.25_0', 'S_0.25_1']);
  });

  it('of one atom in a large box has the closed form', () => {
    const atoms = atomsOf([1.3, -0.4, 2.2], [22, 0, 0, 0, 21, 0, 0, 0, 23]);
    const { values } = scattering(engine, atoms, { scales: [0], sigma: SIGMA });
    for (let l = 0; l <= 9; l++) {
      // the modulus of an odd l has a corner at the atom: |r|^l
      const error = l % 2 === 0 ? 1e-12 : [0, 3e-5, 0, 3e-7, 0, 1e-8, 0, 1e-9, 0, 1e-10][l];
      expect(Math.abs(values[l] / alone(0, l) - 1), `l ${l}`).toBeLessThanOrEqual(error);
    }
  });

  it('of one free atom has it too, on whatever axes', () => {
    const atoms = atomsOf([1.3, -0.4, 2.2], [9, 3, 1, 0, 0, 0, 0, 0, 0], [false, false, false]);
    const { values } = scattering(engine, atoms, { scales: [5], sigma: SIGMA, spacing: 0.4 });
    for (let l = 0; l <= 8; l += 2) expect(Math.abs(values[l] / alone(5, l) - 1), `l ${l}`).toBeLessThanOrEqual(1e-6);
  });

  it('of a crystal is the sum over its atoms and their images', () => {
    const settings = { scales: [0], sigma: SIGMA, spacing: 0.4 };
    const t = Math.sqrt(1 + SIGMA * SIGMA);
    const counts = [0, 3, 6].map((k) => {
      const [x, y, z] = skew.slice(k, k + 3);
      return smoothLength(Math.sqrt(x * x + y * y + z * z) / (0.4 * t));
    });
    const sums = direct(crystal, 0, counts, 2);
    const { values } = scattering(engine, crystal, settings);
    for (const [l, sum] of sums.entries()) {
      // what the waves beyond half a grid's leave: (k t)^l exp(−(k t)²/2), k t = π/0.4
      expect(Math.abs(values[l] / sum - 1), `l ${l}`).toBeLessThanOrEqual(1e-9);
    }
  });

  it('grows with the number of atoms', () => {
    const settings = { scales: [0.5, 2], spacing: 0.35 };
    const once = scattering(engine, crystal, settings).values;
    const shifted = crystal.positions.map((x, k) => x + (k % 3 === 0 ? skew[0] : 0));
    const twice = scattering(
      engine,
      atomsOf([...crystal.positions, ...shifted], [2 * skew[0], ...skew.slice(1)]),
      settings,
    ).values;
    once.forEach((value, k) => {
      expect(Math.abs(twice[k] / (2 * value) - 1), scatteringLabels([0.5, 2])[k]).toBeLessThanOrEqual(2e-3);
    });
  });

  it('does not depend on where the atoms are, nor on the axes, but for the grid, which it converges with', () => {
    const moved = { ...crystal, positions: crystal.positions.map((x, k) => x + [0.31, -1.7, 0.77][k % 3]) };
    const turn = (v: ArrayLike<number>) =>
      Array.from(v, (_, k) => {
        const [x, y, z] = Array.from(v).slice(k - (k % 3), k - (k % 3) + 3);
        return [0.36 * x + 0.48 * y - 0.8 * z, -0.8 * x + 0.6 * y, 0.48 * x + 0.64 * y + 0.6 * z][k % 3];
      });
    const turned = atomsOf(turn(crystal.positions), turn(crystal.cell));
    const fine = scattering(engine, crystal, { scales: [0.5], spacing: 0.1 }).values;
    const worst = (atoms: Atoms, spacing: number) =>
      Math.max(
        ...scattering(engine, atoms, { scales: [0.5], spacing }).values.map((v, k) => Math.abs(v / fine[k] - 1)),
      );
    // the box turns with the atoms: its waves and points are the same
    expect(worst(turned, 0.3) / worst(crystal, 0.3)).toBeCloseTo(1, 6);
    const errors = [0.4, 0.2].map((spacing) => Math.max(worst(moved, spacing), worst(crystal, spacing)));
    expect(errors[0]).toBeLessThanOrEqual(5e-3);
    expect(errors[1]).toBeLessThanOrEqual(5e-4);
  });

  it('has the gradient of its values', () => {
    const settings = { scales: [0, 1], spacing: 0.4 };
    const adjoint = noise(20, 8);
    const total = (positions: Float64Array) =>
      scattering(engine, { ...crystal, positions }, settings).values.reduce((sum, v, k) => sum + adjoint[k] * v, 0);
    const { gradient = new Float64Array() } = scattering(engine, crystal, settings, adjoint);
    const size = Math.max(...gradient.map(Math.abs));
    for (const k of [0, 4, 11]) {
      const [up, down] = [1e-4, -1e-4].map((step) => total(crystal.positions.map((x, i) => (i === k ? x + step : x))));
      expect(Math.abs((up - down) / 2e-4 - gradient[k]) / size, `coordinate ${k}`).toBeLessThanOrEqual(1e-6);
    }
    for (const c of [0, 1, 2]) {
      const net = gradient.reduce((sum, g, i) => sum + (i % 3 === c ? g : 0), 0);
      // the grid holds the crystal, softly
      expect(Math.abs(net) / size).toBeLessThanOrEqual(1e-2);
    }
  });

  it('has the same bits with two threads and with bounds checked', async () => {
    const two = await finelySplit(2);
    const checked = await createEngine({ threads: 1, debug: true });
    try {
      const settings = { scales: [1], spacing: 0.4 };
      const adjoint = noise(10, 8);
      const one = scattering(engine, crystal, settings, adjoint);
      for (const other of [two, checked]) expect(scattering(other, crystal, settings, adjoint)).toStrictEqual(one);
    } finally {
      two.close();
      checked.close();
    }
  });

  it('names bad settings', () => {
    expect(() => scattering(engine, crystal, { sigma: -1 })).toThrow('scattering: sigma: found -1');
    expect(() => scattering(engine, crystal, { spacing: 0.6 })).toThrow('scattering: spacing: found 0.6');
    expect(() => scattering(engine, atomsOf([], skew))).toThrow('no atoms');
    const at = (positions: number[], cell: number[], pbc?: Atoms['pbc']) => () =>
      scattering(engine, atomsOf(positions, cell, pbc));
    expect(at([0, 0, Number.NaN], skew)).toThrow('expected finite positions');
    expect(at([0, 0, 0], [3, 0, 0, 3, 0, 0, 0, 0, 3])).toThrow('a cell with a volume');
    expect(at([0, 0, 0, 1e9, 0, 0], skew, [false, false, false])).toThrow('too many points 0.34 Å apart');
    expect(() => scattering(engine, crystal, { scales: new Array(65).fill(0) })).toThrow('expected 1 to 64');
    expect(() => parseScattering('scattering sigm=1A')).toThrow('scattering: unknown key "sigm" (did you');
    expect(() => parseScattering('scattering sigma=1A sigma=2A')).toThrow('sigma is given twice');
    expect(() => parseScattering('scattering(sigma=1A) + afs(n=3 l=2)')).toThrow('a descriptor of its own');
  });

  it('is written and read as text', () => {
    const settings = { sigma: 0.7, spacing: 0.25, scales: [0, 0.5] };
    expect(parseScattering('scattering sigma=0.7A spacing=0.25 scales=0,0.5')).toEqual(settings);
    expect(parseScattering(formatScattering(settings))).toEqual(settings);
    expect(parseScattering('scattering')).toEqual(scatteringDefaults);
    expect([isScattering(' scattering sigma=1A'), isScattering('afs n=3')]).toEqual([true, false]);
  });
});

describe('entropies of scattering', () => {
  const text = 'scattering scales=0.5,1 spacing=0.4';

  it('have rows that are those of structures, zero for a perfect crystal and twice for two', () => {
    const environment = createEnvironment(engine, text, IRON);
    const bulk = repeat(lattice({ kind: 'bcc', a: 2.855, elements: ['Fe'] }), [2, 2, 2]);
    const mean = environment.mean(bulk);
    const size = Math.max(...mean);
    expect(environment.labels).toEqual(scatteringLabels([0.5, 1]));
    expect(Math.max(...environment.row(bulk, mean).map(Math.abs))).toBeLessThanOrEqual(1e-12 * size);
    const defect = vacancy(bulk, 3);
    const row = environment.row(defect, mean);
    const { values } = scattering(engine, defect, { scales: [0.5, 1], spacing: 0.4 });
    row.forEach((x, k) => {
      expect(Math.abs(x - (values[k] - 15 * mean[k]))).toBeLessThanOrEqual(1e-12 * size);
    });
    expect(Math.max(...row.map(Math.abs))).toBeGreaterThan(0.1 * size);
  });

  it('are learned and predicted, without shares of atoms', () => {
    const environment = createEnvironment(engine, text, IRON);
    const bulk = repeat(lattice({ kind: 'bcc', a: 2.855, elements: ['Fe'] }), [2, 2, 2]);
    expect(() => environment.row(bulk, environment.mean(bulk), () => {})).toThrow('have no shares');
    const frames = Array.from({ length: 4 }, (_, k) => ({
      ...displace(vacancy(bulk, k), { sigma: 0.02 }, BigInt(k)),
      info: { formation_entropy: 1 + k },
    }));
    const data = entropyData(
      frames.map((atoms, number) => ({ atoms, file: 'a.xyz', number })),
      'formation_entropy',
      bulk,
    );
    const { rows, labels } = entropyRows(engine, data, text);
    expect([rows.length, labels.length]).toEqual([4, 20]);
  });
});

describe('Fourier plans', () => {
  it('have lengths of small factors, and exact quarters of a turn', () => {
    expect([1, 7, 11, 13, 31, 54, 97].map(smoothLength)).toEqual([1, 8, 12, 15, 32, 54, 100]);
    for (const n of [4, 60]) {
      const plan = fourierPlan(n);
      const quarter = 18 + (2 * n) / 4;
      expect(Array.from(plan.subarray(quarter, quarter + 2), Math.abs)).toEqual([0, 1]);
      for (let t = 0; t < n; t++) {
        expect(plan[18 + 2 * t]).toBeCloseTo(Math.cos((2 * Math.PI * t) / n), 14);
        expect(plan[19 + 2 * t]).toBeCloseTo(Math.sin((2 * Math.PI * t) / n), 14);
      }
    }
  });
});

describe('frenkel describe -d scattering', () => {
  const root = mkdtempSync(join(tmpdir(), 'frenkel-scattering-'));
  const at = (name: string) => join(root, name);
  afterAll(() => rmSync(root, { recursive: true }));
  afterEach(() => vi.restoreAllMocks());
  const options = ['-d', 'scattering scales=1,2 spacing=0.4', '--threads', '1'];
  const stated = 'scattering sigma=0.5A spacing=0.4 scales=1,2';

  it('has one row per frame, and states its settings with every output', async () => {
    writeFileSync(at('fe.xyz'), formatExtxyz(crystal) + formatExtxyz(crystal));
    const found = await json<{ settings: string; labels: string[]; frames: number[][][] }>(
      'describe',
      at('fe.xyz'),
      ...options,
    );
    const { values } = scattering(engine, crystal, { scales: [1, 2], spacing: 0.4 });
    expect(found).toEqual({
      settings: stated,
      labels: scatteringLabels([1, 2]),
      frames: [[Array.from(values)], [Array.from(values)]],
    });
    const { out, err } = await frenkel('describe', at('fe.xyz'), ...options, '--average', '--frame', '0');
    expect(out.split('\n')[1].split(',').map(Number)).toEqual([0, ...values.map((x) => x / 4)]);
    expect(err).toBe(`frenkel: ${stated}\n`);
    await frenkel('describe', at('fe.xyz'), ...options, '-o', at('S.xyz'));
    const [atoms] = parseExtxyz(readFileSync(at('S.xyz'), 'utf8'));
    expect(atoms.info.descriptor_settings).toBe(stated);
    expect(atoms.info.descriptors).toEqual(Array.from(values));
  });
});
