/**
 * Point defects as flags of `build` name them. All sites are looked up in the perfect crystal, so that the number of an
 * atom means the same whatever else is made; then vacancies, interstitials and the dumbbell are made in this order.
 */
import type { Atoms } from '../data/atoms.ts';
import { placeDefect } from '../data/defect-shape.ts';
import { dumbbell, interstitial, interstitialSite, vacancy } from '../data/defects.ts';
import { numberOf, parseElement, symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { nearestAtom } from '../data/image.ts';
import type { LatticeSpec } from '../data/lattice.ts';
import { parseDirection, toOriented } from '../data/orient.ts';
import { defectKinds, defectShape } from '../data/point-defects.ts';
import { parseNumber } from '../io/lines.ts';

/** An atom's index from 0, or a Cartesian point, Å. */
export type Site = number | [number, number, number];

export interface DefectFlags {
  vacancy?: string[];
  interstitial?: string[];
  dumbbell?: string;
  /** A name of data/point-defects.ts. */
  defect?: string;
  site?: string;
  /** Å. */
  separation?: number;
  /** Of added atoms, where it is not the structure's only one. */
  element?: string;
}

/** Part of the distance to the nearest atom that is the default separation of a dumbbell. */
const DUMBBELL = 0.8;

/** Reads "12" or "0,0,1.5". */
export function parseSite(text: string, flag: string): Site {
  const words = text
    .trim()
    .slice(0, 200)
    .split(/[\s,]+/);
  const values = words.map((word) => parseNumber(word));
  const [x, y, z] = values;
  if (values.length === 1 && x !== undefined && /^\d+$/.test(words[0])) return x;
  if (values.length === 3 && x !== undefined && y !== undefined && z !== undefined) return [x, y, z];
  throw new InputError(
    `${flag}: found ${JSON.stringify(text.slice(0, 60))}; the number of an atom from 0, or x,y,z in Å, was expected`,
  );
}

function indexOf(atoms: Atoms, site: Site, flag: string): number {
  if (typeof site !== 'number') return nearestAtom(atoms, site).index;
  const n = atoms.numbers.length;
  if (site < n) return site;
  throw new InputError(`${flag}: there is no atom ${site}; the structure has ${n}, numbered from 0`);
}

/** Splits "He tetrahedral" into an element and the rest; `fallback` where no element comes first. */
function splitElement(text: string, fallback: number | undefined, flag: string): { z: number; rest: string } {
  const found = /^([A-Za-z]{1,2})\s+(\S.*)$/.exec(text.trim());
  if (found) return { z: parseElement(found[1], flag), rest: found[2].trim() };
  if (fallback !== undefined && numberOf(text.trim()) === undefined) return { z: fallback, rest: text.trim() };
  const site = JSON.stringify(text.trim().slice(0, 60));
  throw new InputError(
    `${flag}: found ${site}; which element? Put its symbol before the site, such as 'He tetrahedral'`,
  );
}

/** The structure with its defects; `spec` is the lattice where it was built from one. */
export function makeDefects(perfect: Atoms, flags: DefectFlags, spec?: LatticeSpec): Atoms {
  checkFlags(flags);
  const site = indexOf(perfect, flags.site === undefined ? 0 : parseSite(flags.site, '--site'), '--site');
  if (flags.defect !== undefined) return namedDefect(perfect, flags.defect, site, spec);
  const present = new Set(perfect.numbers);
  const element = flags.element === undefined ? undefined : parseElement(flags.element, '--element');
  const usual = element ?? (present.size === 1 ? perfect.numbers[0] : undefined);
  const gone = (flags.vacancy ?? []).map((text) => indexOf(perfect, parseSite(text, '--vacancy'), '--vacancy'));
  const twice = gone.find((index, k) => gone.indexOf(index) !== k);
  if (twice !== undefined) throw new InputError(`--vacancy: atom ${twice} is named twice`);
  const added = (flags.interstitial ?? []).map((text) => {
    const { z, rest } = splitElement(text, usual, '--interstitial');
    return { z, point: interstitialPoint(perfect, rest, site, spec) };
  });
  let atoms = perfect;
  for (const index of [...gone].sort((a, b) => b - a)) atoms = vacancy(atoms, index);
  for (const { z, point } of added) atoms = interstitial(atoms, z, point);
  if (flags.dumbbell === undefined) return atoms;
  if (gone.includes(site)) throw new InputError(`--dumbbell: atom ${site} was removed by --vacancy`);
  return addDumbbell(perfect, atoms, site, flags.dumbbell, flags.separation, spec);
}

/** Names and what they are, for help texts. */
export function defectList(): string {
  return defectKinds.map(({ written, about }) => `  ${written.padEnd(16)}${about}`).join('\n');
}

function namedDefect(perfect: Atoms, name: string, site: number, spec?: LatticeSpec): Atoms {
  const kind = spec?.kind;
  if (!spec || (kind !== 'bcc' && kind !== 'fcc')) {
    throw new InputError(
      `--defect: ${name} is known of bcc and fcc, not of ${kind ?? 'a file'}; build the lattice with it`,
    );
  }
  return placeDefect(perfect, defectShape(name, kind), { site, a: spec.a, orient: spec.orient });
}

function checkFlags(flags: DefectFlags): void {
  const { dumbbell: axis, interstitial: points = [], vacancy: gone = [], defect, site, separation } = flags;
  const named = points.some((text) => /hedral/.test(text));
  if (defect !== undefined && (axis !== undefined || points.length + gone.length > 0)) {
    throw new InputError('--defect: it goes by itself, without --vacancy, --interstitial and --dumbbell');
  }
  if (site !== undefined && axis === undefined && defect === undefined && !named) {
    throw new InputError(
      '--site: it says where --defect, --dumbbell or a named --interstitial goes, and none was given',
    );
  }
  if (separation !== undefined && axis === undefined) throw new InputError('--separation: it needs --dumbbell');
}

function interstitialPoint(atoms: Atoms, text: string, site: number, spec?: LatticeSpec): [number, number, number] {
  const hole = (['octahedral', 'tetrahedral'] as const).find((name) => name === text);
  if (hole === undefined) {
    const point = /^[A-Za-z]/.test(text) ? 0 : parseSite(text, '--interstitial');
    if (typeof point !== 'number') return point;
    throw new InputError(
      `--interstitial: found ${JSON.stringify(text.slice(0, 60))}; octahedral, tetrahedral or x,y,z in Å was expected`,
    );
  }
  const kind = spec?.kind;
  if (!spec || (kind !== 'bcc' && kind !== 'fcc')) {
    const what = kind === undefined ? 'a file' : kind;
    throw new InputError(`--interstitial: ${hole} sites are known of bcc and fcc, not of ${what}; give x,y,z in Å`);
  }
  return interstitialSite(atoms, site, { lattice: kind, hole, a: spec.a, orient: spec.orient });
}

function addDumbbell(
  perfect: Atoms,
  atoms: Atoms,
  site: number,
  text: string,
  separation: number | undefined,
  spec?: LatticeSpec,
): Atoms {
  const { z, rest } = splitElement(text, perfect.numbers[site], '--dumbbell');
  const direction = toOriented(parseDirection(rest, '--dumbbell'), spec?.orient);
  const centre = perfect.positions.slice(3 * site, 3 * site + 3);
  const length = separation ?? DUMBBELL * nearestNeighbour(perfect, site);
  return dumbbell(atoms, centre, { direction, separation: length, z });
}

/** Å. */
function nearestNeighbour(atoms: Atoms, site: number): number {
  if (atoms.numbers.length < 2) {
    throw new InputError(
      `--separation: give it: ${symbolOf(atoms.numbers[site])} is alone, so that there is no distance to take it from`,
    );
  }
  const others = vacancy(atoms, site);
  return nearestAtom(others, atoms.positions.slice(3 * site, 3 * site + 3)).distance;
}
