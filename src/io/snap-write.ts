/** A SNAP potential as LAMMPS reads it: .snapcoeff, .snapparam, and the .snap with the pair commands. */
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { SnapOptions } from '../data/potentials/snap.ts';

export interface SnapFiles {
  snapcoeff: string;
  snapparam: string;
  /** Commands that select it, with the ZBL core where there is one. */
  snap: string;
}

/** Radii of a ZBL core, Å. */
export interface Core {
  inner: number;
  outer: number;
}

const flag = (value: boolean | undefined, fallback = false) => ((value ?? fallback) ? 1 : 0);

/**
 * The files of a potential whose files are called `name`. Numbers are written with all digits that they have, so reading
 * gives the same bits. Throws InputError for MILADY's diagonal set, which SNAP does not have.
 */
export function formatSnap(options: SnapOptions, name: string, core?: Core): SnapFiles {
  if (options.diagonal) throw new InputError('the diagonal set of components cannot be written as SNAP files');
  if (!/^[\w.+-]+$/.test(name)) throw new InputError(`expected a plain name of the potential, found ${name}`);
  const { elements } = options;
  const cited = options.reference ? `# CITATION: ${options.reference.replace(/\s+/g, ' ')}\n` : '';
  const blocks = elements.map(
    ({ number, radius, weight, coefficients }) =>
      `${symbolOf(number)} ${radius} ${weight}\n${Array.from(coefficients, (c) => `${c}\n`).join('')}`,
  );
  const snapcoeff = `# SNAP coefficients, fitted with frenkel\n${cited}${elements.length} ${elements[0].coefficients.length}\n${blocks.join('')}`;
  return { snapcoeff, snapparam: parameters(options), snap: commands(options, name, core) };
}

function parameters(options: SnapOptions): string {
  const { elements } = options;
  const lines: [string, number | string][] = [
    ['rcutfac', options.rcutfac],
    ['twojmax', options.twojmax],
    ['rfac0', options.rfac0 ?? 0.99363],
    ['rmin0', options.rmin0 ?? 0],
    ['switchflag', flag(options.switchflag, true)],
    ['bzeroflag', flag(options.bzeroflag, true)],
    ['quadraticflag', flag(options.quadraticflag)],
  ];
  // Older LAMMPS refuse keywords that they do not know: these only where they say something.
  for (const key of ['chemflag', 'bnormflag', 'wselfallflag', 'switchinnerflag'] as const)
    if (options[key]) lines.push([key, 1]);
  if (options.switchinnerflag) {
    lines.push(['sinner', elements.map((e) => e.sinner).join(' ')]);
    lines.push(['dinner', elements.map((e) => e.dinner).join(' ')]);
  }
  return `# SNAP parameters, fitted with frenkel\n${lines.map(([key, value]) => `${key} ${value}\n`).join('')}`;
}

function commands({ elements }: SnapOptions, name: string, core?: Core): string {
  const symbols = elements.map(({ number }) => symbolOf(number)).join(' ');
  const files = `${name}.snapcoeff ${name}.snapparam ${symbols}`;
  if (!core) return `pair_style snap\npair_coeff * * ${files}\n`;
  const charges = elements.flatMap((a, i) =>
    elements.slice(i).map((b, j) => `pair_coeff ${i + 1} ${i + j + 1} zbl ${a.number} ${b.number}\n`),
  );
  return `pair_style hybrid/overlay zbl ${core.inner} ${core.outer} snap\n${charges.join('')}pair_coeff * * snap ${files}\n`;
}
