/** --dry-run: the resolved input, the memory, and an estimate of the time from a few evaluations on this machine. */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import type { Potential } from '../data/potential.ts';
import { createSystem } from '../engine/system.ts';
import { plain } from '../node/run-md.ts';
import { createEngine } from '../node/threads.ts';
import { massesOf } from '../tasks/masses.ts';
import { describePotential } from './describe-potential.ts';
import { print } from './output.ts';
import { duration } from './progress.ts';

export interface DryRun {
  command: string;
  file: string;
  atoms: Atoms;
  potential: Potential;
  options: { steps: number };
  outputs: { skin: number };
  threads?: number;
  json?: boolean;
}

const SAMPLES = 5;

/** Builds the list and evaluates a few times; writes nothing. */
export async function dryRun(job: DryRun): Promise<void> {
  const engine = await createEngine({ threads: job.threads });
  try {
    const system = createSystem(engine, job.atoms, job.potential, { skin: job.outputs.skin });
    for (let i = 0; i < SAMPLES; i++) system.evaluate();
    const begin = performance.now();
    for (let i = 0; i < SAMPLES; i++) system.evaluate();
    const seconds = (performance.now() - begin) / 1000 / SAMPLES;
    const counts = new Map<string, number>();
    for (const z of job.atoms.numbers) counts.set(symbolOf(z), (counts.get(symbolOf(z)) ?? 0) + 1);
    const report = {
      command: job.command,
      structure: {
        file: job.file,
        atoms: job.atoms.numbers.length,
        elements: Object.fromEntries(counts),
        pbc: job.atoms.pbc,
        held: job.atoms.fixed?.reduce((sum, held) => sum + held, 0) ?? 0,
      },
      potential: describePotential(job.potential),
      masses: massesOf(job.atoms, job.potential).source,
      options: plain(job.options),
      outputs: plain(job.outputs),
      threads: engine.threads,
      memory: `${(engine.memory.buffer.byteLength / 2 ** 20).toFixed(0)} MiB of kernel memory`,
      estimate: {
        secondsPerEvaluation: seconds,
        most: `${job.options.steps} steps, ${duration(seconds * job.options.steps)} if each needs one evaluation`,
      },
    };
    await print([`${JSON.stringify(report, null, job.json ? 0 : 2)}\n`]);
  } finally {
    engine.close();
  }
}
