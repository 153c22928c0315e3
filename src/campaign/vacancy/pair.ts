/** What two structures must be for a free energy of formation between them: everything else would give numbers without a meaning. */
import { countElements } from '../../analysis/formation.ts';
import type { Atoms } from '../../data/atoms.ts';
import { symbolOf } from '../../data/elements.ts';
import { InputError } from '../../data/errors.ts';

/** Edges of both cells agree to this part of the longest. */
const SAME = 1e-6;

/**
 * Throws InputError, naming the file, for held atoms, cells that are not periodic or not the same, and atoms whose reservoir
 * the bulk is not: with more than one element their proportions must be those of the bulk (an exchange of atoms).
 */
export function checkPair(bulk: Atoms, defect: Atoms, files: { bulk: string; defect: string }): void {
  for (const [atoms, file] of [
    [bulk, files.bulk],
    [defect, files.defect],
  ] as const) {
    if (!atoms.pbc.every(Boolean)) throw new InputError('the cell is not periodic along all three rows', { file });
    if (atoms.fixed?.some((held) => held !== 0)) {
      throw new InputError('some atoms are held; all atoms of a campaign are free', { file });
    }
  }
  const longest = bulk.cell.reduce((most, edge) => Math.max(most, Math.abs(edge)), 0);
  if (defect.cell.some((edge, k) => !(Math.abs(edge - bulk.cell[k]) <= SAME * longest))) {
    throw new InputError(`the cell is not that of ${files.bulk}; both must have the same`, { file: files.defect });
  }
  const [there, here] = [countElements(bulk.numbers), countElements(defect.numbers)];
  const [n, m] = [bulk.numbers.length, defect.numbers.length];
  for (const z of new Set([...there.keys(), ...here.keys()])) {
    if ((here.get(z) ?? 0) * n !== (there.get(z) ?? 0) * m) {
      throw new InputError(
        `${here.get(z) ?? 0} of ${m} atoms are ${symbolOf(z)}, in ${files.bulk} ${there.get(z) ?? 0} of ${n}: the bulk is the reservoir of ` +
          'every atom, so a crystal of one element was expected, or the same proportions; for others the chemical potentials are missing',
        { file: files.defect },
      );
    }
  }
}

/** Symbols of all elements of both. */
export const elementsOf = (...structures: readonly Atoms[]): string[] =>
  [...new Set(structures.flatMap(({ numbers }) => Array.from(numbers)))].sort((a, b) => a - b).map(symbolOf);
