/**
 * The quasi-harmonic state at temperatures that nobody asked for: between the ones that were, and at 0 K. Its window of
 * volumes is looked for among the Hessians that are there; the windows of an asked temperature begin at the volume of 0 K,
 * so that those of lower ones are among them. Where one is not, there is no place.
 */
import { birchMurnaghan } from '../../analysis/equation-of-state.ts';
import type { Results } from '../job.ts';
import type { CellName } from './cells.ts';
import type { Case, VacancyConfig } from './config.ts';
import { type Gathered, gatherTemperature } from './gather.ts';
import { statesOf } from './jobs.ts';
import { type Search, settle, windowOf } from './volumes.ts';

/** Where curves are evaluated: a temperature, and the Hessians around the volume there. */
export interface Place {
  temperature: number;
  gathered: Gathered;
}

/** K: as good as none. */
const COLD = 1;

/** So many temperatures from near 0 to the highest, less those whose Hessians are not known. */
export function placesOf(
  config: VacancyConfig,
  one: Case,
  results: Results,
  { highest, count }: { highest: number; count: number },
): Place[] {
  return Array.from({ length: highest > 0 ? count : 0 }, (_, i) => {
    const temperature = Math.max(COLD, (highest * i) / (count - 1));
    const search = (which: CellName) => found(config, one, results, { which, temperature, quantum: config.quantum });
    const harmonic = { bulk: search('bulk'), defect: search('defect') };
    const gathered = gatherTemperature(config, one, results, { temperature, harmonic, sampled: new Map() });
    return 'missing' in gathered ? undefined : { temperature, gathered };
  }).filter((place) => place !== undefined);
}

/** eV, formation energy of the relaxed atoms at 0 K, classical; undefined where the Hessians around its volume are not known. */
export function staticFormation(config: VacancyConfig, one: Case, results: Results): number | undefined {
  const [bulk, defect] = (['bulk', 'defect'] as const).map((which) => {
    const state = statesOf(results, one, which);
    const search = found(config, one, results, { which, temperature: COLD, quantum: false });
    const ks = 'found' in search ? windowOf(search.found.centre, config.grid.points) : [0];
    const states = ks.map(state).filter((known) => known !== undefined);
    if (config.pressure !== 'zero') return states.length > 0 ? states[0] : undefined;
    if (!('found' in search)) return undefined;
    const { energy } = birchMurnaghan(
      states.map(({ volume }) => volume),
      states.map((known) => known.energy),
    );
    return { energy, atoms: states[0].atoms };
  });
  return bulk && defect ? defect.energy - (defect.atoms / bulk.atoms) * bulk.energy : undefined;
}

function found(
  { pressure, grid }: VacancyConfig,
  one: Case,
  results: Results,
  { which, temperature, quantum }: { which: CellName; temperature: number; quantum: boolean },
): Search {
  if (pressure !== 'zero') return { missing: [0] };
  const look = (off?: number) =>
    settle(statesOf(results, one, which), grid, [], { temperature, quantum, degree: grid.degree, start: 0, off });
  const search = look();
  // nobody asked for this temperature: a window that has the minimum well inside does, before the one around it is known
  return 'missing' in search ? look((grid.points - 3) / 2) : search;
}
