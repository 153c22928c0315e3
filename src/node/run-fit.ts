/** A fit from its configuration to the files of the potential, with a report and figures. */
import { join } from 'node:path';
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { version } from '../data/version.ts';
import type { Engine } from '../engine/engine.ts';
import { checkSamples } from '../fit/checks.ts';
import { basisOf, type FitConfig, fitOptionsOf } from '../fit/config.ts';
import { coefficientNames, withCoefficients } from '../fit/design.ts';
import { createTally, type Errors, evaluateSamples, type Metrics, type Prediction, volumeOf } from '../fit/evaluate.ts';
import { type Fit, type FitOptions, fitPotential, weightsOf } from '../fit/fit.ts';
import type { Sample } from '../fit/samples.ts';
import { formatPot } from '../io/milady-write.ts';
import { formatSnap } from '../io/snap-write.ts';
import { type ParityFigure, parityPlot } from '../plot/parity.ts';
import { writeAtomic } from './files.ts';
import { readSamples } from './fit-data.ts';
import { readPotentialFile } from './load.ts';

export type FlatMetrics = Record<string, number>;

/** What `frenkel fit --json` prints and report.json has. */
export interface FitReport {
  frenkel: string;
  name: string;
  coefficients: number[];
  names: string[];
  condition: number;
  scaledCondition: number;
  lambda: number;
  effective: number;
  rows: number;
  path: { lambda: number; score: number }[];
  warnings: string[];
  /** Of what was fitted: 'all' and every group; unweighted, eV per atom, eV/Å, eV/Å³. */
  metrics: Record<string, FlatMetrics>;
  /** Of the rows that had a weight, all groups together. */
  fitted: FlatMetrics;
  /** Of what was held out. */
  test?: Record<string, FlatMetrics>;
  config: FitConfig;
}

export interface FitRun {
  fit: Fit;
  report: FitReport;
  /** Contents by name. */
  files: Map<string, string>;
}

/** energyMAE, energyRMSE, energyMax, energyCount …, as far as there are data. */
export function flatMetrics(metrics: ReadonlyMap<string, Metrics>): Record<string, FlatMetrics> {
  const flat = (what: string, errors: Errors | undefined): [string, number][] =>
    errors === undefined
      ? []
      : [
          [`${what}MAE`, errors.mae],
          [`${what}RMSE`, errors.rmse],
          [`${what}Max`, errors.largest],
          [`${what}Count`, errors.count],
        ];
  return Object.fromEntries(
    [...metrics].map(([group, m]) => [
      group,
      Object.fromEntries([
        ['configurations', m.configurations],
        ['atoms', m.atoms],
        ...flat('energy', m.energy),
        ...flat('force', m.force),
        ...flat('stress', m.stress),
      ]),
    ]),
  );
}

const speciesOf = (frames: readonly Atoms[]) =>
  [...new Set(frames.flatMap((atoms) => [...new Set(atoms.numbers)]))].sort((a, b) => a - b);

export interface RunFitHooks {
  say?: (message: string) => void;
  progress?: (done: number, total: number) => void;
}

/** Reads the data, checks, fits, measures. Nothing is written. Paths are relative to the working directory. */
export function runFit(engine: Engine, config: FitConfig, { say = () => {}, progress }: RunFitHooks = {}): FitRun {
  const samples = readSamples(config.data, config.keys);
  const warnings = checkSamples(samples);
  for (const warning of warnings) say(`warning: ${warning}`);
  const species = speciesOf(samples.map(({ atoms }) => atoms));
  const basis = basisOf(config.descriptor, species);
  const name = config.name ?? species.map(symbolOf).join('');
  const reference = config.reference && referenceOf(config.reference, species);
  const options = { ...fitOptionsOf(config, basis), name, reference, progress };
  const fit = fitPotential(engine, samples, options);
  const split = (held: number) => samples.filter((_, k) => fit.held[k] === held);
  const parity = createParity();
  const weighted = createTally();
  const metrics = evaluateSamples(engine, split(0), fit.potential, (sample, prediction) => {
    parity.add(sample, prediction, 'fitted');
    weighted.add(withWeight(sample, options), prediction);
  });
  const tested = evaluateSamples(engine, split(1), fit.potential, (s, p) => parity.add(s, p, 'held'));
  const { solution } = fit;
  const report: FitReport = {
    frenkel: version,
    name,
    coefficients: [...fit.coefficients],
    names: coefficientNames(basis),
    condition: solution.condition,
    scaledCondition: solution.scaledCondition,
    lambda: solution.lambda,
    effective: solution.effective,
    rows: fit.rows,
    path: solution.path,
    warnings,
    metrics: flatMetrics(metrics),
    fitted: flatMetrics(weighted.metrics()).all,
    ...(tested.size > 0 ? { test: flatMetrics(tested) } : {}),
    config,
  };
  const files = new Map([...potentialFiles(fit, name, config, reference), ...parity.files()]);
  files.set('report.json', `${JSON.stringify(report, null, 1)}\n`);
  return { fit, report, files };
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

function referenceOf(specs: string[], species: number[]): Potential {
  return readPotentialFile(specs, { species, overlay: specs.length > 1 });
}

/** SNAP files, with the pair commands for a ZBL core; MILADY's .pot for its own conventions. */
function potentialFiles(fit: Fit, name: string, config: FitConfig, reference?: Potential): [string, string][] {
  const options = withCoefficients(fit.basis, fit.coefficients);
  const files: [string, string][] = [];
  if (config.descriptor.kind === 'bso4') files.push([`${name}.pot`, formatPot(options)]);
  if (fit.basis.diagonal) return files;
  const core = reference?.kernel === 'zbl' ? { inner: reference.params[2], outer: reference.cutoff } : undefined;
  const { snapcoeff, snapparam, snap } = formatSnap(options, name, core);
  files.push([`${name}.snapcoeff`, snapcoeff], [`${name}.snapparam`, snapparam]);
  // Pair commands for another reference than ZBL would leave it out without a word.
  if (reference === undefined || core !== undefined) files.push([`${name}.snap`, snap]);
  return files;
}

type Which = 'fitted' | 'held';
/** Points of a figure; of more every k-th is taken. */
const MOST_POINTS = 4000;

function createParity() {
  const empty = (quantity: string, unit: string): ParityFigure => ({
    quantity,
    unit,
    fitted: { x: [], y: [] },
    held: { x: [], y: [] },
  });
  const figures = {
    energy: empty('energy', 'eV/atom'),
    force: empty('force', 'eV/Å'),
    stress: empty('stress', 'eV/Å³'),
  };
  const note = (kind: keyof typeof figures, which: Which, x: number, y: number) => {
    figures[kind][which].x.push(x);
    figures[kind][which].y.push(y);
  };
  return {
    add: (sample: Sample, prediction: Prediction, which: Which) => {
      const { energy, forces, stress, atoms } = sample;
      const n = atoms.numbers.length;
      if (energy !== undefined) note('energy', which, energy / n, prediction.energy / n);
      for (const [i, f] of forces?.entries() ?? []) note('force', which, f, prediction.forces[i]);
      if (!stress) return;
      const volume = volumeOf(sample);
      for (const [i, s] of stress.entries()) note('stress', which, s, -prediction.virial[i] / volume);
    },
    files: (): [string, string][] =>
      Object.values(figures)
        .filter(({ fitted, held }) => fitted.x.length + held.x.length > 0)
        .map((figure) => [
          `parity-${figure.quantity}.svg`,
          parityPlot({ ...figure, fitted: thin(figure.fitted), held: thin(figure.held) }),
        ]),
  };
}

function thin({ x, y }: ParityFigure['fitted']): ParityFigure['fitted'] {
  const every = Math.max(1, Math.ceil(x.length / MOST_POINTS));
  const keep = (_: number, k: number) => k % every === 0;
  return { x: x.filter(keep), y: y.filter(keep) };
}

/** Writes the files of a run into a folder. */
export function writeFit(folder: string, { files }: FitRun): void {
  if (folder === '') throw new InputError('the folder of the fit has no name');
  for (const [name, content] of files) writeAtomic(join(folder, name), content);
}

/** Errors of a given potential on data. */
export function evaluateData(
  engine: Engine,
  potential: Potential,
  samples: readonly Sample[],
): Record<string, FlatMetrics> {
  return flatMetrics(evaluateSamples(engine, samples, potential));
}
