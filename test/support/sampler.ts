/** One sampler at work on bcc iron (Ackland 2004), with the CPU time that it took: what samplers cost is compared with this. */
import { lattice } from '../../src/data/lattice.ts';
import { repeat } from '../../src/data/supercell.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { methods } from '../../src/free-energy/estimators.ts';
import { prepare } from '../../src/free-energy/prepare.ts';
import {
  type Method,
  type SamplingOptions,
  samplingDefaults,
  startSampling,
  stepSampling,
  takeRecords,
} from '../../src/free-energy/sampling.ts';
import { loadEmbedded } from '../../src/io/embedded.ts';

export interface SamplerCase {
  /** Conventional cells each way. */
  cells: number;
  method: Method;
  steps: number;
  replica: number;
  /** Default 20. */
  seed?: bigint;
}

const temperature = 300;
const unit = lattice({ kind: 'bcc', a: 2.85531274900052, elements: ['Fe'] });

/** advance() does so many steps, or the rest; `cpu`, s, is of all of them and of nothing else. */
export function startSampler(engine: Engine, { cells, method, steps, replica, seed = 20n }: SamplerCase) {
  const cell = repeat(unit, [cells, cells, cells]);
  const reference = { kind: 'harmonic' } as const;
  const prepared = prepare(engine, cell, loadEmbedded('Fe-Ackland-2004'), { reference, temperature });
  const options: SamplingOptions = {
    ...samplingDefaults,
    method,
    temperature,
    steps,
    nodes: methods[method].nodes,
    seed,
    replica,
    blockSteps: steps / 200,
    equilibration: steps / 10,
  };
  const state = startSampling(prepared.target, prepared.reference, options);
  let cpu = 0;
  return {
    advance(count: number) {
      const begin = process.cpuUsage();
      for (const end = Math.min(steps, state.step + count); state.step < end; )
        stepSampling(prepared.target, prepared.reference, state, options);
      const { user, system } = process.cpuUsage(begin);
      cpu += (user + system) * 1e-6;
    },
    /** Of all methods that can be estimated from this motion: of its windows, three. Once, at the end. */
    costs(of: readonly Method[] = [method]) {
      const records = takeRecords(state);
      return of.map((which) => {
        const result = methods[which].estimate(records, { ...options, modes: prepared.reference.modes });
        return { method: which, cpu, steps, result };
      });
    },
  };
}

export type SamplerCost = ReturnType<ReturnType<typeof startSampler>['costs']>[number];

/** The three that are estimated from one motion at fixed ζ. */
export const windows: readonly Method[] = ['quadrature', 'bar', 'mbar'];

/** s CPU for a standard error of 1 meV, by error ∝ 1/√steps. */
export const cpuForMeV = ({ cpu, result }: SamplerCost): number => cpu * 1e6 * result.error ** 2;

/** s CPU for an independent sample at the least covered ζ. */
export const cpuForSample = ({ cpu, steps, result }: SamplerCost): number => (cpu / steps) * result.inefficiency;
