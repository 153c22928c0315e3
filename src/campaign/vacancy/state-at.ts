/** Both cells at one temperature, their difference, and what follows from it: plain numbers of the samples' values. */
import { pow } from '../../data/math.ts';
import { gpaPerPressure } from '../../data/units.ts';
import { type Anharmonic, constantVolume, type Equilibrium, zeroPressure } from '../../free-energy/equilibrium.ts';
import { concentration, formationFree, formationVolume } from '../../free-energy/formation.ts';
import type { Interval } from '../../free-energy/statistics/interval.ts';
import type { VacancyConfig } from './config.ts';
import type { Gathered, GatheredCell, GatheredRun } from './gather.ts';

export interface StateNumbers {
  /** eV: F_f, the free energy of formation; at zero pressure also G_f. */
  modeMatched: number;
  asPublished: number;
  /** Per site. */
  concentration: number;
  /** Å^3. */
  formationVolume: number;
  /** Å. */
  bulkA: number;
  defectA: number;
  /** eV, of the whole cells: F, and the part of it that is ΔA. */
  bulkFree: number;
  defectFree: number;
  bulkAnharmonic: number;
  defectAnharmonic: number;
  /** GPa, isothermal, of the bulk; 0 at constant volume. */
  bulkModulus: number;
  /** Root mean square of the residuals of ΔA(V), in standard errors, the larger of both cells. */
  misfit: number;
}

/** The numbers with their sampling errors. */
export type Estimated = { [name in keyof StateNumbers]: Interval };

/** The state for these values of the samples; none: quasi-harmonic. `temperature` may differ from that of the samples. */
export function stateAt(
  config: VacancyConfig,
  gathered: Gathered,
  values: readonly number[],
  temperature = gathered.temperature,
): StateNumbers {
  const [bulk, defect] = [gathered.bulk, gathered.defect].map((cell) =>
    equilibrium(config, cell, values.length > 0 ? anharmonic(cell, gathered, values) : [], temperature),
  );
  const of = (cell: GatheredCell, state: Equilibrium) => ({
    atoms: cell.states[0].atoms,
    modes: cell.states[0].modes,
    volume: state.volume,
    free: state.free,
    energy: state.energy,
  });
  const [d, b] = [of(gathered.defect, defect), of(gathered.bulk, bulk)];
  const free = formationFree(d, b);
  return {
    ...free,
    concentration: concentration(free.modeMatched, temperature, config.orientations),
    formationVolume: formationVolume(d, b),
    bulkA: edge(config, bulk.volume, b.atoms),
    defectA: edge(config, defect.volume, b.atoms),
    bulkFree: bulk.free,
    defectFree: defect.free,
    bulkAnharmonic: bulk.anharmonic,
    defectAnharmonic: defect.anharmonic,
    bulkModulus: Number.isNaN(bulk.bulk) ? 0 : bulk.bulk * gpaPerPressure,
    misfit: Math.max(bulk.misfit, defect.misfit),
  };
}

const perCell = new Map([
  ['sc', 1],
  ['bcc', 2],
  ['B2', 2],
  ['fcc', 4],
  ['diamond', 8],
]);

/** Å: the lattice constant of a cubic crystal of `sites` sites in this volume; of others the cube root of the volume. */
function edge({ crystal, defect }: VacancyConfig, volume: number, sites: number): number {
  const files = typeof defect === 'object' && 'bulk' in defect;
  const each = files ? undefined : perCell.get(crystal);
  return pow(each === undefined ? volume : (volume * each) / sites, 1 / 3);
}

function equilibrium(
  { pressure, quantum, grid }: VacancyConfig,
  { states }: GatheredCell,
  samples: readonly Anharmonic[],
  temperature: number,
): Equilibrium {
  const options = { temperature, quantum, degree: grid.degree };
  return pressure === 'zero' ? zeroPressure(states, samples, options) : constantVolume(states[0], samples, options);
}

/** ΔA by volume: the mean over runs, each by its length. */
function anharmonic({ runs, sampled }: GatheredCell, { samples }: Gathered, values: readonly number[]): Anharmonic[] {
  return [...sampled].map(([k, state]) => {
    const own = runs.filter((run) => run.k === k);
    const all = own.reduce((sum, { result }) => sum + result.counted, 0);
    const weight = ({ result }: GatheredRun) => result.counted / all;
    return {
      state,
      value: own.reduce((sum, run) => sum + values[run.sample] * weight(run), 0),
      error: Math.sqrt(own.reduce((sum, run) => sum + (samples[run.sample].error * weight(run)) ** 2, 0)),
    };
  });
}
