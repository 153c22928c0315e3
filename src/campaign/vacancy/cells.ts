/** The two cells of a case, perfect and with the defect, as they stand before anything is relaxed. */
import type { Atoms } from '../../data/atoms.ts';
import { determinant } from '../../data/cell.ts';
import { dumbbell, interstitial, interstitialSite, vacancy } from '../../data/defects.ts';
import { InputError } from '../../data/errors.ts';
import { nearestAtom } from '../../data/image.ts';
import { lattice } from '../../data/lattice.ts';
import { pow } from '../../data/math.ts';
import { repeat } from '../../data/supercell.ts';
import type { VacancyConfig } from './config.ts';

export type CellName = 'bulk' | 'defect';

/** What the cells are built from: the parts of the configuration that decide them, and how often the cell is repeated. */
export interface CellSpec extends Pick<VacancyConfig, 'crystal' | 'element' | 'a' | 'c' | 'defect'> {
  repeat: number;
}

/** The resources that files are found under. */
export const fileResource = (cell: CellName): string => `structure-${cell}`;

/** Part of the nearest distance that a dumbbell begins with. */
const DUMBBELL = 0.8;

/** The cell of a case scaled by `scale`, positions and all; resource() finds structures that came from files. */
export function cellOf(spec: CellSpec, cell: CellName, scale: number, resource: (name: string) => unknown): Atoms {
  const atoms = unscaled(spec, cell, resource);
  return { ...atoms, positions: atoms.positions.map((x) => x * scale), cell: atoms.cell.map((x) => x * scale) };
}

/** Å: the length that a lattice constant is measured by, at scale 1: a, or the cube root of the volume of a file's cell. */
export function lengthOf(spec: CellSpec, resource: (name: string) => unknown): number {
  return spec.a ?? pow(Math.abs(determinant(unscaled(spec, 'bulk', resource).cell)), 1 / 3);
}

function unscaled(spec: CellSpec, cell: CellName, resource: (name: string) => unknown): Atoms {
  const { defect } = spec;
  if (typeof defect === 'object' && 'bulk' in defect) return resource(fileResource(cell)) as Atoms;
  const bulk = crystalOf(spec, spec.repeat);
  return cell === 'bulk' ? bulk : withDefect(bulk, spec);
}

/** A conventional cell of the crystal, repeated along its rows. */
export function crystalOf({ crystal, element, a, c }: CellSpec, times: number): Atoms {
  if (element === undefined || a === undefined) throw new InputError('a crystal needs its element and a');
  const unit = lattice({ kind: crystal, a, elements: [element], ...(c === undefined ? {} : { c }) });
  return repeat(unit, [times, times, times]);
}

/** A vacancy takes the last atom, so that all others keep their numbers and with them their random numbers. */
function withDefect(bulk: Atoms, { defect, crystal, a = 1 }: CellSpec): Atoms {
  const last = bulk.numbers.length - 1;
  if (defect === 'vacancy') return vacancy(bulk, last);
  if ('vacancies' in defect) {
    const origin = bulk.positions.subarray(3 * last, 3 * last + 3);
    const gone = defect.vacancies.map((site) =>
      nearestAtom(
        bulk,
        site.map((s, c) => origin[c] + a * s),
      ),
    );
    const off = gone.find(({ distance }) => distance > 0.1 * a);
    if (off) throw new InputError(`vacancies: a site is ${off.distance.toFixed(3)} Å off the nearest atom`);
    const indices = [...new Set(gone.map(({ index }) => index))].sort((p, q) => q - p);
    if (indices.length < gone.length) throw new InputError('vacancies: a site is named twice');
    return indices.reduce((atoms, index) => vacancy(atoms, index), bulk);
  }
  if ('interstitial' in defect) {
    if (crystal !== 'bcc' && crystal !== 'fcc') throw new InputError(`${defect.interstitial}: known of bcc and fcc`);
    const site = interstitialSite(bulk, last, { lattice: crystal, hole: defect.interstitial, a });
    return interstitial(bulk, bulk.numbers[last], site);
  }
  if ('dumbbell' in defect) {
    const near = nearestAtom(vacancy(bulk, last), bulk.positions.slice(3 * last)).distance;
    return dumbbell(bulk, last, { direction: defect.dumbbell, separation: defect.separation ?? DUMBBELL * near });
  }
  throw new InputError('a defect from files is not built');
}
