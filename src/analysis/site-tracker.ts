/**
 * Wigner–Seitz sites of atoms that are looked at again and again: an atom nearer to the site where it was than half the
 * shortest distance of two sites is still there; only the others are looked up. Empty and crowded sites are those of
 * wignerSeitz().
 */
import type { Atoms } from '../data/atoms.ts';
import { determinant } from '../data/cell.ts';
import { shortestVector } from '../data/displacement.ts';
import { completeCell } from '../data/image.ts';
import { nearestFinder } from './bins.ts';
import { nearestDistance } from './nearest-distance.ts';
import { inCellOf, spacingOf, wignerSeitz } from './wigner-seitz.ts';

export interface TrackedSites {
  /** Sites without an atom, ascending. */
  vacancies: number[];
  /** Atoms that share a site, ascending. */
  crowded: number[];
  /** Atoms that were looked up. */
  lookedUp: number;
}

/** Of atoms of one kind and number, given as they are now; a drift of the crystal is followed. */
export function siteTracker(reference: Atoms): (atoms: Atoms) => TrackedSites {
  const sites = reference.numbers.length;
  const shortest = shortestVector(reference.cell, reference.pbc);
  const volume = Math.abs(determinant(completeCell(reference.cell)));
  const find = nearestFinder(reference, spacingOf(volume, sites));
  const safe = ((nearestDistance(reference) ?? 0) / 2) * (1 - 1e-9);
  let site: Int32Array | undefined;
  const d = new Float64Array(3);
  /** From its site to an atom, Å. */
  const fromSite = (x: Float64Array, i: number, s: number, shift: ArrayLike<number>) => {
    for (let c = 0; c < 3; c++) d[c] = x[3 * i + c] - shift[c] - reference.positions[3 * s + c];
    shortest(d);
  };
  const driftOf = (x: Float64Array, known: Int32Array): number[] => {
    const sum = [0, 0, 0];
    known.forEach((s, i) => {
      fromSite(x, i, s, NOWHERE);
      for (let c = 0; c < 3; c++) sum[c] += d[c];
    });
    return sum.map((total) => total / known.length);
  };
  return (atoms) => {
    const x = inCellOf(atoms, reference);
    let lookedUp = 0;
    if (!site || site.length !== atoms.numbers.length) {
      site = wignerSeitz(atoms, reference, { align: true }).site;
      lookedUp = site.length;
    }
    // atoms that changed their sites change the drift, and that may change sites
    for (let round = 0, moved = 1; moved > 0 && round < ROUNDS; round++) {
      const shift = driftOf(x, site);
      moved = 0;
      for (let i = 0; i < site.length; i++) {
        fromSite(x, i, site[i], shift);
        if (d[0] * d[0] + d[1] * d[1] + d[2] * d[2] < safe * safe) continue;
        lookedUp++;
        const { atom } = find([0, 1, 2].map((c) => x[3 * i + c] - shift[c]));
        if (atom !== site[i]) moved++;
        site[i] = atom;
      }
    }
    return { ...occupation(site, sites), lookedUp };
  };
}

const NOWHERE = [0, 0, 0];
const ROUNDS = 3;

function occupation(site: Int32Array, sites: number): Pick<TrackedSites, 'vacancies' | 'crowded'> {
  const count = new Int32Array(sites);
  for (const s of site) count[s]++;
  const [vacancies, crowded]: number[][] = [[], []];
  count.forEach((atoms, s) => {
    if (atoms === 0) vacancies.push(s);
  });
  site.forEach((s, i) => {
    if (count[s] > 1) crowded.push(i);
  });
  return { vacancies, crowded };
}
