/**
 * The fast SO(4) kernels beside the reference: CPU time per atom of a potential's stages alone (neither list nor gather),
 * medians of interleaved rounds in one process, because only the ratio means something on a busy machine. Then the parts
 * of a linear potential, each repeated on the block of two atoms that the last call left in scratch.
 *
 *   node scripts/bench.mjs so4
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createAtoms } from '../src/data/atoms.ts';
import { lattice } from '../src/data/lattice.ts';
import type { Potential } from '../src/data/potential.ts';
import { type SnapOptions, snapCoefficients, snapPotential, snapSize } from '../src/data/potentials/snap.ts';
import { philox } from '../src/data/rng.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { bindForm } from '../src/engine/form.ts';
import { instantiate } from '../src/engine/instance.ts';
import { formOf } from '../src/engine/registry.ts';
import { type Bound, bindKernels, referenceBinding } from '../test/support/kernels.ts';
import { cpu, report, row } from './report.ts';

const ROUNDS = 15;
/** Calls of a part per round. */
const REPEATS = 500;
const SKIN = 0.5;
/** Å, each component at most that. */
const RATTLE = 0.1;

/** The stages one by one, which the product's module keeps to itself. */
function compiled(): Uint8Array<ArrayBuffer> {
  const sources = ['generated/so4.ts', 'so4/neighbors.ts', 'so4/transform.ts'].map((file) => `assembly/${file}`);
  execFileSync('npx', ['asc', ...sources, '--target', 'release', '-o', 'build/so4.wasm'], { stdio: 'inherit' });
  return readFileSync('build/so4.wasm') as Uint8Array<ArrayBuffer>;
}

/** Numbers in [-1, 1). */
function noise(count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const block = Uint32Array.of(i, 0, 0, 0);
    philox(block, 1, 2);
    return block[0] / 2 ** 31 - 1;
  });
}

function randomPotential(name: string, flags: Omit<SnapOptions, 'elements'>, count = 1): Potential {
  const size = snapSize(flags.twojmax, flags.diagonal ?? false, 1);
  const coefficients = noise(snapCoefficients(size, flags.quadraticflag ?? false)).map((c) => 0.01 * c);
  const elements = [74, 4].slice(0, count).map((number) => ({ number, radius: 0.5, weight: 1, coefficients }));
  return { ...snapPotential({ ...flags, elements }), name };
}

/** Rattled bcc, 432 atoms; every other atom of the second element where there are two. */
function crystal({ species }: Potential, a: number) {
  const perfect = repeat(lattice({ kind: 'bcc', a, elements: ['W'] }), [6, 6, 6]);
  const shifts = noise(perfect.positions.length);
  return createAtoms({
    ...perfect,
    numbers: perfect.numbers.map((_, i) => species[i % species.length]),
    positions: perfect.positions.map((x, i) => x + RATTLE * shifts[i]),
  });
}

const cases: [Potential, number][] = [
  [randomPotential('W, linear, 2J = 8', { twojmax: 8, rcutfac: 4.73442 }), 3.1803],
  [randomPotential('Ta, linear, 2J = 6', { twojmax: 6, rcutfac: 4.67637 }), 3.316],
  [randomPotential('Mo, quadratic, 2J = 6', { twojmax: 6, rcutfac: 4.615858, quadraticflag: true }), 3.15],
  [randomPotential('W, quadratic, 2J = 8', { twojmax: 8, rcutfac: 5.3, quadraticflag: true }), 3.1855],
  [randomPotential('W Be, linear, 2J = 8', { twojmax: 8, rcutfac: 4.8 }, 2), 3.1803],
];

/** µs per atom, a sample of each round, of each part for the last block of `bound`; header positions as in assembly/potentials/so4.ts. */
function parts(engine: Engine, bound: Bound): [string, number[]][] {
  const kernels = instantiate(new WebAssembly.Module(compiled()), engine.memory);
  const header = Array.from(new Float64Array(engine.memory.buffer, bound.params, 48));
  const section = (i: number) => bound.params + header[i];
  const room = (i: number) => bound.scratch + header[i];
  const [J, items] = [header[0], header[6]];
  const [a, b] = new Int32Array(engine.memory.buffer, room(23), 2);
  const count = (Math.max(a, b) + 1) & ~1;
  const [record, powers, slots, half, full, y, g] = [16, 17, 18, 19, 20, 21, 22].map(room);
  const [integers, numbers, own] = [section(4), section(5), room(23) + 16];
  const list: [string, () => void][] = [
    [`moments of ${count} neighbours`, () => kernels.moments(J, record, count / 2, slots, powers)],
    ['moments to density', () => kernels.toDensity(integers, numbers, items, slots, own, half, full)],
    ['cubic form', () => kernels.cubic(section(7), header[8], section(9), section(10), full, g)],
    ['g to Y', () => kernels.fold(integers, numbers, items, g, y)],
    ['Y to coefficients', () => kernels.toPolynomial(integers, numbers, items, y, slots)],
    ['gradient of the polynomial', () => kernels.gradient(J, record, count, slots, powers)],
    ['chain rule', () => kernels.chain(record, count)],
  ];
  return list.map(([name, run]) => {
    const times = Array.from({ length: ROUNDS }, () => {
      // What adds up would overflow in time.
      kernels.clear(g, 2 * header[27]);
      kernels.clear(slots, header[24]);
      const start = cpu();
      for (let i = 0; i < REPEATS; i++) run();
      return (1e6 * (cpu() - start)) / REPEATS / 2;
    });
    return [name, times];
  });
}

const engine = await createEngine();
for (const [potential, a] of cases) {
  const mark = engine.mark();
  const atoms = crystal(potential, a);
  const bindings = [referenceBinding(potential), bindForm(formOf(potential.kernel), potential)];
  const kernels = bindings.map((binding) => bindKernels(engine, atoms, potential, binding, SKIN));
  const times = kernels.map(({ n, stages }) => {
    for (let warm = 0; warm < 3; warm++) stages(0, n);
    return [] as number[];
  });
  for (let round = 0; round < ROUNDS; round++) {
    kernels.forEach(({ n, stages }, k) => {
      const start = cpu();
      stages(0, n);
      times[k].push((1e6 * (cpu() - start)) / n);
    });
  }
  const common = {
    section: 'SO(4) kernels',
    name: potential.name ?? '',
    size: atoms.numbers.length,
    unit: 'µs/atom CPU',
  };
  const rows = [
    row({ ...common, who: 'frenkel', values: times[1] }),
    row({ ...common, who: 'the recurrence', values: times[0] }, times[1]),
  ];
  if (potential === cases[0][0]) {
    for (const [who, values] of parts(engine, kernels[1]))
      rows.push(row({ ...common, section: 'SO(4) stages', who, values }));
  }
  report(rows);
  engine.release(mark);
}
