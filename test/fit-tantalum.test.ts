import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { evaluateSamples } from '../src/fit/evaluate.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { fitsnapBar } from '../src/io/fitsnap.ts';
import { readSamples } from '../src/node/fit-data.ts';

const engine = await createPlainEngine();
afterAll(() => engine.close());

const archive = '../shared/data/fitsnap-Ta/Ta_Linear_JCP2014_JSON.tar.xz';

describe.skipIf(!existsSync(archive))("FitSNAP's tantalum (needs ../shared)", () => {
  const folder = mkdtempSync(join(tmpdir(), 'frenkel-Ta-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('the fit is the published one, and so are its errors', () => {
    execFileSync('tar', ['xJf', archive, '-C', folder]);
    const samples = readSamples([join(folder, 'JSON')]);
    expect(samples.length).toBe(363);
    const groups = new Map(
      Object.entries({
        Elastic_BCC: [1e-8, 1e-8, 1e-4],
        Elastic_FCC: [1e-9, 1e-9, 1e-9],
        Liquid: [467, 1, 1e-8],
        Volume_A15: [1, 1e-9, 1e-9],
        Volume_BCC: [1, 1e-9, 1e-9],
        Volume_FCC: [1, 1e-9, 1e-9],
      }).map(([group, [energy, force, stress]]) => [group, { energy, force, stress: stress * fitsnapBar }]),
    );
    const Ta = { number: 73, radius: 0.5, weight: 1 };
    const fit = fitPotential(engine, samples, {
      basis: { twojmax: 6, rcutfac: 4.67637, rfac0: 0.99363, bzeroflag: false, elements: [Ta] },
      reference: zblPotential({ species: [73], inner: 4, outer: 4.8 }),
      weights: { energy: 100, force: 1, stress: 1e-8 * fitsnapBar },
      groups,
    });
    const text = readFileSync('../shared/data/fitsnap-Ta/Ta_pot.snapcoeff', 'utf8');
    const published = [...text.matchAll(/^\s*(\S+)\s+#\s+B\[/gm)].map(([, number]) => Number(number));
    expect(published.length).toBe(31);
    for (const [k, c] of published.entries()) expect(Math.abs(fit.coefficients[k] / c - 1)).toBeLessThan(1e-8);
    expect(fit.solution.condition).toBeGreaterThan(2.6e5);
    expect(fit.solution.condition).toBeLessThan(2.75e5);
    const metrics = evaluateSamples(engine, samples, fit.potential);
    expect(metrics.get('all')?.energy?.mae).toBeCloseTo(0.112787, 6);
    expect(metrics.get('all')?.force?.mae).toBeCloseTo(0.0757576, 7);
    const table = readFileSync('../shared/data/fitsnap-Ta/Ta_metrics.md', 'utf8');
    const kinds = { Energy: 'energy', Force: 'force', Stress: 'stress' } as const;
    let compared = 0;
    for (const [, group, kind, count, mae, rmse] of table.matchAll(
      /\('([*\w]+)', 'Unweighted', '(\w+)'\)\s*\|\s*(\d+) \|\s*(\S+)\s*\|\s*(\S+)/g,
    )) {
      const found = metrics.get(group === '*ALL' ? 'all' : group)?.[kinds[kind as keyof typeof kinds]];
      const unit = kind === 'Stress' ? fitsnapBar : 1;
      if (!found) throw new Error(`${group} has no ${kind}`);
      expect(found.count).toBe(Number(count));
      // By symmetry zero: what is there is rounding.
      if (Number(mae) < 1e-12) continue;
      compared++;
      expect(Math.abs((found.mae * unit) / Number(mae) - 1)).toBeLessThan(6e-6);
      expect(Math.abs((found.rmse * unit) / Number(rmse) - 1)).toBeLessThan(6e-6);
    }
    expect(compared).toBe(36);
  }, 180_000);
});
