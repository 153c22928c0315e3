/**
 * Behler's set of 8 radial and 43 angular symmetry functions as MILADY has it ("strict Behler", its type 3): cutoff
 * 11.338 a0, η in a0⁻². MILADY leaves the λ of the angular ones unset; here they alternate, −1 and +1, the last +1.
 *
 * J. Behler, Phys. Chem. Chem. Phys. 13, 17930 (2011), doi:10.1039/c1cp21668f.
 */
import { weightsKey } from './common.ts';
import type { DescriptorRecord } from './descriptor.ts';
import { radialBlock } from './g2.ts';
import { type AngularTerm, angularBlock } from './g3.ts';
import { settingOf } from './settings.ts';

/** Å, as MILADY has it for either part. */
const BOHR_RADIAL = 0.52917721067;
const BOHR_ANGULAR = 0.52917721077;
const CUTOFF = 11.338 * BOHR_RADIAL;

const RADIAL = [0.001, 0.01, 0.02, 0.035, 0.06, 0.1, 0.2, 0.4];
/** η a0² and the ζ that go with it, each for both λ. */
const ANGULAR: [eta: number, zetas: number[]][] = [
  [0.0001, [1, 2]],
  [0.003, [1, 2]],
  [0.008, [1, 2]],
  [0.015, [1, 2, 4, 16]],
  [0.025, [1, 2, 4, 16]],
  [0.045, [1, 2, 4, 16]],
  [0.08, [1, 2, 4, 16]],
];

function angularTerms(): AngularTerm[] {
  const all = ANGULAR.flatMap(([eta, zetas]) =>
    zetas.flatMap((zeta) => [-1, 1].map((lambda) => ({ eta: eta / (BOHR_ANGULAR * BOHR_ANGULAR), lambda, zeta }))),
  );
  // the last has λ = 1 alone
  return [...all.slice(0, -2), all[all.length - 1]];
}

export const behler: DescriptorRecord = {
  name: 'behler',
  title: "Behler's set of G2 and G3 as in MILADY, doi:10.1039/c1cp21668f",
  keys: [
    {
      key: 'set',
      kind: { choices: ['both', 'radial', 'angular'] },
      fallback: 'both',
      meaning: 'the 8 radial functions, the 43 angular ones, or both; the cutoff is 5.9998 Å',
    },
    weightsKey,
  ],
  blocks: (settings, species) => {
    const set = settingOf.word(settings, 'set');
    const weights = settingOf.elements(settings, 'weights', species);
    const terms = RADIAL.map((eta) => ({ eta: eta / (BOHR_RADIAL * BOHR_RADIAL), shift: 0 }));
    return [
      ...(set === 'angular' ? [] : [radialBlock(terms, CUTOFF, weights)]),
      ...(set === 'radial' ? [] : [angularBlock(angularTerms(), CUTOFF, weights)]),
    ];
  },
};
