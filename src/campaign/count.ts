/**
 * A campaign that needs no physics: every job adds up counter-based random numbers and records each of them, and a last
 * job adds the sums up. It shows in seconds whether a directory, a file system or a cluster keeps what campaigns need:
 * the total is the same however often workers are killed. Also the smallest example of a kind.
 */
import { z } from 'zod';
import type { Json } from '../data/atoms.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { fillUniform, uniform } from '../data/rng.ts';
import type { CampaignKind, Job, Results, Task, TaskContext, Work } from './job.ts';

const schema = z.strictObject({
  campaign: z.literal('count'),
  jobs: z.int().min(1).max(10_000).default(4),
  /** Records of each job. */
  slices: z.int().min(1).max(1_000_000).default(20),
  /** Random numbers in a slice: 1e6 take some 50 ms. */
  numbers: z.int().min(1).max(1e9).default(1_000_000),
  seed: z.int().min(0).default(1),
  /** Jobs that go wrong on purpose, at their middle: to see what a campaign does about it. */
  faults: z.record(z.string(), z.enum(['physics', 'throw', 'hang'])).default({}),
});
export type CountConfig = z.infer<typeof schema>;

interface CountInput {
  seed: number;
  slices: number;
  numbers: number;
  fault?: string;
}

interface CountState {
  slice: number;
  sum: number;
}

function misbehave(fault: string | undefined, slice: number): void {
  if (fault === 'physics') throw new PhysicsError(`a fault on purpose at slice ${slice}`);
  if (fault === 'throw') throw new Error('a bug on purpose');
  while (fault === 'hang');
}

function count({ input }: TaskContext, { slice, sum }: CountState): Work {
  const { seed, slices, numbers, fault } = input as unknown as CountInput;
  const block = new Float64Array(Math.min(numbers, 4096));
  let records: Json[] = [];
  return {
    advance() {
      if (slice === Math.floor(slices / 2)) misbehave(fault, slice);
      let part = 0;
      for (let at = 0; at < numbers; at += block.length) {
        const some = block.subarray(0, Math.min(block.length, numbers - at));
        fillUniform(some, BigInt(seed), 'trials', slice, at);
        for (const x of some) part += x;
      }
      sum += part;
      records.push({ slice, part });
      slice++;
      return slice < slices;
    },
    takeRecords() {
      const taken = records;
      records = [];
      return taken;
    },
    save: (): CountState => ({ slice, sum }),
    progress: () => ({ done: slice, total: slices, text: `mean ${(sum / (slice * numbers || 1)).toFixed(6)}` }),
    result: () => ({ sum, first: uniform(BigInt(seed), 'trials', 0, 0) }),
    arrays: () => ({ sum: Float64Array.of(sum) }),
  };
}

const countTask: Task = {
  name: 'count',
  start: (context) => count(context, { slice: 0, sum: 0 }),
  restore: (context, state) => count(context, state as CountState),
  continues(before, after) {
    const [{ slices: from, fault: _, ...a }, { slices: to, fault, ...b }] = [before, after] as unknown as CountInput[];
    return to > from && fault === undefined && a.seed === b.seed && a.numbers === b.numbers;
  },
  cost: () => ({ evaluations: 0 }),
};

/** Adds the sums of its needs up, from results, arrays and records: three times the same. */
function total({ results, arrays, records }: TaskContext): Work {
  const jobs = [...results.keys()];
  const add = (parts: number[]) => parts.reduce((a, b) => a + b, 0);
  const fromRecords = (job: string) => add(records(job).map((record) => (record as { part: number }).part));
  return {
    advance: () => false,
    takeRecords: () => [],
    save: () => null,
    progress: () => ({ done: 1, total: 1, text: '' }),
    result: () => ({
      total: add(jobs.map((job) => (results.get(job) as { sum: number }).sum)),
      arrays: add(jobs.map((job) => arrays(job).sum[0])),
      records: add(jobs.map(fromRecords)),
    }),
  };
}

const totalTask: Task = { name: 'total', start: total, restore: total, cost: () => ({ evaluations: 0 }) };

/** Half the jobs first; the others follow from the first result; the total from all. */
function plan(config: CountConfig, results: Results): Job[] {
  const job = (i: number): Job => {
    const id = `count-${i}`;
    const { slices, numbers } = config;
    const input: Json = { seed: config.seed + i, slices, numbers };
    if (Object.hasOwn(config.faults, id)) input.fault = config.faults[id];
    return { id, task: 'count', input, needs: [] };
  };
  const all = Array.from({ length: config.jobs }, (_, i) => job(i));
  if (!results.has('count-0')) return all.slice(0, Math.ceil(config.jobs / 2));
  return [...all, { id: 'total', task: 'total', input: null, needs: all.map(({ id }) => id) }];
}

export const countCampaign: CampaignKind<CountConfig> = {
  name: 'count',
  description: 'sums of random numbers: tries out a directory or a cluster without physics',
  schema,
  example: 'campaign: count\njobs: 4\nslices: 20\nnumbers: 1000000\nseed: 1\n',
  gather: () => ({}),
  plan,
  foresee: (config) => plan(config, new Map([['count-0', null]])),
  tasks: new Map([countTask, totalTask].map((task) => [task.name, task])),
  longer: {
    key: 'slices',
    file({ slices }, steps) {
      if (!(steps > slices)) throw new InputError(`has ${slices} slices already; more were expected, found ${steps}`);
      return { slices: steps };
    },
  },
};
