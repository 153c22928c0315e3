import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { InputError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import { pushOne, pushRandomly, towards } from '../src/data/push.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { dimer } from '../src/methods/dimer.ts';
import { minimize } from '../src/methods/minimize.ts';
import { startNeb, stepNeb } from '../src/tasks/neb.ts';
import { describeNeb } from '../src/tasks/neb-result.ts';
import {
  describeSaddle,
  restoreSaddle,
  type SaddleInput,
  type SaddleResult,
  saveSaddle,
  startSaddle,
  stepSaddle,
} from '../src/tasks/saddle.ts';
import { muellerBrown, onSurface, stationary } from './support/surfaces.ts';

/** Eigenvalues and lower eigenvector of the Hessian in the plane, by differences of the gradient. */
function softest([x, y]: readonly [number, number]): { value: number; vector: [number, number] } {
  const h = 1e-5;
  const slope = (u: number, v: number) => {
    const [, ax, ay] = muellerBrown(x + h * u, y + h * v);
    const [, bx, by] = muellerBrown(x - h * u, y - h * v);
    return [(ax - bx) / (2 * h), (ay - by) / (2 * h)];
  };
  const [[a, b], [, d]] = [slope(1, 0), slope(0, 1)];
  const value = (a + d) / 2 - Math.sqrt(((a - d) / 2) ** 2 + b * b);
  const length = Math.hypot(b, value - a);
  return { value, vector: [b / length, (value - a) / length] };
}

describe('a dimer on the Müller–Brown surface', () => {
  const saddles = [stationary(muellerBrown, [-0.822, 0.6243]), stationary(muellerBrown, [0.2125, 0.293])];
  const starts: [number, number, number][] = [
    // x, y, and the saddle above
    [0.55, 0.12, 1],
    [-0.15, 0.49, 0],
    [0.05, 0.42, 1],
    [-0.75, 1.0, 0],
  ];
  describe.each(['lbfgs', 'fire'] as const)('%s', (method) => {
    it.each(starts)('from (%f, %f) ends on saddle %i to 1e-6, with its mode and curvature', (x, y, which) => {
      const search = dimer(onSurface(muellerBrown, [x, y, 0.02]), { mode: [1, 0.3, 0.1], tolerance: 1e-4 });
      const end = minimize(search, method, { fmax: 1e-7, steps: 2000, maxStep: 0.1 });
      expect(end.criterion).toBe('fmax');
      const saddle = saddles[which];
      expect(Math.max(Math.abs(search.x[0] - saddle[0]), Math.abs(search.x[1] - saddle[1]))).toBeLessThan(1e-6);
      const { value, vector } = softest(saddle);
      expect(value).toBeLessThan(0);
      // one-sided differences over 0.002 Å
      expect(Math.abs(search.curvature() - value)).toBeLessThan(0.1);
      expect(Math.abs(search.mode[0] * vector[0] + search.mode[1] * vector[1])).toBeGreaterThan(0.9999);
    });
  });

  it('does not take a minimum for a saddle', () => {
    const [x, y] = stationary(muellerBrown, [0.623, 0.028]);
    const search = dimer(onSurface(muellerBrown, [x, y, 0]), { mode: [1, 0, 0] });
    search.evaluate();
    expect(search.curvature()).toBeGreaterThan(0);
    expect(search.residual()).toBeGreaterThan(1);
  });

  it('does not take a flat valley, such as a rotation, for a saddle', () => {
    const search = dimer(
      onSurface((x, y) => [5 * y * y - 1e-4 * x * x, -2e-4 * x, 10 * y], [0, 0, 0]),
      { mode: [1, 0, 0] },
    );
    search.evaluate();
    expect(search.curvature()).toBeLessThan(0);
    expect(search.residual()).toBeGreaterThan(0.02);
  });

  it('needs a direction', () => {
    const objective = onSurface(muellerBrown, [0, 0, 0]);
    expect(() => dimer(objective, { mode: [0, 0, 0] })).toThrow(InputError);
    expect(() => dimer(objective, { mode: [1, 0] })).toThrow(/2 numbers for 3/);
    // a rigid translation is none
    expect(() => dimer(objective, { mode: [1, 2, 3], free: [true, true, true] })).toThrow(InputError);
  });
});

const iron = loadEmbedded('Fe-Ackland-2004');
const crystal = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [3, 3, 3]);
const d = 2.8553 / 2;
const atoms = vacancy(crystal, [0, 0, 0]);
const last = vacancy(crystal, [d, d, d]);
const free = [true, true, true] as const;

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

function input(displacement: Float64Array, options: Partial<SaddleInput['options']> = {}): SaddleInput {
  const standard = { method: 'lbfgs', fmax: 1e-4, steps: 500, relaxStart: true, connect: true } as const;
  return { atoms, displacement, potential: iron, skin: 0.5, options: { ...standard, ...options } };
}

function run(given: SaddleInput): SaddleResult {
  const mark = engine.mark();
  const search = startSaddle(engine, given);
  while (search.state.stage !== 'done') stepSaddle(search);
  const result = describeSaddle(search);
  engine.release(mark);
  return result;
}

describe('saddle search from the vacancy in bcc Fe', () => {
  it.each(['lbfgs', 'fire'] as const)('finds the saddle of the band, and the minima it joins (%s)', (method) => {
    const neb = startNeb(engine, {
      atoms,
      last,
      potential: iron,
      skin: 0.5,
      options: {
        images: 7,
        maxImages: 7,
        method: 'lbfgs',
        fmax: 1e-3,
        steps: 500,
        spring: 5,
        interpolate: 'linear',
        climb: 'highest',
        climbBelow: 0.1,
        relaxEnds: true,
        keepOrder: false,
      },
    });
    while (neb.state.stage !== 'done') stepNeb(neb);
    const band = describeNeb(neb);
    engine.release(neb.mark);
    const found = run(input(towards(atoms, last, 0.25, { free }), { method }));
    expect(found.converged).toBe(true);
    expect(Math.abs(found.barrier - band.barrier)).toBeLessThan(1e-4);
    expect(found.curvature).toBeLessThan(-1);
    // down one side the start, down the other the metastable split vacancy
    expect(found.sides.map((side) => side.start).sort()).toEqual([false, true]);
    const [, middle] = band.minima;
    expect(Math.abs(Number(found.reverseBarrier) - (band.barrier - (middle.energy - band.energies[0])))).toBeLessThan(
      1e-4,
    );
  });

  it('by pushing one atom, too', () => {
    // the neighbour of the vacancy along (1 1 1)
    const neighbour = Array.from({ length: atoms.numbers.length }, (_, i) => i).find((i) =>
      [0, 1, 2].every((c) => Math.abs(atoms.positions[3 * i + c] - d) < 1e-6),
    );
    const found = run(input(pushOne(atoms, Number(neighbour), [-0.5, -0.5, -0.5]), { connect: false }));
    expect(found.converged).toBe(true);
    expect(found.barrier).toBeCloseTo(0.6634, 3);
    expect(found.sides).toEqual([]);
    expect(found.reverseBarrier).toBeNull();
  });

  it.each(['lbfgs', 'fire'] as const)('goes on with the same bits from any checkpoint (%s)', (method) => {
    const given = input(towards(atoms, last, 0.2, { free }), { method, fmax: 3e-3 });
    const mark = engine.mark();
    const search = startSaddle(engine, given);
    const saved: ReturnType<typeof saveSaddle>[] = [];
    for (let step = 0; search.state.stage !== 'done'; step++) {
      if ([0, 3, 8, 12, 15, 18, 25, 31, 45, 70].includes(step)) saved.push(saveSaddle(search));
      stepSaddle(search);
    }
    const whole = describeSaddle(search);
    engine.release(mark);
    expect(new Set(saved.map(({ state }) => state.stage)).size).toBeGreaterThanOrEqual(3);
    for (const checkpoint of saved) {
      const again = restoreSaddle(engine, given, structuredClone(checkpoint));
      while (again.state.stage !== 'done') stepSaddle(again);
      expect(describeSaddle(again)).toEqual(whole);
      engine.release(mark);
    }
  });

  it('says when the limit of steps ends it', () => {
    const found = run(input(towards(atoms, last, 0.2, { free }), { steps: 10, fmax: 1e-8 }));
    expect(found.converged).toBe(false);
    expect(found.reason).toMatch(/10 steps/);
  });

  it('refuses a displacement that moves nothing, or all alike', () => {
    expect(() => startSaddle(engine, input(new Float64Array(3 * atoms.numbers.length)))).toThrow(/moves no atom/);
    expect(() => startSaddle(engine, input(new Float64Array(3 * atoms.numbers.length).fill(0.3)))).toThrow(InputError);
    expect(() => startSaddle(engine, input(new Float64Array(3)))).toThrow(/1 atoms for 53/);
    expect(() => pushOne(atoms, 53, [1, 0, 0])).toThrow(/no atom 53/);
  });
});

describe('random displacements', () => {
  it('reach only the atoms near the place, across the boundary, and repeat with their seed', () => {
    const way = pushRandomly(atoms, 0.1, 5n, { centre: [0, 0, 0], radius: 2.6 });
    const moved = Array.from({ length: 53 }, (_, i) => i).filter((i) => way[3 * i] !== 0);
    // the eight nearest neighbours of the vacancy
    expect(moved).toHaveLength(8);
    expect([...pushRandomly(atoms, 0.1, 5n, { centre: [0, 0, 0], radius: 2.6 })]).toEqual([...way]);
    expect(() => pushRandomly(atoms, 0.1, 5n, { centre: [0, 0, 0], radius: 1 })).toThrow(InputError);
  });
});
