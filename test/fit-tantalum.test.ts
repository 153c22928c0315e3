import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { overlayPotential } from '../src/data/potentials/overlay.ts';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { measureCard } from '../src/fit/card.ts';
import { createDesigner } from '../src/fit/design.ts';
import { evaluateSamples, predict } from '../src/fit/evaluate.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { gather } from '../src/fit/gather.ts';
import { createMetricsTable } from '../src/fit/metrics-table.ts';
import { apart, createParts } from '../src/fit/parts.ts';
import { solveSystem } from '../src/fit/solve-system.ts';
import { fitsnapBar } from '../src/io/fitsnap.ts';
import { readSamples } from '../src/node/fit-data.ts';

const engine = await createPlainEngine();
afterAll(() => engine.close());

/** Name, count, MAE, RMSE, R² of every row of a Markdown table. */
const rowsOf = (table: string) =>
  table
    .split('\n')
    .filter((line) => line.startsWith("| ('"))
    .map((line) =>
      line
        .split('|')
        .slice(1, 6)
        .map((cell) => cell.trim()),
    );

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
    const weights = { energy: 100, force: 1, stress: 1e-8 * fitsnapBar };
    const reference = zblPotential({ species: [73], inner: 4, outer: 4.8 });
    const fit = fitPotential(engine, samples, {
      basis: { twojmax: 6, rcutfac: 4.67637, rfac0: 0.99363, bzeroflag: false, elements: [Ta] },
      reference,
      weights,
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
    const weightsOf = ({ group }: { group: string }) => groups.get(group) ?? weights;
    const made = createMetricsTable(weightsOf);
    for (const sample of samples)
      made.add(sample, predict(engine, sample, fit.potential), predict(engine, sample, reference));
    const [expected, found] = [table, made.text()].map(rowsOf);
    expect(found.map(([name]) => name)).toEqual(expected.map(([name]) => name));
    let compared = 0;
    for (const [k, [name, count, ...numbers]] of expected.entries()) {
      expect(found[k][1]).toBe(count);
      // By symmetry zero: what is there is rounding.
      if (Number(numbers[0]) < 1e-12 || found[k][4] === 'nan') continue;
      compared++;
      for (const [j, number] of numbers.entries()) {
        // R² is 1 less a ratio
        const error = Math.abs(Number(found[k][2 + j]) - Number(number));
        expect(error / (j < 2 ? Math.abs(Number(number)) : 1), `${name} ${j}`).toBeLessThan(6e-6);
      }
    }
    expect(compared).toBe(70);
  });

  it('elastic constants converge with the weight of their group only', () => {
    const samples = readSamples([join(folder, 'JSON')]);
    const Ta = { number: 73, radius: 0.5, weight: 1 };
    const basis = { twojmax: 4, rcutfac: 4.67637, rfac0: 0.99363, bzeroflag: false, elements: [Ta] };
    const reference = zblPotential({ species: [73], inner: 4, outer: 4.8 });
    const designer = createDesigner(engine, basis);
    const systems = gather(engine, samples, designer, apart(new Uint8Array(samples.length)), { reference });
    const parts = createParts(engine, systems);
    const constants = [1e-4, 1e-3, 1e5, 1e6].map((stress) => {
      const weights = new Map(parts.groups.map((group) => [group, { energy: 1, force: 1, stress: 0 }]));
      weights.set('Elastic_BCC', { energy: 0, force: 0, stress });
      const system = parts.combine(weights);
      if (!system) throw new Error('no rows');
      const { coefficients } = solveSystem(engine, system, [], designer.names, {});
      const potential = overlayPotential([reference, designer.potential(coefficients)], {});
      const card = measureCard(engine, potential, {
        crystal: 'bcc',
        number: 73,
        a: 3.32,
        properties: ['C11', 'C12', 'C44'],
      });
      return [...card.values()];
    });
    const apartBy = (i: number, j: number) => Math.max(...constants[i].map((c, k) => Math.abs(c - constants[j][k])));
    expect(apartBy(0, 1)).toBeLessThan(0.1);
    expect(apartBy(2, 3)).toBeLessThan(1);
    expect(apartBy(0, 3)).toBeGreaterThan(10);
  });
});
