/**
 * What the Wigner–Seitz defects of a structure are, in words: those near each other are one defect, named by what its
 * sites hold; and what became of a defect while it relaxed.
 */
import type { Atoms } from '../data/atoms.ts';
import { inverse, transformRows } from '../data/cell.ts';
import { shortestVector } from '../data/displacement.ts';
import { symbolOf } from '../data/elements.ts';
import { completeCell } from '../data/image.ts';
import type { Orientation } from '../data/orient.ts';
import { atomsWithin } from './bins.ts';
import { defectInertia, defectSites } from './defect-inertia.ts';
import { nearestDistance } from './nearest-distance.ts';
import { angleBetween, axisName, commonAxis, NEAR } from './pair-axis.ts';
import { type Crowded, type WignerSeitz, wignerSeitz } from './wigner-seitz.ts';

export interface LocalDefect {
  /** 'V1', '⟨110⟩ dumbbell', 'I2 of parallel ⟨111⟩ dumbbells', 'I2: 6 empty sites, 4 of 3 atoms'. */
  name: string;
  /** Interstitials less vacancies. */
  net: number;
  vacancies: number;
  interstitials: number;
  /** (3) Å. */
  centre: [number, number, number];
  /** (3) Å², principal moments of inertia. */
  moments: [number, number, number];
}

export interface DefectState {
  vacancies: number;
  interstitials: number;
  antisites: number;
  /** By net, then centre. */
  defects: LocalDefect[];
  /** Å: nearest distance of the reference. */
  spacing: number;
  /** Atoms between two sites. */
  ambiguous: number;
}

/** Defect sites up to so many nearest distances apart belong together: the third shell of bcc, the second of fcc. */
const TOGETHER = 1.66;

/** All defects of `atoms`; `orient`: crystal directions along x, y, z, for the names of axes. */
export function defectState(atoms: Atoms, reference: Atoms, found: WignerSeitz, orient?: Orientation): DefectState {
  const spacing = nearestDistance(reference) ?? 1;
  const sites = [...found.vacancies, ...found.crowded.map(({ site }) => site)].sort((a, b) => a - b);
  const groups = together(reference, sites, TOGETHER * spacing);
  const defects = groups.map((group) => local(atoms, reference, found, group, orient));
  return {
    vacancies: found.vacancies.length,
    interstitials: found.interstitials,
    antisites: found.antisites.length,
    defects: defects.sort((a, b) => b.net - a.net || a.centre[0] - b.centre[0]),
    spacing,
    ambiguous: found.ambiguous.length,
  };
}

/** Sites joined by steps of up to `reach`, Å. */
function together(reference: Atoms, sites: readonly number[], reach: number): number[][] {
  const positions = Float64Array.from(sites.flatMap((s) => [...reference.positions.subarray(3 * s, 3 * s + 3)]));
  if (sites.length === 0) return [];
  const { start, index } = atomsWithin({ positions, cell: reference.cell, pbc: reference.pbc }, reach);
  const group = new Int32Array(sites.length).fill(-1);
  const groups: number[][] = [];
  for (let first = 0; first < sites.length; first++) {
    if (group[first] >= 0) continue;
    const members = [first];
    group[first] = groups.length;
    for (let k = 0; k < members.length; k++) {
      for (let at = start[members[k]]; at < start[members[k] + 1]; at++) {
        if (group[index[at]] >= 0) continue;
        group[index[at]] = groups.length;
        members.push(index[at]);
      }
    }
    groups.push(members.map((k) => sites[k]));
  }
  return groups;
}

function local(atoms: Atoms, reference: Atoms, found: WignerSeitz, sites: number[], orient?: Orientation): LocalDefect {
  const inside = new Set(sites);
  const part: WignerSeitz = {
    ...found,
    vacancies: found.vacancies.filter((s) => inside.has(s)),
    crowded: found.crowded.filter(({ site }) => inside.has(site)),
  };
  const interstitials = part.crowded.reduce((sum, { atoms: list }) => sum + list.length - 1, 0);
  const { centre = [0, 0, 0], moments } = defectInertia(reference, defectSites(part));
  return {
    name: nameOf(atoms, part.vacancies.length, part.crowded, orient),
    net: interstitials - part.vacancies.length,
    vacancies: part.vacancies.length,
    interstitials,
    centre: insideCell(reference, centre),
    moments,
  };
}

/** The image of a point inside the cell, as close to a face as it may be. */
function insideCell({ cell, pbc }: Atoms, point: readonly [number, number, number]): [number, number, number] {
  const h = completeCell(cell);
  const fractions = [...transformRows(point, inverse(h))];
  const wrapped = fractions.map((s, c) => (pbc[c] ? s - Math.floor(s + 1e-9) : s));
  const [x, y, z] = transformRows(wrapped, h);
  return [x, y, z];
}

function nameOf(atoms: Atoms, vacancies: number, crowded: readonly Crowded[], orient?: Orientation): string {
  const extra = crowded.reduce((sum, { atoms: list }) => sum + list.length - 1, 0);
  if (crowded.length === 0) return `V${vacancies}`;
  const net = extra - vacancies;
  const head = net > 0 ? `I${net}` : net < 0 ? `V${-net}` : 'net 0';
  if (vacancies > 0) {
    if (net === 0 && extra === 1) return 'Frenkel pair';
    const most = Math.max(...crowded.map(({ atoms: list }) => list.length));
    return `${head}: ${vacancies} empty sites, ${crowded.length} of ${most > 2 ? `up to ${most}` : '2'} atoms`;
  }
  if (crowded.length === 1 && crowded[0].atoms.length === 3) return 'I2: three atoms on one site';
  if (crowded.some(({ atoms: list }) => list.length !== 2)) return `${head}: ${crowded.length} crowded sites`;
  const pairs = crowded.map(({ atoms: list }) => pairVector(atoms, list[0], list[1]));
  if (pairs.length === 1) return `${mixed(atoms, crowded[0])}${axisName(pairs[0], orient)} dumbbell`;
  const axis = commonAxis(pairs);
  return axis
    ? `${head} of parallel ${axisName(axis, orient)} dumbbells`
    : `${head} of dumbbells that are not parallel`;
}

/** 'Fe–Cr ' for a dumbbell of two elements. */
function mixed(atoms: Atoms, { atoms: [i, j] }: Crowded): string {
  const [a, b] = [i, j].map((k) => symbolOf(atoms.numbers[k]));
  return a === b ? '' : `${a}–${b} `;
}

function pairVector(atoms: Atoms, i: number, j: number): number[] {
  const d = [0, 1, 2].map((c) => atoms.positions[3 * j + c] - atoms.positions[3 * i + c]);
  shortestVector(atoms.cell, atoms.pbc)(d);
  return d;
}

export interface Change {
  /** Nothing but relaxation happened. */
  kept: boolean;
  /** One line, empty where it was kept. */
  text: string;
}

/** No atom that moved less than this share of the nearest distance has changed its place. */
const SMALL = 0.3;

/** What became of a defect; `moved`: the farthest that an atom went, Å. */
export function defectChange(before: DefectState, after: DefectState, moved: number): Change {
  if (before.ambiguous > 0 && moved < SMALL * after.spacing) return { kept: true, text: '' };
  if (same(before, after)) return { kept: true, text: '' };
  if (after.defects.length === 0) return { kept: false, text: 'recombined: no defect is left' };
  return { kept: false, text: `became ${listed(after)}` };
}

/** The defects of a structure before and after it relaxed, and what became of them; `moved` as for defectChange(). */
export function relaxedChange(
  start: Atoms,
  end: Atoms,
  reference: Atoms,
  { moved, orient, align }: { moved: number; orient?: Orientation; align?: boolean },
): { before: DefectState; after: DefectState; change: Change } {
  const [before, after] = [start, end].map((atoms) =>
    defectState(atoms, reference, wignerSeitz(atoms, reference, { align }), orient),
  );
  return { before, after, change: defectChange(before, after, moved) };
}

/** A direction that no family is near, in a name. */
const DIRECTION = /\[(\S+) (\S+) (\S+)\]/;

/** Directions are named to two digits: one that turned by less than a name's width is the same. */
function same(before: DefectState, after: DefectState): boolean {
  const sorted = (state: DefectState) =>
    state.defects
      .map((defect) => {
        const text = signature(defect);
        return { text: text.replace(DIRECTION, '[]'), axis: DIRECTION.exec(text)?.slice(1).map(Number) };
      })
      .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const [one, other] = [sorted(before), sorted(after)];
  return (
    one.length === other.length &&
    one.every(({ text, axis }, k) => {
      const { text: now, axis: turned } = other[k];
      return text === now && (!axis || !turned || angleBetween(axis, turned) <= NEAR);
    })
  );
}

/** Shapes of voids are told apart by their moments; crowdions slide along their rows, which changes theirs but not them. */
const signature = ({ name, interstitials, moments }: LocalDefect): string =>
  interstitials > 0 ? name : `${name}:${moments.map((m) => Math.round(m * 10) / 10 + 0).join(' ')}`;

/** 'V1 at (0.00, 0.00, 0.00) Å; ⟨110⟩ dumbbell at …', at most eight. */
export function listed({ defects }: DefectState): string {
  const at = ({ name, centre }: LocalDefect) => `${name} at (${centre.map((x) => x.toFixed(2)).join(', ')}) Å`;
  const more = defects.length > 8 ? `; and ${defects.length - 8} more` : '';
  return defects.length === 0 ? 'no defect' : defects.slice(0, 8).map(at).join('; ') + more;
}
