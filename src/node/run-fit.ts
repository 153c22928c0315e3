/** A fit from its configuration to the files of the potential, with a report and figures. */
import { join } from 'node:path';
import type { Atoms } from '../data/atoms.ts';
import { numberOf, symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { createDescriber } from '../engine/describe.ts';
import type { Engine } from '../engine/engine.ts';
import { basisSize, basisWidth, potentialOf } from '../fit/basis.ts';
import type { ShareCandidates } from '../fit/candidates.ts';
import { type CardOptions, checkProperties, measureCard } from '../fit/card.ts';
import { foreignReference } from '../fit/check-labels.ts';
import { checkSamples } from '../fit/checks.ts';
import { type FitConfig, fitOptionsOf } from '../fit/config.ts';
import { basisOf } from '../fit/descriptor-config.ts';
import { type Describe, learnEnvironments } from '../fit/environments.ts';
import { createTally, evaluateSamples, predict } from '../fit/evaluate.ts';
import { type Fit, type FitOptions, fitPotential, weightsOf } from '../fit/fit.ts';
import { createMetricsTable } from '../fit/metrics-table.ts';
import { type FitReport, type FlatMetrics, flatMetrics, type Measured, reportOf } from '../fit/report.ts';
import { chooseRequirements, type Requirement } from '../fit/requirements.ts';
import type { Sample } from '../fit/samples.ts';
import { shiftedGroups } from '../fit/shifts.ts';
import { formatUncertainty, type Uncertainty, uncertaintyOf } from '../fit/uncertainty.ts';
import { createParity, lambdaFigure, learningFigure, learningTable, sweepFigure, sweepTable } from '../plot/fit.ts';
import type { Disk } from './disk.ts';
import { writeAtomic } from './files.ts';
import { readSamples } from './fit-data.ts';
import { potentialFiles } from './fit-files.ts';
import { openMatrices } from './fit-matrices.ts';
import { sha256 } from './hash.ts';
import { readPotentialFile } from './load.ts';

export interface FitRun {
  fit: Fit;
  report: FitReport;
  uncertainty: Uncertainty;
  /** Contents by name. */
  files: Map<string, string>;
}

const speciesOf = (frames: readonly Atoms[]) =>
  [...new Set(frames.flatMap((atoms) => [...new Set(atoms.numbers)]))].sort((a, b) => a - b);

export interface RunFitHooks {
  say?: (message: string) => void;
  progress?: (done: number, total: number) => void;
  /** Where matrices are kept, and the least seconds between two writes; without it nothing is written. */
  matrices?: { folder: string; seconds: number; disk?: Disk };
  /** Measures the candidates of a search in several threads (fit-threads.ts). */
  share?: ShareCandidates;
}

/**
 * Reads the data, checks, fits, measures. The files of the result are not written, matrices are where `hooks` says. Paths
 * are relative to the working directory.
 */
export function runFit(engine: Engine, config: FitConfig, hooks: RunFitHooks = {}): FitRun {
  const { say = () => {}, progress } = hooks;
  const samples = readSamples(config.data, config.keys);
  const species = speciesOf(samples.map(({ atoms }) => atoms));
  const basis = basisOf(config.descriptor, species, config.quadratic);
  const name = config.name ?? species.map(symbolOf).join('');
  const reference = config.reference && referenceOf(config.reference, species);
  const constraints = requirementsOf(config, samples);
  const card = cardOf(config, species);
  const options: FitOptions = {
    ...fitOptionsOf(config, basis),
    name,
    reference,
    constraints,
    progress,
    ...searchOf(config, card, hooks),
    ...(config.sweep ? { sweep: { ...config.sweep, card } } : {}),
  };
  const warnings = [
    ...checkSamples(samples, (sample) => weightsOf(sample, options)),
    ...checkReference(engine, samples, reference),
  ];
  for (const warning of warnings) say(`warning: ${warning}`);
  const fit = fitPotential(engine, samples, { ...options, ...matricesOf(config, samples, options, hooks) });
  const weights = fit.found ? { groups: fit.found.weights } : {};
  const { measured, files } = measure(engine, samples, fit, { ...options, ...weights });
  const shifts = shiftedGroups(measured.fitted);
  for (const warning of shifts) say(`warning: ${warning}`);
  const properties = card && readCard(engine, fit.potential, card);
  const report = reportOf(fit, measured, { name, warnings: [...warnings, ...shifts], config, card: properties });
  const uncertainty = limitsOf(engine, samples, fit);
  const all = new Map([...potentialFiles(fit, name, config, reference), ...files]);
  if (report.path.length > 1) all.set('lambda.svg', lambdaFigure(report.path, report.lambda, String(config.ridge)));
  for (const [file, content] of [...learningFiles(fit), ...sweepFiles(fit, config)]) all.set(file, content);
  all.set(`${name}.uncertainty.json`, formatUncertainty(uncertainty, config.descriptor, config.quadratic));
  all.set('report.json', `${JSON.stringify(report, null, 1)}\n`);
  return { fit, report, uncertainty, files: all };
}

/** Of the order of this many configurations. */
const LOOKED_AT = 100;

function checkReference(engine: Engine, samples: readonly Sample[], reference: Potential | undefined): string[] {
  if (!reference) return [];
  const every = Math.ceil(samples.length / LOOKED_AT);
  const some = samples.filter((_, k) => k % every === 0);
  return foreignReference(some.map((sample) => ({ sample, reference: predict(engine, sample, reference) })));
}

interface Card extends CardOptions {
  reference: Record<string, number>;
}

function cardOf({ card }: FitConfig, species: readonly number[]): Card | undefined {
  if (!card) return undefined;
  const number = card.element === undefined ? species[0] : (numberOf(card.element) ?? 0);
  if (!species.includes(number) || (card.element === undefined && species.length > 1))
    throw new InputError(`card: element: one of ${species.map(symbolOf).join(', ')} was expected`);
  const properties = Object.keys(card.reference);
  checkProperties(properties, card.crystal);
  return { crystal: card.crystal, number, a: card.a, properties, reference: card.reference };
}

function readCard(engine: Engine, potential: Potential, card: Card): FitReport['card'] {
  const found = measureCard(engine, potential, card);
  return Object.fromEntries(
    [...found].map(([name, value]) => [
      name,
      { found: Number.isFinite(value) ? value : null, reference: card.reference[name] },
    ]),
  );
}

function searchOf(
  { search, seed }: FitConfig,
  card: Card | undefined,
  { say = () => {}, share }: RunFitHooks,
): Pick<FitOptions, 'search'> {
  if (!search) return {};
  const { properties, ...rest } = search;
  const wanted = Object.entries(properties ?? {}).map(([name, importance]) => {
    const value = card?.reference[name];
    if (value === undefined) throw new InputError(`search: properties: ${name} needs a reference in the card`);
    return { name, value, importance };
  });
  return {
    search: {
      ...rest,
      seed: BigInt(seed),
      share,
      ...(card && wanted.length > 0
        ? { goal: { card: { ...card, properties: wanted.map(({ name }) => name) }, wanted } }
        : {}),
      progress: (generation, score) => say(`search: generation ${generation}, objective ${score.toPrecision(5)}`),
    },
  };
}

function learningFiles({ learning }: Fit): [string, string][] {
  if (!learning) return [];
  const kinds = (['energy', 'force', 'stress'] as const).filter((kind) =>
    learning.some(({ fitted }) => fitted?.get('all')?.[kind] !== undefined),
  );
  return [
    ['learning.csv', learningTable(learning)],
    ...kinds.map((kind): [string, string] => [`learning-${kind}.svg`, learningFigure(learning, kind)]),
  ];
}

function sweepFiles({ sweep }: Fit, { sweep: wish }: FitConfig): [string, string][] {
  if (!sweep || !wish) return [];
  const figure = sweepFigure(sweep, wish.group);
  return [['sweep.csv', sweepTable(sweep)], ...(figure ? [['sweep.svg', figure] as [string, string]] : [])];
}

function requirementsOf({ constraints, keys }: FitConfig, samples: readonly Sample[]): Requirement[] {
  return constraints.flatMap((one) => chooseRequirements(one, 'data' in one ? readSamples(one.data, keys) : samples));
}

function matricesOf(
  config: FitConfig,
  samples: readonly Sample[],
  { reference, weights, groups }: FitOptions,
  { matrices, say = () => {} }: RunFitHooks,
): Pick<FitOptions, 'from' | 'onBlock'> {
  if (!matrices) return {};
  const { descriptor, quadratic, test, seed, normal, ridge } = config;
  const about = {
    descriptor: JSON.stringify(descriptor),
    quadratic,
    split: [test, seed, config.folds ?? (ridge === 'cv' ? 5 : 0)],
    normal,
    // apart, rows have no weights yet
    weights:
      config.search || config.learning || config.sweep
        ? `apart ${config.learning}`
        : JSON.stringify([weights, [...(groups ?? [])]]),
    reference: reference ? sha256(new Uint8Array(reference.params.slice().buffer)) : null,
  };
  const { folder, seconds, disk } = matrices;
  return openMatrices(folder, about, samples, { seconds, say, disk });
}

/** Errors of what was fitted, of its rows with a weight, of what was held out; parity figures and FitSNAP's table. */
function measure(
  engine: Engine,
  samples: readonly Sample[],
  { held, potential }: Fit,
  options: FitOptions,
): { measured: Measured; files: [string, string][] } {
  const split = (which: number) => samples.filter((_, k) => held[k] === which);
  const parity = createParity();
  const weighted = createTally();
  const table = createMetricsTable((sample) => weightsOf(sample, options));
  const metrics = evaluateSamples(engine, split(0), potential, (sample, prediction) => {
    parity.add(sample, prediction, 'fitted');
    weighted.add(withWeight(sample, options), prediction);
    table.add(sample, prediction, options.reference && predict(engine, sample, options.reference));
  });
  const apart = createTally();
  const tested = evaluateSamples(engine, split(1), potential, (sample, prediction) => {
    parity.add(sample, prediction, 'held');
    apart.add(withWeight(sample, options), prediction);
  });
  return {
    measured: { metrics, fitted: weighted.metrics(), tested, heldOut: apart.metrics() },
    files: [...parity.files(), ['metrics.md', table.text()]],
  };
}

/** The sample with the labels that took part. */
function withWeight(sample: Sample, options: FitOptions): Sample {
  const { energy, force, stress } = weightsOf(sample, options);
  return {
    ...sample,
    energy: energy === 0 ? undefined : sample.energy,
    forces: force === 0 ? undefined : sample.forces,
    stress: stress === 0 ? undefined : sample.stress,
  };
}

/** The posterior, and where the environments of what was fitted lie. */
function limitsOf(engine: Engine, samples: readonly Sample[], { basis, solution, held }: Fit): Uncertainty {
  const mark = engine.mark();
  try {
    const describe = describeBasis(engine, { basis });
    const frames = samples.flatMap(({ atoms }, k) => (held[k] === 0 ? [atoms] : []));
    return uncertaintyOf(basis, solution, learnEnvironments(engine, frames, basisSize(basis), describe));
  } finally {
    engine.release(mark);
  }
}

/** Components as the basis defines them; keeps its tables in the engine until its owner releases them. */
export function describeBasis(engine: Engine, { basis }: Pick<Uncertainty, 'basis'>): Describe {
  const columns = basis.elements.length * basisWidth(basis);
  const describer = createDescriber(engine, potentialOf(basis, new Float64Array(columns)));
  return (atoms) => describer.describe(atoms).values;
}

function referenceOf(specs: string[], species: number[]): Potential {
  return readPotentialFile(specs, { species, overlay: specs.length > 1 });
}

/** Writes the files of a run into a folder, the report last. */
export function writeFit(folder: string, { files }: FitRun, disk?: Disk): void {
  if (folder === '') throw new InputError('the folder of the fit has no name');
  for (const [name, content] of files) writeAtomic(join(folder, name), content, disk);
}

/** Errors of a given potential on data. */
export function evaluateData(
  engine: Engine,
  potential: Potential,
  samples: readonly Sample[],
): Record<string, FlatMetrics> {
  return flatMetrics(evaluateSamples(engine, samples, potential));
}
