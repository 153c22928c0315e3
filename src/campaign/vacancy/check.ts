/** What is wrong with a campaign before anything is computed: elements, cells that are too small, a time step that is too long. */
import { hessian } from '../../analysis/hessian.ts';
import { quanta } from '../../analysis/modes.ts';
import type { Atoms } from '../../data/atoms.ts';
import { inverse } from '../../data/cell.ts';
import { symbolOf } from '../../data/elements.ts';
import { InputError, PhysicsError } from '../../data/errors.ts';
import type { Potential } from '../../data/potential.ts';
import { hbar } from '../../data/units.ts';
import type { Engine } from '../../engine/engine.ts';
import { createSystem, termsOf } from '../../engine/system.ts';
import { massesOf } from '../../tasks/masses.ts';
import { cellOf } from './cells.ts';
import { type Case, casesOf, fromFiles, type VacancyConfig } from './config.ts';
import { cellSpec, methodsOf } from './jobs.ts';
import { relaxLattice } from './lattice-task.ts';

/** ω dt of the fastest vibration: beyond, BAOAB's kinetic temperature is off by more than its check allows, (ω dt)²/4 over all modes. */
const FASTEST = 0.5;
/** Time steps in a period that are usual. */
const USUAL = 50;

/** Throws InputError; returns sentences that a user should read once. */
export function checkVacancy(config: VacancyConfig, resource: (name: string) => unknown, engine: Engine): string[] {
  const notes: string[] = [];
  const timed = new Set<string>();
  for (const one of casesOf(config)) {
    const potential = resource(one.potential) as Potential;
    const cells = (['bulk', 'defect'] as const).map((which) => cellOf(cellSpec(config, one), which, 1, resource));
    checkElements(cells, potential, fromFiles(config) ? 'the structures have' : 'element');
    notes.push(...checkSize(cells[0], potential, config, one));
    if (methodsOf(config).length === 0 || fromFiles(config) || timed.has(one.potential)) continue;
    timed.add(one.potential);
    notes.push(...checkTimestep(config, one, resource, engine));
  }
  return notes;
}

function checkElements(cells: readonly Atoms[], potential: Potential, where: string): void {
  const present = new Set(cells.flatMap(({ numbers }) => Array.from(numbers)));
  for (const { species } of termsOf(potential)) {
    for (const z of present) {
      if (species.includes(z)) continue;
      const known = species.map(symbolOf).join(', ');
      throw new InputError(
        `${where} ${symbolOf(z)}, but ${potential.name ?? `the ${potential.kernel} potential`} knows only ${known}`,
      );
    }
  }
}

function checkSize(bulk: Atoms, { cutoff }: Potential, config: VacancyConfig, { id, repeat }: Case): string[] {
  const narrow = across(bulk.cell);
  const least = Math.ceil((repeat * cutoff) / narrow);
  if (narrow < cutoff) {
    const wanted = fromFiles(config) ? 'a larger cell' : `sizes: [${Math.max(2, least)}] or more`;
    throw new InputError(
      `${fromFiles(config) ? 'the cell' : `sizes: ${repeat}: the cell`} is ${narrow.toFixed(2)} Å across, less than the cutoff of ${cutoff.toFixed(2)} Å: ` +
        `the defect would be everywhere; ${wanted} was expected`,
    );
  }
  if (narrow >= 2 * cutoff) return [];
  return [
    `${id}: ${narrow.toFixed(1)} Å across, less than two cutoffs (${(2 * cutoff).toFixed(1)} Å): the defect feels its images; a second size shows how much`,
  ];
}

/** Å: the least distance of opposite faces. */
function across(cell: Float64Array): number {
  const back = inverse(cell);
  return Math.min(...[0, 1, 2].map((k) => 1 / Math.sqrt(back[k] ** 2 + back[3 + k] ** 2 + back[6 + k] ** 2)));
}

/** Says of a crystal that is none what is wrong with it: the campaign will fail by itself. */
function checkTimestep(
  config: VacancyConfig,
  one: Case,
  resource: (name: string) => unknown,
  engine: Engine,
): string[] {
  let fastest: number;
  try {
    fastest = fastestVibration(config, one, resource, engine);
  } catch (error) {
    if (error instanceof PhysicsError) return [`${one.id}: ${error.message}`];
    throw error;
  }
  if (config.timestep * fastest <= FASTEST) return [];
  const period = (1000 * 2 * Math.PI) / fastest;
  const usual = Math.max(0.5, Math.floor((2 * period) / USUAL) / 2);
  throw new InputError(
    `timestep: ${(1000 * config.timestep).toPrecision(3)} fs is too long: the fastest vibration takes ${period.toFixed(0)} fs; ` +
      `at most ${((1000 * FASTEST) / fastest).toPrecision(2)} fs, better ${usual} fs, was expected`,
  );
}

/** rad/ps, of a small perfect crystal. Throws PhysicsError where there is no stable one. */
function fastestVibration(
  config: VacancyConfig,
  one: Case,
  resource: (name: string) => unknown,
  engine: Engine,
): number {
  const potential = resource(one.potential) as Potential;
  const spec = cellSpec(config, { ...one, repeat: 1 });
  const mark = engine.mark();
  try {
    const { scale } = relaxLattice(engine, { cell: spec, potential: one.potential }, resource);
    const atoms = cellOf({ ...spec, repeat: 2, defect: 'vacancy' }, 'bulk', scale, resource);
    const second = hessian(createSystem(engine, atoms, potential));
    const masses = massesOf(atoms, potential).values;
    return Math.max(...quanta(engine, { hessian: second, atoms, masses })) / hbar;
  } finally {
    engine.release(mark);
  }
}
