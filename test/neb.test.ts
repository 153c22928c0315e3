import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { vacancy } from '../src/data/defects.ts';
import { InputError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import { select } from '../src/data/select.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { pathFigure } from '../src/plot/path.ts';
import { profileOfNeb, restoreNeb, saveNeb, startNeb, stepNeb } from '../src/tasks/neb.ts';
import type { NebInput, NebOptions } from '../src/tasks/neb-input.ts';
import { describeNeb, frames, type NebResult, spline } from '../src/tasks/neb-result.ts';
import { evaluate } from '../src/verify/evaluate.ts';

const iron = loadEmbedded('Fe-Ackland-2004');
const unit = lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] });
const standard: NebOptions = {
  images: 9,
  maxImages: 9,
  method: 'lbfgs',
  fmax: 1e-3,
  steps: 500,
  spring: 5,
  interpolate: 'idpp',
  climb: 'highest',
  climbBelow: 0.1,
  relaxEnds: true,
  keepOrder: false,
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

/** Sites 0 and its nearest neighbour of a cell of `cells` each way. */
function hop(cells: number): { atoms: Atoms; last: Atoms } {
  const crystal = repeat(unit, [cells, cells, cells]);
  const d = 2.8553 / 2;
  return { atoms: vacancy(crystal, [0, 0, 0]), last: vacancy(crystal, [d, d, d]) };
}

function input(ends: { atoms: Atoms; last: Atoms }, options: Partial<NebOptions> = {}): NebInput {
  return { ...ends, potential: iron, skin: 0.5, options: { ...standard, ...options } };
}

function run(given: NebInput): NebResult {
  const neb = startNeb(engine, given);
  try {
    while (neb.state.stage !== 'done') stepNeb(neb);
    return describeNeb(neb);
  } finally {
    engine.release(neb.mark);
  }
}

describe('vacancy in bcc Fe, Ackland 2004, 249 atoms', () => {
  const ends = hop(5);
  // Ackland et al. 2004, 10.1088/0953-8984/16/27/003: a barrier of 0.64 eV
  it.each([7, 9, 13])('%i images: 0.642 eV and a metastable split vacancy half-way', (images) => {
    const found = run(input(ends, { images, maxImages: images, climb: 'all' }));
    expect(found.converged).toBe(true);
    expect(found.energies).toHaveLength(images);
    expect(Math.abs(found.barrier - 0.642)).toBeLessThan(1e-3);
    expect(Math.abs(found.barrier - found.reverseBarrier)).toBeLessThan(1e-4);
    expect(found.saddles).toHaveLength(2);
    for (const saddle of found.saddles)
      expect(Math.abs(saddle.energy - found.energies[0] - found.barrier)).toBeLessThan(1e-4);
    const [, middle] = found.minima;
    const length = found.reactionCoordinate[images - 1];
    expect(Math.abs(middle.reactionCoordinate / length - 0.5)).toBeLessThan(0.01);
    // reporting the midpoint would be 0.09 eV off
    expect(found.barrier - (middle.energy - found.energies[0])).toBeGreaterThan(0.08);
  });

  it('does not depend on a rigid shift, a permutation or periodic images of an end, nor on the number of images', () => {
    const n = ends.last.numbers.length;
    const order = Array.from({ length: n }, (_, i) => (i * 100) % n);
    const last: Atoms = {
      ...ends.last,
      positions: Float64Array.from(
        order.flatMap((i) =>
          [0, 1, 2].map(
            (c) => ends.last.positions[3 * i + c] + (i % 4 === 0 ? -ends.last.cell[4 * c] : 0) + [0.3, -0.2, 0.1][c],
          ),
        ),
      ),
    };
    const found = run(input({ ...ends, last }, { images: 8, maxImages: 8 }));
    expect(found.converged).toBe(true);
    expect(found.mapping.reordered).toBeGreaterThan(200);
    expect(Math.abs(found.barrier - 0.642)).toBeLessThan(1e-3);
    expect(found.saddles).toHaveLength(2);
  });
});

describe('a band of a small cell', () => {
  const ends = hop(3);
  const reference = () => run(input(ends));

  it('is the same by FIRE, by linear interpolation, with other springs', () => {
    const { barrier } = reference();
    for (const options of [{ method: 'fire' }, { interpolate: 'linear' }, { spring: 1 }] as const) {
      expect(Math.abs(run(input(ends, options)).barrier - barrier)).toBeLessThan(1e-4);
    }
  });

  it('without climbing has its barriers from the spline', () => {
    const found = run(input(ends, { climb: 'none', images: 13, maxImages: 13 }));
    expect(Math.abs(found.barrier - reference().barrier)).toBeLessThan(1e-3);
    expect(found.saddles.some((saddle) => saddle.climbed)).toBe(false);
  });

  it('gets images where it is coarse, within the limit', () => {
    const found = run(input(ends, { images: 4, maxImages: 7, climb: 'all' }));
    expect(found.energies.length).toBeGreaterThan(4);
    expect(found.energies.length).toBeLessThanOrEqual(7);
    expect(Math.abs(found.barrier - reference().barrier)).toBeLessThan(1e-3);
    expect(found.saddles).toHaveLength(2);
  });

  it('refined without climbing has the humps by the spline to 3 meV', () => {
    const found = run(input(ends, { images: 5, maxImages: 15, climb: 'none' }));
    expect(found.coarse).toBeNull();
    for (const saddle of found.saddles) {
      expect(Math.abs(saddle.energy - found.energies[0] - reference().barrier)).toBeLessThan(3e-3);
    }
  });

  it('has energies and forces that the engine gives for its images, and ends that are minima', () => {
    const neb = startNeb(engine, input(ends));
    while (neb.state.stage !== 'done') stepNeb(neb);
    for (const image of frames(neb)) {
      const alone = evaluate(engine, image, iron);
      expect(Math.abs(alone.energy - Number(image.info.energy))).toBeLessThan(1e-9);
      image.arrays.forces.forEach((f, k) => {
        expect(Math.abs(f - alone.forces[k])).toBeLessThan(1e-9);
      });
    }
    const result = describeNeb(neb);
    for (const end of result.ends) expect(end.fmax).toBeLessThanOrEqual(1e-3);
    const svg = pathFigure(result, spline(profileOfNeb(neb), 50));
    expect(svg).toContain(`${result.barrier.toFixed(3)} eV`);
    expect(svg).toContain('climbing');
    engine.release(neb.mark);
  });

  it.each(['lbfgs', 'fire'] as const)('goes on with the same bits from any checkpoint (%s)', (method) => {
    const given = input(ends, { method, images: 5, maxImages: 7, climb: 'all', fmax: 3e-3 });
    const neb = startNeb(engine, given);
    const saved: ReturnType<typeof saveNeb>[] = [];
    let steps = 0;
    while (neb.state.stage !== 'done') {
      if ([0, 2, 9, 14, 20, 27, 33].includes(steps)) saved.push(saveNeb(neb));
      stepNeb(neb);
      steps++;
    }
    const whole = { result: describeNeb(neb), positions: frames(neb).map((image) => [...image.positions]) };
    engine.release(neb.mark);
    expect(saved.length).toBeGreaterThan(4);
    expect(new Set(saved.map(({ state }) => state.stage)).size).toBeGreaterThanOrEqual(3);
    for (const checkpoint of saved) {
      const again = restoreNeb(engine, given, structuredClone(checkpoint));
      while (again.state.stage !== 'done') stepNeb(again);
      expect({ result: describeNeb(again), positions: frames(again).map((image) => [...image.positions]) }).toEqual(
        whole,
      );
      engine.release(again.mark);
    }
  });

  it('stops at the limit of steps and says so', () => {
    const found = run(input(ends, { steps: 8, fmax: 1e-9 }));
    expect(found.converged).toBe(false);
    expect(found.reason).toMatch(/8 steps/);
    expect(found.energies).toHaveLength(9);
  });
});

it('says what to do where atoms run through each other on the straight line', () => {
  const crystal = repeat(unit, [3, 3, 3]);
  const order = Uint32Array.from(crystal.numbers, (_, i) => (i < 2 ? 1 - i : i));
  const exchange = { atoms: crystal, last: select(crystal, order) };
  const mark = engine.mark();
  expect(() => run(input(exchange, { keepOrder: true, interpolate: 'linear' }))).toThrow(/run into each other.*idpp/);
  expect(() => run(input(exchange))).toThrow(/same structure with its atoms in another order/);
  engine.release(mark);
});

describe('refused', () => {
  const ends = hop(3);
  const far = { ...ends, last: vacancy(repeat(unit, [3, 3, 3]), [0, 0, 0]) };
  const cases: [string, NebInput, RegExp][] = [
    ['the same structure twice', input(far), /same structure/],
    ['ends that are no minima', input(ends, { relaxEnds: false }), /first end is no minimum.*eV\/Å/],
    ['two images', input(ends, { images: 2 }), /at least 3/],
    ['springs that do not pull', input(ends, { spring: 0 }), /positive/],
    [
      'held atoms at two places',
      input({ ...ends, atoms: { ...ends.atoms, fixed: new Uint8Array(ends.atoms.positions.length).fill(1) } }),
      /is held, but differs/,
    ],
  ];
  it.each(cases)('%s', (_, given, message) => {
    const mark = engine.mark();
    expect(() => run(given)).toThrow(message);
    expect(() => run(given)).toThrow(InputError);
    engine.release(mark);
  });
});
