/** All samplers on one crystal: bcc iron, 54 and 128 atoms, 300 K. They share the motion, and nothing of how ζ is treated. */
import { beforeAll, describe, expect, it } from 'vitest';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { methods } from '../src/free-energy/estimators.ts';
import { prepare } from '../src/free-energy/prepare.ts';
import type { SampleRecord } from '../src/free-energy/records.ts';
import {
  type Method,
  type SamplingOptions,
  samplingDefaults,
  startSampling,
  stepSampling,
  takeRecords,
} from '../src/free-energy/sampling.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { long, needsLong } from './support/long.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const temperature = 300;
const unit = lattice({ kind: 'bcc', a: 2.85531274900052, elements: ['Fe'] });

interface Run {
  records: SampleRecord[];
  options: SamplingOptions;
  modes: number;
  /** s. */
  cpu: number;
}

function run(cells: number, method: Method, steps: number, replica: number): Run {
  const cell = repeat(unit, [cells, cells, cells]);
  const prepared = prepare(engine, cell, loadEmbedded('Fe-Ackland-2004'), {
    reference: { kind: 'harmonic' },
    temperature,
  });
  const { target, reference } = prepared;
  const options: SamplingOptions = {
    ...samplingDefaults,
    method,
    temperature,
    steps,
    nodes: methods[method].nodes,
    seed: 20n,
    replica,
    blockSteps: steps / 200,
    equilibration: steps / 10,
  };
  const state = startSampling(target, reference, options);
  const begin = process.cpuUsage();
  while (state.step < steps) stepSampling(target, reference, state, options);
  const { user, system } = process.cpuUsage(begin);
  return { records: takeRecords(state), options, modes: reference.modes, cpu: (user + system) * 1e-6 };
}

describe.runIf(long)(`samplers on bcc iron ${needsLong}`, () => {
  it.each([3, 4])('%d cells a side: agree within 3σ', { timeout: 3_600_000 }, (cells) => {
    const atoms = 2 * cells ** 3;
    const steps = 100_000;
    const fixed = run(cells, 'quadrature', steps, 3);
    const runs: [Method, Run][] = [
      ['abf', run(cells, 'abf', steps, 0)],
      ['extended', run(cells, 'extended', steps, 1)],
      ['expanded', run(cells, 'expanded', steps, 2)],
      ['quadrature', fixed],
      ['bar', fixed],
      ['mbar', fixed],
      ['switching', run(cells, 'switching', steps, 4)],
    ];
    const found = runs.map(([method, { records, options, modes, cpu }]) => {
      const result = methods[method].estimate(records, { ...options, modes });
      const { deltaA, error, inefficiency } = result;
      const each = (1e3 * cpu) / steps;
      process.stdout.write(
        `${atoms} ${method.padEnd(11)} ΔA ${(1e3 * deltaA).toFixed(3)} ± ${(1e3 * error).toFixed(3)} meV, CPU ${cpu.toFixed(1)} s, ${each.toFixed(3)} ms a step, ` +
          `${inefficiency.toFixed(0)} steps and ${((each * inefficiency) / 1e3).toFixed(3)} s an independent sample, ${(cpu * 1e6 * error ** 2).toFixed(0)} s for 1 meV; ` +
          `failed: ${
            result.checks
              .filter(({ passed }) => !passed)
              .map(({ name, value, limit }) => `${name} ${value.toFixed(2)} (${limit})`)
              .join(', ') || 'none'
          }\n`,
      );
      return { method, deltaA, error };
    });
    for (const a of found) {
      // −1.77 meV an atom at N = 128 (spec/free-energy.md, 4.5); finite size is below this margin
      expect(Math.abs(a.deltaA / atoms + 1.7709e-3)).toBeLessThan(2e-4);
      for (const b of found) {
        expect(Math.abs(a.deltaA - b.deltaA)).toBeLessThan(3 * Math.sqrt(a.error ** 2 + b.error ** 2));
      }
    }
  });
});
