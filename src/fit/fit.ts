/**
 * A linear fit: configurations → weighted rows → a triangle → coefficients → a potential. What a reference potential
 * gives is subtracted first and added again in the result.
 *
 * A. P. Thompson et al., J. Comput. Phys. 285, 316 (2015), doi:10.1016/j.jcp.2014.12.018.
 */
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { overlayPotential } from '../data/potentials/overlay.ts';
import type { Engine } from '../engine/engine.ts';
import { merge } from './accumulate.ts';
import type { Basis } from './basis.ts';
import { type CandidateTask, misfits, type PropertyGoal, type ShareCandidates, solverOf } from './candidates.ts';
import { type CardOptions, measureCard } from './card.ts';
import { createDesigner, type Designer } from './design.ts';
import { countParts, type GatherOptions, gather, type Place } from './gather.ts';
import { type LearningPoint, learningCurve, learningSteps } from './learning.ts';
import { apart, createParts } from './parts.ts';
import { type Requirement, requirementRows } from './requirements.ts';
import { checkElements, defaultWeights, type Weights } from './rows.ts';
import type { Sample } from './samples.ts';
import { createScorer, type FoundWeights, type Scorer, searchWeights, type WeightSearch } from './search.ts';
import type { Solution } from './solution.ts';
import { checkSolver, type SolverOptions, solveSystem } from './solve-system.ts';
import { foldsOf, testSplit } from './split.ts';
import { type SweepPoint, sweepWeights, type WeightSweep } from './sweep.ts';

export interface FitOptions
  extends Pick<SolverOptions, 'ridge' | 'rcond' | 'ard'>,
    Pick<GatherOptions, 'from' | 'onBlock' | 'progress'> {
  basis: Basis;
  reference?: Potential;
  weights?: Weights;
  /** Of groups that differ; every group named must have configurations. */
  groups?: ReadonlyMap<string, Weights>;
  /** Of quadratic potentials: linear coefficients first, quadratic ones to what they leave (noise.ts). */
  noise?: boolean;
  /** What must be met exactly. */
  constraints?: readonly Requirement[];
  /** By normal equations: faster for many columns, squares the condition. */
  normal?: boolean;
  /** Share of each group that is held out; default 0. */
  test?: number;
  /** For λ 'cv'. */
  folds?: number;
  seed?: bigint;
  name?: string;
  /** Finds the weights; groups and kinds are then kept apart (matrices of all in memory). */
  search?: SearchOptions;
  /** The errors along shares of the data; keeps apart too. */
  learning?: boolean;
  /** The fit along weights of one group, and properties of the crystal; keeps apart too. */
  sweep?: WeightSweep & { card?: CardOptions };
}

export interface SearchOptions extends Omit<WeightSearch, 'property'> {
  /** Properties of the crystal in the objective. */
  goal?: PropertyGoal;
  /** Any function of the potential instead; candidates are then measured one after the other. */
  property?: (potential: Potential) => number;
  /** Measures candidates in several threads. */
  share?: ShareCandidates;
}

export interface Fit {
  potential: Potential;
  basis: Basis;
  coefficients: Float64Array;
  names: string[];
  solution: Solution;
  /** Rows with a weight. */
  rows: number;
  /** 1 where a configuration was held out. */
  held: Uint8Array;
  /** Those of a search. */
  found?: FoundWeights;
  learning?: LearningPoint[];
  sweep?: SweepPoint[];
}

/** The weights of a configuration's rows. */
export const weightsOf = (
  { group }: Sample,
  { groups, weights = defaultWeights }: Pick<FitOptions, 'groups' | 'weights'>,
) => groups?.get(group) ?? weights;

/** Fits. Throws InputError for data that do not determine the coefficients, naming what is missing. */
export function fitPotential(engine: Engine, samples: readonly Sample[], options: FitOptions): Fit {
  const { basis, seed = 1n } = options;
  checkSolver(options);
  const groups = samples.map((sample) => sample.group);
  checkGroups(groups, options.groups);
  const held = testSplit(groups, options.test ?? 0, seed);
  const place = placeOf(samples, held, options);
  const mark = engine.mark();
  try {
    const designer = createDesigner(engine, basis);
    checkBefore(samples, designer, place, options);
    const solver = solverOptions(engine, designer, options);
    const { solution, rows, ...more } =
      options.search || options.learning || options.sweep
        ? fitApart(engine, samples, held, designer, solver, options)
        : fitWhole(engine, samples, place, designer, solver, options);
    const potential = complete(designer, solution.coefficients, options);
    const { coefficients } = solution;
    return { potential, basis, coefficients, names: designer.names, solution, rows, held, ...more };
  } finally {
    engine.release(mark);
  }
}

/** With the reference, where there is one. */
function complete(designer: Designer, coefficients: Float64Array, { reference, name }: FitOptions): Potential {
  const fitted = designer.potential(coefficients, name);
  return reference ? overlayPotential([reference, fitted], { name }) : fitted;
}

type Solved = Pick<Fit, 'solution' | 'rows' | 'found' | 'learning' | 'sweep'>;

function fitWhole(
  engine: Engine,
  samples: readonly Sample[],
  place: Place,
  designer: Designer,
  solver: SolverOptions,
  options: FitOptions,
): Solved {
  const parts = [...gather(engine, samples, designer, place, options).values()];
  const system = parts.length > 1 ? merge(engine, parts) : parts[0];
  return { solution: solveSystem(engine, system, parts, designer.names, solver), rows: system.rows };
}

/** By parts: weights found, errors along shares. */
function fitApart(
  engine: Engine,
  samples: readonly Sample[],
  held: Uint8Array,
  designer: Designer,
  solver: SolverOptions,
  options: FitOptions,
): Solved {
  const { search, learning, sweep, seed = 1n } = options;
  if (options.ridge === 'cv')
    throw new InputError("ridge: 'cv' has folds, and a search, a sweep or a learning curve none: take gcv or evidence");
  const groups = samples.map((sample) => sample.group);
  const steps = learning ? learningSteps(groups, held, seed) : undefined;
  const systems = gather(engine, samples, designer, apart(held, steps), options);
  const parts = createParts(engine, systems);
  const given = new Map(samples.map((sample): [string, Weights] => [sample.group, weightsOf(sample, options)]));
  const solve = solverOf(engine, parts, designer.names, solver);
  const scorerOf = ({ property, goal, ...wish }: SearchOptions) => {
    const wanted = property ?? (goal && ((potential: Potential) => misfits(engine, potential, goal)));
    return createScorer(parts, given, solve, {
      ...wish,
      ...(wanted ? { property: (coefficients) => wanted(complete(designer, coefficients, options)) } : {}),
    });
  };
  const found = search && findWeights({ systems: [...systems], solver, given }, scorerOf(search), search, options);
  const measure = (coefficients: Float64Array) =>
    sweep?.card
      ? measureCard(engine, complete(designer, coefficients, options), sweep.card)
      : new Map<string, number>();
  const weights = found?.weights ?? given;
  const system = parts.combine(weights);
  if (!system) throw new InputError('no row of data has a weight');
  return {
    solution: solveSystem(engine, system, [], designer.names, solver),
    rows: system.rows,
    ...(found ? { found } : {}),
    ...(learning ? { learning: learningCurve(parts, weights, solve) } : {}),
    ...(sweep ? { sweep: sweepWeights(parts, weights, solve, measure, sweep) } : {}),
  };
}

function findWeights(
  known: Pick<CandidateTask, 'systems' | 'solver' | 'given'>,
  scorer: Scorer,
  { property, goal, share, ...search }: SearchOptions,
  { basis, reference, seed = 1n }: FitOptions,
): FoundWeights {
  const { groups, kinds, decades, scales } = search;
  const task = { ...known, basis, reference, goal, search: { groups, kinds, decades, scales } };
  const measure = share && !property ? share(task, scorer) : undefined;
  return searchWeights(scorer, { ...search, seed: search.seed ?? seed }, measure);
}

/** Throws InputError for constraints that cannot be, before rows are made. */
function solverOptions(
  engine: Engine,
  designer: Designer,
  { ridge, rcond, ard, noise, constraints, reference }: FitOptions,
): SolverOptions {
  if (noise && designer.divided.quadratic.length === 0)
    throw new InputError('noise: the descriptor is not quadratic (quadratic: true)');
  return {
    ...(ridge === undefined ? {} : { ridge }),
    ...(rcond === undefined ? {} : { rcond }),
    ...(ard ? { ard } : {}),
    ...(noise ? { noise: designer.divided } : {}),
    ...(constraints?.length ? { constraints: requirementRows(engine, designer, constraints, reference) } : {}),
  };
}

/** Training rows by fold, with the weights of their groups. */
function placeOf(samples: readonly Sample[], held: Uint8Array, options: FitOptions): Place {
  const { folds = 0, seed = 1n } = options;
  const groups = samples.map((sample) => sample.group);
  const fold = folds > 0 ? foldsOf(groups, folds, seed) : undefined;
  return (sample, k, kind) =>
    held[k] === 1 ? undefined : { part: `fold ${fold?.[k] ?? 0}`, weight: weightsOf(sample, options)[kind] };
}

/** Throws InputError for what would be wrong after hours too. */
function checkBefore(samples: readonly Sample[], { columns, species }: Designer, place: Place, options: FitOptions) {
  checkElements(samples, species);
  const rows = [...countParts(samples, place).values()].reduce((sum, count) => sum + count, 0);
  if (rows === 0) throw new InputError('no row of data has a weight');
  const { ridge, rcond, ard, constraints } = options;
  if (rows < columns && ridge === undefined && rcond === undefined && !ard && !constraints?.length)
    throw new InputError(`${columns} coefficients, but ${rows} rows of data with a weight: add data or regularise`);
}

function checkGroups(found: readonly string[], weights: ReadonlyMap<string, Weights> | undefined): void {
  if (found.length === 0) throw new InputError('no configurations to fit');
  const missing = [...(weights?.keys() ?? [])].filter((group) => !found.includes(group));
  if (missing.length === 0) return;
  const known = [...new Set(found)].join(', ');
  throw new InputError(`groups: no configuration is of ${missing.join(', ')}; the data have ${known}`);
}
