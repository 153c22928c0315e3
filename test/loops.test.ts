import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lattice } from '../src/data/lattice.ts';
import { type LoopSpec, prismaticLoop } from '../src/data/loops.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { minimize } from '../src/methods/minimize.ts';
import { frenkel, scratch } from './support/cli.ts';

const a = 2.855312749;
const unit = lattice({ kind: 'bcc', a, elements: ['Fe'] });
const crystal = repeat(unit, [10, 10, 10]);
const iron = loadEmbedded('Fe-Ackland-2004');

const half = { burgers: [a / 2, a / 2, a / 2], corner: [1, 1, -2], shape: 'hexagon' as const };
const full = { burgers: [a, 0, 0], corner: [0, 1, 0], shape: 'square' as const };

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

/** eV above the crystal for each atom of the loop: at the start and relaxed. */
function formation(spec: LoopSpec): { start: number; relaxed: number } {
  const mark = engine.mark();
  const bulk = createSystem(engine, unit, iron).evaluate() / 2;
  const { atoms, count } = prismaticLoop(crystal, spec);
  const system = createSystem(engine, atoms, iron);
  const above = (energy: number) => (energy - bulk * atoms.numbers.length) / count;
  const start = above(system.evaluate());
  const end = minimize(system, 'lbfgs', { fmax: 5e-3, steps: 500 });
  engine.release(mark);
  expect(end.status).toBe('converged');
  return { start, relaxed: above(end.energy) };
}

describe('prismatic loops', () => {
  it('add or remove full shells of columns', () => {
    for (const [spec, counts] of [
      [half, [7, 19, 37]],
      [full, [9, 25]],
    ] as const) {
      const spacing = spec === half ? a * Math.sqrt(2 / 3) : a / Math.SQRT2;
      counts.forEach((count, k) => {
        const radius = spacing * (k + 1) * (spec === half ? 1 : Math.SQRT2) + 0.1;
        for (const kind of ['interstitial', 'vacancy'] as const) {
          const loop = prismaticLoop(crystal, { ...spec, kind, size: { radius } });
          expect(loop.count).toBe(count);
          const change = kind === 'interstitial' ? count : -count;
          expect(loop.atoms.numbers.length).toBe(crystal.numbers.length + change);
        }
      });
    }
  });

  it('relax to bound clusters: the more atoms, the less each costs, and all less than alone', () => {
    // one ⟨110⟩ dumbbell 3.5 eV, one vacancy 1.7 eV with this potential
    const found = (spec: Omit<LoopSpec, 'kind' | 'size'>, kind: LoopSpec['kind'], count: number) =>
      formation({ ...spec, kind, size: { atoms: count } });
    const sia = [7, 19].map((count) => found(half, 'interstitial', count));
    expect(sia[0].relaxed).toBeLessThan(2.6);
    expect(sia[1].relaxed).toBeLessThan(sia[0].relaxed);
    const gaps = [7, 19].map((count) => found(half, 'vacancy', count));
    expect(gaps[0].relaxed).toBeLessThan(1.6);
    expect(gaps[1].relaxed).toBeLessThan(gaps[0].relaxed);
    const hundred = found(full, 'interstitial', 9);
    expect(hundred.relaxed).toBeLessThan(2.6);
    // nothing overlaps at the start
    for (const { start } of [...sia, ...gaps, hundred]) expect(start).toBeLessThan(6);
  });

  it('refuse what cannot be', () => {
    const kind = 'interstitial' as const;
    expect(() => prismaticLoop(crystal, { ...half, kind, size: { radius: 20 } })).toThrow(/does not fit/);
    expect(() => prismaticLoop(crystal, { ...half, burgers: [1, 1, 1], kind, size: { atoms: 7 } })).toThrow(/repeat/);
    expect(() => prismaticLoop(crystal, { ...half, corner: [1, 0, 0], kind, size: { atoms: 7 } })).toThrow(/normal/);
    expect(() => prismaticLoop(crystal, { ...half, kind, size: { atoms: 0 } })).toThrow(/1 or more/);
  });
});

describe('frenkel build loop, slab', () => {
  it('write structures', async () => {
    const where = scratch();
    writeFileSync(join(where, 'unit.xyz'), formatExtxyz(unit));
    const flags = ['--element', 'Fe', '-a', '2.8553 A', '--repeat', '8', '--atoms', '19'];
    const loop = await frenkel(where, ['build', 'loop', ...flags, '--kind', 'vacancy', '--json']);
    expect([loop.code, loop.stderr]).toEqual([0, '']);
    expect(JSON.parse(loop.stdout)).toMatchObject({ atoms: 1024 - 19, loop: { atoms: 19 } });
    const turned = ['--orient', '[1 1 -2] [-1 1 0] [1 1 1]', '--repeat', '5,9,12', '-o', 'l.xyz'];
    const second = await frenkel(where, ['build', 'loop', ...flags, ...turned]);
    expect([second.code, second.stderr]).toEqual([0, 'frenkel: interstitial loop of 19 atoms, radius 5.83 Å\n']);
    const slab = await frenkel(where, ['build', 'slab', 'unit.xyz', '--plane', '111', '--across', '2', '--json']);
    expect(JSON.parse(slab.stdout)).toMatchObject({ pbc: [true, true, false], area: expect.closeTo(56.48, 1) });
    expect((await frenkel(where, ['build', 'loop', '--element', 'Fe'])).stderr).toContain('-a: the lattice constant');
  });
});
