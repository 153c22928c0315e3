/** What a campaign will take: evaluations counted by its tasks, each kind of system timed on this machine. */
import type { CampaignKind, Job, JobCost } from '../campaign/job.ts';
import { createEngine } from '../engine/engine.ts';
import { createSystem } from '../engine/system.ts';

export interface TaskCost {
  task: string;
  jobs: number;
  evaluations: number;
  /** Of one core. */
  hours: number;
}

export interface CampaignCost {
  jobs: number;
  evaluations: number;
  /** Of one core; `hours` with all workers busy. */
  coreHours: number;
  hours: number;
  /** Bytes with all workers busy. */
  memory: number;
  workers: number;
  tasks: TaskCost[];
}

/** Evaluations of which the fastest counts: other work on the machine is no cost of the campaign. */
const SAMPLES = 7;
/** A thread of its own before any system, bytes. */
const THREAD = 60e6;

interface Timed {
  seconds: number;
  bytes: number;
}

/** Seconds for one evaluation of the systems of jobs: those of equal size and potential are timed once. */
function createTimer(): (cost: JobCost) => Promise<Timed> {
  const known = new Map<unknown, Map<number, Timed>>();
  return async ({ system }) => {
    if (system === undefined) return { seconds: 0, bytes: 0 };
    const ofPotential = known.get(system.potential) ?? new Map<number, Timed>();
    known.set(system.potential, ofPotential);
    const size = system.atoms.numbers.length;
    const found = ofPotential.get(size) ?? (await time(system));
    ofPotential.set(size, found);
    return found;
  };
}

async function time({ atoms, potential }: NonNullable<JobCost['system']>): Promise<Timed> {
  const engine = await createEngine({ threads: 1 });
  try {
    const system = createSystem(engine, atoms, potential);
    let fastest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < SAMPLES; i++) {
      const begin = performance.now();
      system.evaluate();
      fastest = Math.min(fastest, performance.now() - begin);
    }
    return { seconds: fastest / 1000, bytes: engine.memory.buffer.byteLength };
  } finally {
    engine.close();
  }
}

/** The cost of these jobs with so many workers. */
export async function costOf(
  kind: CampaignKind,
  jobs: readonly Job[],
  resource: (name: string) => unknown,
  workers: number,
): Promise<CampaignCost> {
  const timed = createTimer();
  const tasks = new Map<string, TaskCost>();
  let largest = 0;
  for (const { task, input } of jobs) {
    const cost = kind.tasks.get(task)?.cost?.(input, resource) ?? { evaluations: 0 };
    const { seconds, bytes } = await timed(cost);
    const sum = tasks.get(task) ?? { task, jobs: 0, evaluations: 0, hours: 0 };
    sum.jobs++;
    sum.evaluations += cost.evaluations;
    sum.hours += (cost.evaluations * seconds + (cost.seconds ?? 0)) / 3600;
    tasks.set(task, sum);
    largest = Math.max(largest, THREAD + bytes + (cost.bytes ?? 0));
  }
  const all = [...tasks.values()];
  const add = (pick: (task: TaskCost) => number) => all.reduce((sum, task) => sum + pick(task), 0);
  const busy = Math.max(1, Math.min(workers, jobs.length));
  const coreHours = add(({ hours }) => hours);
  return {
    jobs: jobs.length,
    evaluations: add(({ evaluations }) => evaluations),
    coreHours,
    hours: coreHours / busy,
    memory: largest * busy,
    workers: busy,
    tasks: all,
  };
}
