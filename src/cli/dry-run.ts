/** --dry-run: the resolved input, the memory, and an estimate of the time from a few evaluations on this machine. */
import { symbolOf } from '../data/elements.ts';
import { createSystem } from '../engine/system.ts';
import { plain } from '../node/run.ts';
import type { RunJob } from '../node/start-run.ts';
import { createEngine } from '../node/threads.ts';
import { massesOf } from '../tasks/masses.ts';
import { describePotential } from './describe-potential.ts';
import { print } from './output.ts';
import { duration } from './progress.ts';

const SAMPLES = 5;

/** Builds the list and evaluates a few times; writes nothing. */
export async function dryRun(
  command: string,
  file: string,
  job: RunJob,
  flags: { threads?: number; json?: boolean; fast?: boolean },
): Promise<void> {
  const engine = await createEngine({ threads: flags.threads, fast: flags.fast });
  try {
    const system = createSystem(engine, job.atoms, job.potential, { skin: job.skin });
    for (let i = 0; i < SAMPLES; i++) system.evaluate();
    const begin = performance.now();
    for (let i = 0; i < SAMPLES; i++) system.evaluate();
    const seconds = (performance.now() - begin) / 1000 / SAMPLES;
    const counts = new Map<string, number>();
    for (const z of job.atoms.numbers) counts.set(symbolOf(z), (counts.get(symbolOf(z)) ?? 0) + 1);
    const images = 'images' in job.options ? job.options.images - 2 : 1;
    const longest = duration(seconds * images * job.options.steps);
    const report = {
      command,
      structure: {
        file,
        atoms: job.atoms.numbers.length,
        elements: Object.fromEntries(counts),
        pbc: job.atoms.pbc,
        held: job.atoms.fixed?.reduce((sum, held) => sum + held, 0) ?? 0,
      },
      potential: describePotential(job.potential),
      masses: massesOf(job.atoms, job.potential).source,
      options: plain(job.options),
      threads: engine.threads,
      memory: `${(engine.memory.buffer.byteLength / 2 ** 20).toFixed(0)} MiB of kernel memory`,
      estimate: {
        secondsPerEvaluation: seconds,
        most: `${job.options.steps} steps, ${longest} if each needs one evaluation${images > 1 ? ` of ${images} images` : ''}`,
      },
    };
    await print([`${JSON.stringify(report, null, flags.json ? 0 : 2)}\n`]);
  } finally {
    engine.close();
  }
}
