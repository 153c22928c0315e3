/** Made-up potentials over every descriptor: linear and quadratic, one and two elements, hybrids. */
import {
  type DescriptorElement,
  descriptorPotential,
  descriptorSize,
} from '../../../src/data/potentials/descriptor.ts';
import { parseDescriptor } from '../../../src/io/descriptor.ts';
import { noise } from '../../../src/verify/subject.ts';
import type { Sample } from './sample.ts';

const TUNGSTEN = [74];
const BOTH = [74, 26];

/** Coefficients that give forces of some eV/Å: `scale` for linear ones, its square for quadratic ones. */
function sample(text: string, species: number[], quadratic = false, scale = 0.1): Sample {
  const descriptor = parseDescriptor(text);
  const size = descriptorSize(descriptor, species);
  const count = 1 + size + (quadratic ? (size * (size + 1)) / 2 : 0);
  const elements = species.map((number, t): DescriptorElement => {
    const u = noise(count, 60 + t);
    return { number, coefficients: u.map((x, k) => (k > size ? scale * scale * 0.1 : scale) * x) };
  });
  const potential = descriptorPotential({ descriptor, elements, quadratic });
  const label = `${text}${quadratic ? ', quadratic' : ''}${species.length > 1 ? ', two elements' : ''}`;
  return { label, elements: species, distance: 2.6, potential: () => potential };
}

export const descriptorSamples: Sample[] = [
  sample('g2 rcut=4.7A neta=4 nrs=3', TUNGSTEN),
  sample('g2 rcut=4.7A grid=explicit etas=0.5,2 shifts=0,2.5,4 weights=W:1.5,Fe:0.7', BOTH, true),
  sample('g3 rcut=4.7A neta=3 nzeta=3', TUNGSTEN, false, 1),
  sample('g3 rcut=4.7A grid=explicit etas=0.02,0.1 lambdas=-1,0.5 zetas=1,3 weights=W:1.5,Fe:0.7', BOTH, true),
  sample('afs rcut=4.7A n=6 l=5', TUNGSTEN),
  sample('afs rcut=4.7A n=3 l=4 weights=W:1.5,Fe:0.7', BOTH, true, 0.03),
  sample('afs rcut=4.7A n=2 l=3 type=2', TUNGSTEN, true, 0.03),
  sample('hybrid g2(rcut=4.2A nrs=2) + bso4(rcut=4.7A jmax=1.5)', TUNGSTEN, false, 0.05),
  sample('hybrid bso4(rcut=4.7A jmax=1.5 weights2=W:0.7,Fe:1.1) + afs(rcut=4.4A n=2 l=2)', BOTH, true, 0.03),
  sample('snap(rcut=4.7A twojmax=3 chem=1 weights=W:1,Fe:0.8 radii=W:0.5,Fe:0.45) + g2()', BOTH, true, 0.02),
  sample('pso3 rcut=4.7A n=3 lmax=4', TUNGSTEN),
  sample('pso3 rcut=4.7A n=2 lmax=3 radial=chebyshev centre=none weights2=W:0.8,Fe:1.2', BOTH, true),
  sample('pso3-3body rcut=4.7A n=2 lmax=3', TUNGSTEN),
  sample('pso3-3body rcut=4.7A n=2 lmax=2 weights=W:1.5,Fe:0.7', BOTH, true),
  sample('pso4 rcut=4.7A jmax=2.5', TUNGSTEN),
  sample('pso4 rcut=4.7A jmax=2 weights2=W:1.5,Fe:0.7', BOTH, true),
];
