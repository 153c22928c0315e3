/**
 * What an independent sample costs with each way to treat ζ: bcc iron (Ackland 2004) at 300 K, harmonic reference. CPU time of
 * the steps alone; all samplers run by turns, a little at a time, in one process, so that what else the machine does
 * slows them all alike. Rounds differ in their seeds: their scatter is that of the errors' errors too.
 *
 *   node scripts/bench.mjs free-energy [--cells 4] [--steps 100000] [--rounds 1]
 */
import { parseArgs } from 'node:util';
import { createEngine } from '../src/engine/engine.ts';
import type { Method } from '../src/free-energy/sampling.ts';
import { cpuForMeV, cpuForSample, type SamplerCost, startSampler, windows } from '../test/support/sampler.ts';
import { median, report, row } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    cells: { type: 'string', default: '4' },
    steps: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '1' },
  },
});
const [cells, steps, rounds] = [flags.cells, flags.steps, flags.rounds].map(Number);
/** Turns of each sampler. */
const TURNS = 200;

const moved: Method[] = ['abf', 'extended', 'expanded', 'quadrature', 'switching'];

/** All methods once; the windows at fixed ζ serve three. */
async function round(seed: bigint): Promise<SamplerCost[]> {
  const engine = await createEngine();
  const running = moved.map((method, replica) => startSampler(engine, { cells, method, steps, replica, seed }));
  for (let turn = 0; turn < TURNS; turn++) for (const one of running) one.advance(Math.ceil(steps / TURNS));
  return running.flatMap((one, k) => one.costs(moved[k] === 'quadrature' ? windows : [moved[k]]));
}

const found: SamplerCost[][] = [];
for (let k = 0; k < rounds; k++) found.push(await round(BigInt(20 + k)));

console.log(
  'method       ΔA (meV)          CPU (s)  ms/step  steps/sample  CPU/sample (s)  CPU for 1 meV (s)  failed checks',
);
for (const [k, { method }] of found[0].entries()) {
  const of = found.map((each) => each[k]);
  const middle = (value: (cost: SamplerCost) => number) => median(of.map(value));
  const failed = of.flatMap(({ result }) => result.checks.filter(({ passed }) => !passed).map(({ name }) => name));
  const { result } = of[0];
  const columns = [
    method.padEnd(11),
    `${(1e3 * result.deltaA).toFixed(1)} ± ${(1e3 * result.error).toFixed(1)}`.padEnd(16),
    middle(({ cpu }) => cpu)
      .toFixed(1)
      .padStart(7),
    middle(({ cpu }) => (1e3 * cpu) / steps)
      .toFixed(3)
      .padStart(7),
    middle((cost) => cost.result.inefficiency)
      .toFixed(0)
      .padStart(12),
    middle(cpuForSample).toFixed(3).padStart(14),
    middle(cpuForMeV).toFixed(0).padStart(17),
    ` ${[...new Set(failed)].join(', ') || 'none'}`,
  ];
  console.log(columns.join('  '));
}
report(
  found[0].flatMap(({ method }, k) => {
    const shared = {
      section: 'free energy',
      name: `Fe EAM, ${2 * cells ** 3} atoms`,
      size: 2 * cells ** 3,
      who: method,
    };
    return [
      row({ ...shared, unit: 's CPU/sample', values: found.map((each) => cpuForSample(each[k])) }),
      row({ ...shared, unit: 's CPU for 1 meV', values: found.map((each) => cpuForMeV(each[k])) }),
    ];
  }),
);
