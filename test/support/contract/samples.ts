/** Every potential that the contract test looks at: the embedded ones, and for each form its kinds. */
import type { Atoms } from '../../../src/data/atoms.ts';
import { symbolOf } from '../../../src/data/elements.ts';
import type { Potential } from '../../../src/data/potential.ts';
import { einsteinPotential, hessianPotential } from '../../../src/data/potentials/harmonic.ts';
import { type LjShift, ljPotential } from '../../../src/data/potentials/lj.ts';
import { overlayPotential } from '../../../src/data/potentials/overlay.ts';
import { zblPotential } from '../../../src/data/potentials/zbl.ts';
import { embeddedPotentials } from '../../../src/io/embedded.ts';
import { noise } from '../../../src/verify/subject.ts';
import type { Sample } from './sample.ts';
import { descriptorSamples } from './samples-descriptors.ts';
import { eamSamples } from './samples-eam.ts';
import { BERYLLIUM, randomSnap, snapSamples, TUNGSTEN } from './samples-snap.ts';

/** Nearest neighbours of the elements of the embedded potentials, Å. */
const NEIGHBORS = new Map([
  [18, 3.75],
  [26, 2.48],
  [74, 2.74],
]);

function embeddedSample({ name, load }: (typeof embeddedPotentials)[number]): Sample {
  const potential = load();
  const distance = NEIGHBORS.get(potential.species[0]);
  if (distance === undefined)
    throw new Error(`${name}: no distance of neighbours for ${symbolOf(potential.species[0])}`);
  return {
    label: name,
    elements: potential.species,
    distance,
    potential: () => potential,
    embedded: true,
    cornerWhenAlone: potential.kernel === 'finnis-sinclair',
  };
}

function constant(label: string, elements: number[], distance: number, potential: Potential): Sample {
  return { label, elements, distance, potential: () => potential };
}

const lj = (shift: LjShift, species = [26]) => ljPotential({ species, epsilon: 0.4, sigma: 2.3, cutoff: 6, shift });
const zbl = (species: number[]) => zblPotential({ species, inner: 3.2, outer: 4.6 });

/** Sites beside the atoms, so that there are forces. */
function sitesOf(atoms: Atoms) {
  const shifts = noise(atoms.positions.length, 31);
  return { numbers: atoms.numbers, positions: atoms.positions.map((x, i) => x + 0.1 * shifts[i]) };
}

/** Symmetric, not positive: that does not matter for derivatives. */
function randomHessian(n: number): Float64Array {
  const u = noise(9 * n * n, 32);
  return u.map((x, k) => x + u[(k % (3 * n)) * 3 * n + Math.floor(k / (3 * n))]);
}

const references: Sample[] = [
  {
    label: 'einstein',
    elements: [26, 74],
    distance: 2.6,
    potential: (atoms) =>
      einsteinPotential(
        sitesOf(atoms),
        noise(atoms.numbers.length, 33).map((u) => 3 + u),
      ),
  },
  {
    label: 'hessian',
    elements: [26, 74],
    distance: 2.6,
    potential: (atoms) => hessianPotential(sitesOf(atoms), randomHessian(atoms.numbers.length)),
  },
];

export const samples: Sample[] = [
  ...embeddedPotentials.map(embeddedSample),
  constant('lj, cut', [26, 28], 2.58, lj('none', [26, 28])),
  constant('lj, shifted', [26], 2.58, lj('energy')),
  constant('lj, force-shifted', [26, 28], 2.58, lj('force', [26, 28])),
  constant('zbl', [74], 2.3, zbl([74])),
  constant('zbl, two elements', [74, 4], 2.3, zbl([4, 74])),
  constant('zbl + lj', [26, 74], 2.58, overlayPotential([zbl([26, 74]), lj('force', [26, 74])])),
  constant(
    'snap + zbl + snap',
    [74, 4],
    2.5,
    overlayPotential([
      randomSnap({ twojmax: 4 }, [TUNGSTEN, BERYLLIUM]),
      zbl([4, 74]),
      randomSnap({ twojmax: 3 }, [BERYLLIUM, TUNGSTEN]),
    ]),
  ),
  ...eamSamples,
  ...snapSamples,
  ...descriptorSamples,
  ...references,
];
