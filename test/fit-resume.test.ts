import { afterAll, describe, expect, it } from 'vitest';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createAccumulator, type Kept } from '../src/fit/accumulate.ts';
import { type SnapBasis, withCoefficients } from '../src/fit/basis.ts';
import { createDesigner } from '../src/fit/design.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { gather, type Progress } from '../src/fit/gather.ts';
import { labelled, W } from './support/fits.ts';

const engine = await createEngine();
afterAll(() => engine.close());

describe('matrices that go on', () => {
  const n = 40;
  const rows = 30_000;
  const pool = new Float64Array(1000 * n);
  fillGauss(pool, 31n, 'trials', 0);
  const fill = (to: ReturnType<typeof createAccumulator>) => {
    for (let i = 0; i < rows; i++) to.add(pool, (i % 1000) * n, pool[(7 * i) % 1000], 1 + (i % 3));
    return to.finish();
  };

  it.each([false, true])(
    'have the bits of those that never stopped, after any block, normal equations %s',
    (normal) => {
      const blocks: Kept[] = [];
      const to = createAccumulator(engine, n, { normal, onBlock: () => blocks.push(to.kept()) });
      const whole = fill(to);
      expect(blocks.length).toBeGreaterThan(3);
      for (const from of blocks) expect(fill(createAccumulator(engine, n, { normal, from }))).toEqual(whole);
    },
  );

  const basis: SnapBasis = { twojmax: 2, rcutfac: 4.6, elements: [W] };
  const truth = new Float64Array(6);
  fillGauss(truth, 32n, 'trials', 0);
  const samples = labelled(engine, snapPotential(withCoefficients(basis, truth)), 9, [74]);
  const place = (_: unknown, k: number) => ({ part: `fold ${k % 2}`, weight: 1 });

  it('are complete without a single row being made again', () => {
    const designer = createDesigner(engine, basis);
    let made = 0;
    const counting = {
      ...designer,
      rows: (atoms: Parameters<typeof designer.rows>[0]) => {
        made++;
        return designer.rows(atoms);
      },
    };
    let last: Progress | undefined;
    const onBlock = (kept: () => Progress, complete: boolean) => {
      if (complete) last = kept();
    };
    const whole = gather(engine, samples, counting, place, { onBlock });
    expect(made).toBe(9);
    const again = gather(engine, samples, counting, place, { from: last });
    expect(made).toBe(9);
    expect(again).toEqual(whole);
  });

  it('serve a fit with another λ', () => {
    let last: Progress | undefined;
    const onBlock = (kept: () => Progress) => {
      last = kept();
    };
    fitPotential(engine, samples, { basis, onBlock });
    const direct = fitPotential(engine, samples, { basis, ridge: 0.1 });
    expect(fitPotential(engine, samples, { basis, ridge: 0.1, from: last }).coefficients).toEqual(direct.coefficients);
  });
});
