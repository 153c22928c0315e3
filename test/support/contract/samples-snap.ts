/** SNAP potentials with random coefficients, one for each flag that changes the energy. */
import type { Potential } from '../../../src/data/potential.ts';
import { type SnapOptions, snapCoefficients, snapPotential, snapSize } from '../../../src/data/potentials/snap.ts';
import { noise } from '../../../src/verify/subject.ts';
import type { Sample } from './sample.ts';

export const TUNGSTEN = { number: 74, radius: 0.5, weight: 1, sinner: 2.2, dinner: 0.4 };
export const BERYLLIUM = { number: 4, radius: 0.417, weight: 0.96, sinner: 1.8, dinner: 0.5 };

/** One number per coefficient, of a size that gives forces of some eV/Å. */
const LINEAR = 0.02;
const QUADRATIC = 2e-4;

type Flags = Omit<SnapOptions, 'elements' | 'rcutfac'>;

export function randomSnap(flags: Flags, elements: (typeof TUNGSTEN)[]): Potential {
  const channels = flags.chemflag ? elements.length : 1;
  const size = snapSize(flags.twojmax, flags.diagonal ?? false, channels);
  const count = snapCoefficients(size, flags.quadraticflag ?? false);
  return snapPotential({
    rcutfac: 4.73442,
    elements: elements.map((element, i) => ({
      ...element,
      coefficients: noise(count, 20 + i).map((u, k) => (k > size ? QUADRATIC : LINEAR) * u),
    })),
    ...flags,
  });
}

function sample(label: string, flags: Flags, elements = [TUNGSTEN]): Sample {
  const potential = randomSnap(flags, elements);
  return { label, elements: elements.map((e) => e.number), distance: 2.7, potential: () => potential };
}

const BOTH = [TUNGSTEN, BERYLLIUM];

export const snapSamples: Sample[] = [
  sample('snap, linear', { twojmax: 6 }),
  sample(
    'snap, odd twojmax, two elements, bzeroflag 0, bnormflag',
    { twojmax: 5, bzeroflag: false, bnormflag: true },
    BOTH,
  ),
  sample('snap, rmin0, rfac0', { twojmax: 4, rmin0: 1.1, rfac0: 0.9 }, BOTH),
  sample('snap, chemflag', { twojmax: 3, chemflag: true }, BOTH),
  sample(
    'snap, chemflag, wselfallflag, bnormflag',
    { twojmax: 3, chemflag: true, wselfallflag: true, bnormflag: true },
    BOTH,
  ),
  sample('snap, inner switching', { twojmax: 4, switchinnerflag: true }, BOTH),
  sample('snap, switchflag 0', { twojmax: 4, switchflag: false }, BOTH),
  sample('snap, diagonal', { twojmax: 6, diagonal: true }),
  sample('snap, quadratic', { twojmax: 4, quadraticflag: true }, BOTH),
  sample(
    'snap, quadratic, chemflag, diagonal',
    { twojmax: 3, quadraticflag: true, chemflag: true, diagonal: true },
    BOTH,
  ),
];
