/** The jobs that a campaign will probably need: its plan with guessed results, a crystal with a usual thermal expansion. */
import type { Json } from '../../data/atoms.ts';
import { log } from '../../data/math.ts';
import type { Job } from '../job.ts';
import { casesOf, type VacancyConfig } from './config.ts';
import type { HarmonicInput, HarmonicResult } from './harmonic-task.ts';
import type { LatticeResult } from './lattice-task.ts';
import { planVacancy } from './plan.ts';
import type { SamplingInput, SamplingResult } from './sampling-task.ts';

const ROUNDS = 50;
const ATOMS = 100;
/** A linear expansion of 1e-5 per K: γ k_B/(B V) of atoms of 12 Å^3 with B = 1 eV/Å^3 and γ = 1.4. */
const VOLUME = 12;
const BULK = 1;
const GRUNEISEN = 1.4;
const QUANTUM = 0.025;

export function foreseeVacancy(config: VacancyConfig): Job[] {
  const results = new Map<string, Json>();
  let jobs: Job[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    jobs = planVacancy(config, results);
    const open = jobs.filter(({ id }) => !results.has(id));
    if (open.length === 0) break;
    for (const job of open) results.set(job.id, guess(job) as Json);
  }
  return casesOf(config).length > 0 ? jobs : [];
}

function guess({ task, input }: Job): unknown {
  if (task === 'lattice') return { scale: 1, a: 1, energy: 0 } satisfies LatticeResult;
  if (task === 'harmonic') return crystal(input as unknown as HarmonicInput);
  return sampled(input as unknown as SamplingInput);
}

/** eV: what iron at 500 K leaves per atom and step in F_f, errors of bulk and defect cancelled; it grows as T². */
const NOISE = 0.018;
/** Steps per independent sample. */
const INEFFICIENCY = 200;

function sampled({ cell, temperature, steps, equilibration = 0 }: SamplingInput): Partial<SamplingResult> {
  const counted = steps - equilibration;
  const atoms = 2 * cell.repeat ** 3;
  const error = NOISE * (temperature / 500) * (temperature / 500) * Math.sqrt(atoms / counted);
  return { deltaA: 0, error, series: [], steps, counted, independentSamples: counted / INEFFICIENCY };
}

function crystal({ scale, quantum }: HarmonicInput): HarmonicResult {
  const volume = ATOMS * VOLUME * scale ** 3;
  const modes = 3 * ATOMS - 3;
  const strain = scale ** 3 - 1;
  const each = QUANTUM * (1 - GRUNEISEN * strain);
  return {
    atoms: ATOMS,
    modes,
    volume,
    energy: 0.5 * BULK * ATOMS * VOLUME * strain * strain,
    sum: modes * log(each),
    fmax: 0,
    moved: 0,
    ...(quantum ? { quanta: Array.from({ length: modes }, () => each) } : {}),
  };
}
