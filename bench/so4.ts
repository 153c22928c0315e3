/**
 * The fast SO(4) kernels beside the reference: CPU time per atom of a potential's stages alone (neither list nor gather),
 * medians of interleaved rounds in one process, because only the ratio means something on a busy machine.
 *
 *     npx esbuild bench/so4.ts --bundle --platform=node --format=esm --outfile=build/bench-so4.mjs
 *     node build/bench-so4.mjs
 */
import { createAtoms } from '../src/data/atoms.ts';
import { lattice } from '../src/data/lattice.ts';
import type { Potential } from '../src/data/potential.ts';
import { type SnapOptions, snapCoefficients, snapPotential, snapSize } from '../src/data/potentials/snap.ts';
import { philox } from '../src/data/rng.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine } from '../src/engine/engine.ts';
import { bindForm } from '../src/engine/form.ts';
import { formOf } from '../src/engine/registry.ts';
import { bindKernels, referenceBinding } from '../test/support/kernels.ts';

const ROUNDS = 15;
const SKIN = 0.5;
/** Å, each component at most that. */
const RATTLE = 0.1;

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

/** CPU microseconds of this process, all threads. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

const engine = await createEngine();
const show = (x: number) => x.toFixed(1).padStart(8);
console.log('µs per atom: reference, fast; ratio, median of rounds');
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
      times[k].push((cpu() - start) / n);
    });
  }
  const ratio = median(times[0].map((t, i) => t / times[1][i]));
  console.log(
    `${(potential.name ?? '').padEnd(24)} ${show(median(times[0]))} ${show(median(times[1]))} ${show(ratio)}`,
  );
  engine.release(mark);
}
