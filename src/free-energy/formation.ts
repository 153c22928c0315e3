/**
 * Free energy of formation of a defect of N_d atoms from a bulk of N_b, r = N_d/N_b:
 *
 *   as published   F_f = F_d − r F_b (Goryaeva et al. 2021, 10.1103/PhysRevMaterials.5.103803)
 *   mode matched   F_f = U_d − r U_b + A_d − (M_d/M_b) A_b with A = F − U0 of the M = 3N − 3 modes: the physical one. As
 *                  published, 3(1 − r) modes more are on one side than on the other, and the unit of energy shows
 */
import { exp } from '../data/math.ts';
import { boltzmann } from '../data/units.ts';

/** A cell in its state at one temperature. */
export interface CellFree {
  atoms: number;
  modes: number;
  /** eV: F, and its part U0. */
  free: number;
  energy: number;
}

/** eV; mode matched is the physical one. */
export interface FormationFree {
  asPublished: number;
  modeMatched: number;
}

/** eV, of the whole defect. */
export function formationFree(defect: CellFree, bulk: CellFree): FormationFree {
  const perAtom = defect.atoms / bulk.atoms;
  const perMode = defect.modes / bulk.modes;
  return {
    asPublished: defect.free - perAtom * bulk.free,
    modeMatched:
      defect.energy - perAtom * bulk.energy + (defect.free - defect.energy) - perMode * (bulk.free - bulk.energy),
  };
}

/** Å^3 that the crystal swells by with one defect: V_d − (N_d/N_b) V_b, the removed or added atoms kept elsewhere in it. */
export const formationVolume = (
  defect: { volume: number; atoms: number },
  bulk: { volume: number; atoms: number },
): number => defect.volume - (defect.atoms / bulk.atoms) * bulk.volume;

/** Equilibrium concentration per site, exp(−G_f/k_B T) times the number of orientations. */
export const concentration = (free: number, temperature: number, orientations = 1): number =>
  orientations * exp(-free / (boltzmann * temperature));
