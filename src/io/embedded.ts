/** The published potentials that come with frenkel: by name, with what to cite. */
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import type { Potential } from '../data/potential.ts';
import { acklandThetfordTungsten, finnisSinclairIron } from '../data/potentials/finnis-sinclair.ts';
import { ljPotential } from '../data/potentials/lj.ts';
import { boltzmann } from '../data/units.ts';
import { potentialFiles } from '../generated/potentials.ts';
import { parseSetfl } from './setfl.ts';
import { parseSnapCompanion } from './snap.ts';

export interface EmbeddedPotential {
  name: string;
  aliases: string[];
  /** One line: what it is and where the numbers come from. */
  summary: string;
  citation: string;
  doi: string;
  /** In potentials/; empty for analytic ones. */
  files: string[];
  load(): Potential;
}

/** Text of an embedded file of potentials/. */
export function embeddedFile(file: string): string {
  if (Object.hasOwn(potentialFiles, file)) return potentialFiles[file];
  throw new InputError(`no embedded file ${JSON.stringify(file)}${didYouMean(file, Object.keys(potentialFiles))}`);
}

const FE_ACKLAND = 'Fe_Ackland_2004.eam.fs';
const ROWLEY = 'L. A. Rowley, D. Nicholson, N. G. Parsonage, J. Comput. Phys. 17, 401 (1975)';

/** Force-shifted at 2.5 sigma; the paper has the well alone. */
function argon(): Potential {
  const sigma = 3.405;
  return ljPotential({
    species: [18],
    epsilon: 119.8 * boltzmann,
    sigma,
    cutoff: 2.5 * sigma,
    shift: 'force',
    reference: `${ROWLEY}, doi:10.1016/0021-9991(75)90042-X; force-shifted at 2.5 sigma`,
    name: 'Ar-LJ-1975',
  });
}

export const embeddedPotentials: readonly EmbeddedPotential[] = [
  {
    name: 'Fe-Ackland-2004',
    aliases: ['Fe-EAM', 'Fe_Ackland_2004'],
    summary: 'Fe, EAM (Finnis–Sinclair tables): the Fe part of the Fe–P potential',
    citation:
      'G. J. Ackland, M. I. Mendelev, D. J. Srolovitz, S. Han, A. V. Barashev, J. Phys.: Condens. Matter 16, S2629 (2004)',
    doi: '10.1088/0953-8984/16/27/003',
    files: [FE_ACKLAND],
    load: () => parseSetfl(embeddedFile(FE_ACKLAND), { file: FE_ACKLAND, name: 'Fe-Ackland-2004' }),
  },
  {
    name: 'W-Wood-2017',
    aliases: ['W-SNAP', 'W_2940_2017_2'],
    summary: 'W, SNAP (2J = 8, 55 components) with ZBL between 4 and 4.8 Å',
    citation: 'M. A. Wood, A. P. Thompson, arXiv:1702.07042 (2017)',
    doi: '10.48550/arXiv.1702.07042',
    files: ['W_Wood_2017.snap', 'W_Wood_2017.snapcoeff', 'W_Wood_2017.snapparam'],
    load: () =>
      parseSnapCompanion(embeddedFile('W_Wood_2017.snap'), embeddedFile, {
        file: 'W_Wood_2017.snap',
        name: 'W-Wood-2017',
      }),
  },
  {
    name: 'Fe-Frenkel-2026',
    aliases: ['Fe-SNAP', 'Fe_Frenkel_2026'],
    summary: 'Fe, SNAP (2J = 6, 30 components): an example, fitted to Fe-Ackland-2004 by examples/fit/iron.sh',
    citation:
      'data: G. J. Ackland, M. I. Mendelev, D. J. Srolovitz, S. Han, A. V. Barashev, J. Phys.: Condens. Matter 16, S2629 (2004)',
    doi: '10.1088/0953-8984/16/27/003',
    files: ['Fe_Frenkel_2026.snap', 'Fe_Frenkel_2026.snapcoeff', 'Fe_Frenkel_2026.snapparam'],
    load: () =>
      parseSnapCompanion(embeddedFile('Fe_Frenkel_2026.snap'), embeddedFile, {
        file: 'Fe_Frenkel_2026.snap',
        name: 'Fe-Frenkel-2026',
      }),
  },
  {
    name: 'Fe-FS-1984',
    aliases: ['Fe-Finnis-Sinclair'],
    summary: 'Fe, analytic Finnis–Sinclair, with the numbers of the erratum (Philos. Mag. A 53, 161, 1986)',
    citation: 'M. W. Finnis, J. E. Sinclair, Philos. Mag. A 50, 45 (1984)',
    doi: '10.1080/01418618408244210',
    files: [],
    load: finnisSinclairIron,
  },
  {
    name: 'W-AT-1987',
    aliases: ['W-Ackland-Thetford'],
    summary: 'W, analytic Finnis–Sinclair with the Ackland–Thetford core',
    citation: 'G. J. Ackland, R. Thetford, Philos. Mag. A 56, 15 (1987)',
    doi: '10.1080/01418618708204464',
    files: [],
    load: acklandThetfordTungsten,
  },
  {
    name: 'Ar-LJ-1975',
    aliases: ['Ar-LJ', 'LJ-Ar'],
    summary: 'Ar, Lennard-Jones, epsilon/k_B = 119.8 K, sigma = 3.405 Å; force-shifted at 2.5 sigma',
    citation: ROWLEY,
    doi: '10.1016/0021-9991(75)90042-X',
    files: [],
    load: argon,
  },
];

/** The potential of a name or alias in any case, or undefined. */
export function findEmbedded(name: string): EmbeddedPotential | undefined {
  const wanted = name.toLowerCase();
  return embeddedPotentials.find((one) => [one.name, ...one.aliases].some((known) => known.toLowerCase() === wanted));
}

/** Loads by name; throws InputError with the nearest name and the list of names. */
export function loadEmbedded(name: string): Potential {
  const found = findEmbedded(name);
  if (found !== undefined) return found.load();
  const names = embeddedPotentials.map((one) => one.name);
  throw new InputError(
    `no embedded potential ${JSON.stringify(name)}${didYouMean(name, names)}; there are ${names.join(', ')}`,
  );
}
