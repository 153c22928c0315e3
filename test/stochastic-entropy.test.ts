import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formationEntropy } from '../src/analysis/entropy.ts';
import { lanczos } from '../src/analysis/lanczos.ts';
import {
  estimated,
  sharedSites,
  stochasticFormation,
  stochasticVibrations,
} from '../src/analysis/stochastic-entropy.ts';
import { vibrations } from '../src/analysis/vibrations.ts';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { fillGauss } from '../src/data/rng.ts';
import { repeat } from '../src/data/supercell.ts';
import type { Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createEngine } from '../src/node/threads.ts';

describe('stochastic entropies', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
  });
  afterAll(() => engine.close());

  it('Lanczos quadrature is exact for polynomials below twice its size, and for all functions at full size', () => {
    const n = 12;
    const values = Float64Array.from({ length: n }, (_, k) => 1 + k * k);
    const apply = (v: Float64Array, out: Float64Array) => {
      for (let k = 0; k < n; k++) out[k] = values[k] * v[k];
    };
    const v = new Float64Array(n);
    fillGauss(v, 1n, 'trials', 0);
    const moment = (p: number) => v.reduce((sum, x, k) => sum + x * x * values[k] ** p, 0);
    const { nodes, weights } = lanczos(engine, apply, v, 4);
    for (let p = 0; p < 8; p++) {
      const found = nodes.reduce((sum, node, k) => sum + weights[k] * node ** p, 0);
      expect(Math.abs(found / moment(p) - 1)).toBeLessThan(1e-11);
    }
    const full = lanczos(engine, apply, v, n);
    const exact = v.reduce((sum, x, k) => sum + x * x * Math.log(values[k]), 0);
    const found = full.nodes.reduce((sum, node, k) => sum + full.weights[k] * Math.log(node), 0);
    expect(found).toBeCloseTo(exact, 9);
  });

  it('agree with the exact entropy of the same cells within their errors, bulk and defect apart and together', () => {
    const potential = loadEmbedded('Fe-FS-1984');
    const bulk = repeat(lattice({ kind: 'bcc', a: 2.8665, elements: ['Fe'] }), [4, 4, 4]);
    const defect = vacancy(bulk, 0);
    const shared = sharedSites(defect, bulk, 3);
    // the site itself, its 8 nearest and 6 next neighbours
    expect(shared.exact.size).toBe(15);
    const options = { vectors: 24, moments: 40, relax: true, seed: 3n };
    const stochastic = [
      stochasticVibrations(engine, defect, potential, { ...options, ...shared }),
      stochasticVibrations(engine, bulk, potential, { ...options, exact: shared.exact }),
    ];
    const exact = [defect, bulk].map((atoms) => vibrations(engine, atoms, potential, { relax: true }));
    stochastic.forEach((found, k) => {
      expect(found.modes).toBe(exact[k].modes);
      const { value, error } = estimated(found.sums);
      expect(Math.abs(value - exact[k].sum)).toBeLessThan(3 * error);
    });
    const formation = stochasticFormation(stochastic[0], stochastic[1]);
    const { modeMatched, asPublished } = formationEntropy(exact[0], exact[1]);
    expect(formation.modeMatched.error).toBeLessThan(0.1);
    expect(Math.abs(formation.modeMatched.value - modeMatched)).toBeLessThan(3 * formation.modeMatched.error);
    expect(Math.abs(formation.asPublished.value - asPublished)).toBeLessThan(3 * formation.asPublished.error);
  });

  it('with every atom exact nothing is random', () => {
    const potential = loadEmbedded('Fe-FS-1984');
    const bulk = repeat(lattice({ kind: 'bcc', a: 2.8665, elements: ['Fe'] }), [3, 3, 3]);
    const exact = new Set(Array.from({ length: 54 }, (_, i) => i));
    const { sums } = stochasticVibrations(engine, bulk, potential, { vectors: 2, moments: 60, relax: true, exact });
    expect(sums[0]).toBeCloseTo(vibrations(engine, bulk, potential, { relax: true }).sum, 4);
    expect(sums[1]).toBe(sums[0]);
  });

  it('refuses a structure that is no minimum', () => {
    const bulk = repeat(lattice({ kind: 'bcc', a: 2.8665, elements: ['Fe'] }), [3, 3, 3]);
    expect(() => stochasticVibrations(engine, vacancy(bulk, 0), loadEmbedded('Fe-FS-1984'))).toThrow(
      /not at a minimum/,
    );
  });
});
