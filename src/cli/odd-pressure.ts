/** Pressures that were probably meant in another unit. */
import { inUnit } from '../data/units.ts';

/** GPa: more than at the centre of the Earth, and than potentials of metals are made for. */
const MOST = 500;

/** Says so on standard error where one of them (eV/Å^3) is beyond that: LAMMPS's numbers are bar. */
export function warnOfOddPressure(...pressures: readonly number[]): void {
  const largest = Math.max(...pressures.map((pressure) => Math.abs(inUnit(pressure, 'pressure', 'GPa'))));
  if (largest <= MOST) return;
  const number = Number(largest.toPrecision(6));
  process.stderr.write(
    `frenkel: warning: a pressure of ${number} GPa is very high; bare numbers are GPa, LAMMPS's are '${number} bar'\n`,
  );
}
