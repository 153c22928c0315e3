import { afterAll, describe, expect, it } from 'vitest';
import { overlayPotential } from '../src/data/potentials/overlay.ts';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { type Basis, withCoefficients } from '../src/fit/basis.ts';
import { evaluateSamples } from '../src/fit/evaluate.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { findEmbedded } from '../src/io/embedded.ts';
import { Be, labelled, W } from './support/fits.ts';

const engine = await createPlainEngine();
afterAll(() => engine.close());

describe('recovery', () => {
  it('gives W-Wood-2017 back from data that it made', () => {
    const wood = findEmbedded('W-Wood-2017')?.load();
    const snap = wood?.parts?.find((part) => part.kernel === 'snap');
    const zbl = wood?.parts?.find((part) => part.kernel === 'zbl');
    if (!wood || !snap || !zbl) throw new Error('the embedded potential is not what it was');
    const basis: Basis = { twojmax: 8, rcutfac: 4.73442, bzeroflag: false, elements: [W] };
    const at = snap.params[18];
    const known = snap.params.subarray(at, at + 56);
    const fit = fitPotential(engine, labelled(engine, wood, 24, [74]), { basis, reference: zbl });
    expect(snap.cutoff).toBeCloseTo(4.73442, 10);
    const largest = Math.max(...known.map(Math.abs));
    for (const [k, c] of known.entries()) expect(Math.abs(fit.coefficients[k] - c)).toBeLessThan(1e-8 * largest);
    const { energy, force, stress } =
      evaluateSamples(engine, labelled(engine, wood, 5, [74]), fit.potential).get('all') ?? {};
    expect(energy?.mae).toBeLessThan(1e-9);
    expect(force?.largest).toBeLessThan(1e-8);
    expect(stress?.largest).toBeLessThan(1e-9);
  });

  it('gives a quadratic potential of two elements back', () => {
    const basis: Basis = { twojmax: 2, rcutfac: 4.6, quadraticflag: true, elements: [W, Be] };
    const truth = new Float64Array(42);
    fillGauss(truth, 8n, 'trials', 0);
    const potential = overlayPotential([
      zblPotential({ species: [74, 4], inner: 3, outer: 3.6 }),
      snapPotential(withCoefficients(basis, truth)),
    ]);
    const reference = zblPotential({ species: [74, 4], inner: 3, outer: 3.6 });
    const fit = fitPotential(engine, labelled(engine, potential, 16, [74, 4, 74]), { basis, reference });
    for (const [k, c] of truth.entries()) expect(Math.abs(fit.coefficients[k] - c)).toBeLessThan(1e-8);
  });

  it('with ridge, held-out configurations and folds, predicts what it has not seen', () => {
    const basis: Basis = { twojmax: 4, rcutfac: 4.6, elements: [W] };
    const truth = new Float64Array(15);
    fillGauss(truth, 9n, 'trials', 0);
    const samples = labelled(engine, snapPotential(withCoefficients(basis, truth)), 12, [74]);
    for (const ridge of ['gcv', 'evidence', 'cv'] as const) {
      const fit = fitPotential(engine, samples, { basis, ridge, test: 0.25, folds: ridge === 'cv' ? 3 : 0 });
      expect(fit.held.reduce((sum, one) => sum + one, 0)).toBe(3);
      const unseen = samples.filter((_, k) => fit.held[k] === 1);
      expect(evaluateSamples(engine, unseen, fit.potential).get('all')?.force?.rmse).toBeLessThan(1e-5);
    }
  });
});
