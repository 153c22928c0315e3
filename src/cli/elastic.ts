/** frenkel elastic: elastic constants, stability and polycrystalline moduli. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Elastic, elasticConstants, relaxCell } from '../analysis/elastic.ts';
import { elasticFromEnergies } from '../analysis/elastic-energy.ts';
import { type Moduli, moduli } from '../analysis/moduli.ts';
import { PhysicsError } from '../data/errors.ts';
import { gpaPerPressure } from '../data/units.ts';
import type { System } from '../engine/system.ts';
import { rowsOf } from './counts.ts';
import { integer, jsonFlag, potentialFlags } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { withSystem } from './with-system.ts';

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  skin?: number;
  strain?: number;
  from: 'stress' | 'energy';
  points: number;
  clamped?: boolean;
  relax?: boolean;
  json?: boolean;
}

/** GPa: above this stress C_ij are no longer elastic constants to their digits. */
const STRESSED = 0.01;
/** eV/Å: what a relaxed cell may have left. */
const RELAXED = 1e-5;

export function elasticCommand(): Command {
  const command = new Command('elastic')
    .description('elastic constants C_ij, stability, moduli')
    .argument('<file>', "a crystal in any known format; '-' is standard input");
  potentialFlags(command)
    .addOption(
      new Option('--strain <e>', 'amplitude of the strains (default: 1e-4 from stress, 0.01 from energy)').argParser(
        parseStrain,
      ),
    )
    .addOption(
      new Option('--from <what>', 'differences of stresses, or fits to energies within the strain')
        .choices(['stress', 'energy'])
        .default('stress'),
    )
    .addOption(integer('--points <n>', 'energies of each fit', 5, 9))
    .option('--clamped', 'leave the atoms where the strain puts them (default: relaxed in each strained cell)')
    .option('--relax', 'relax the cell and the atoms to zero stress first')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Voigt order xx yy zz yz xz xy, engineering shears. Stresses: six strains ±e, any symmetry; the limit of small strain.
Energies: over the stated strain; a cubic crystal by C' (volume kept, parabola), C44 (volume kept, parabola) and B
(cubic polynomial), others by 21 strains. The two differ where a shell of neighbours sits at the cutoff.
--json prints {"C" (6×6 GPa),"bulk","strain","from","clamped","stress" (6, GPa, of the start),"eigenvalues","stable",
"voigt","reuss","hill","anisotropy" (universal),"cell" (3×3 Å)}; bulk is Hill's, GPa. Unstable crystals exit with 4.

Example:
  frenkel elastic iron.xyz -p Fe-Ackland-2004 --relax --json`,
    )
    .action(elastic);
  return command;
}

function parseStrain(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value > 0 && value <= 0.1)) throw new InvalidArgumentError('Expected a strain above 0 and at most 0.1.');
  return value;
}

async function elastic(file: string, flags: Flags): Promise<void> {
  const atoms = readStructure(file, flags.types);
  const potential = readPotential(flags, [atoms]);
  const { found, cell } = await withSystem(atoms, potential, flags, (system) => {
    if (flags.relax) relaxed(system);
    return { found: constants(system, flags), cell: system.cell.slice() };
  });
  const stress = Array.from(found.stress, (s) => s * gpaPerPressure);
  const largest = stress.reduce((most, s) => (Math.abs(s) > Math.abs(most) ? s : most), 0);
  if (Math.abs(largest) > STRESSED) {
    process.stderr.write(
      `frenkel: warning: the crystal starts with a stress of ${largest.toFixed(3)} GPa, so these are slopes of its stress, not elastic constants; --relax removes it\n`,
    );
  }
  const C = found.C.map((c) => c * gpaPerPressure);
  const derived = moduli(C);
  await print([
    flags.json
      ? `${JSON.stringify(report(found, C, derived, stress, cell, flags))}\n`
      : summary(found, C, derived, flags),
  ]);
  if (!derived.stable) {
    throw new PhysicsError(
      `the crystal is unstable: its elastic constants have the eigenvalue ${derived.eigenvalues[0].toFixed(3)} GPa`,
    );
  }
}

function relaxed(system: System): void {
  const left = relaxCell(system);
  if (left > RELAXED) throw new PhysicsError(`the cell did not relax: ${left.toExponential(2)} eV/Å are left`);
}

function constants(system: System, { from, strain, points, clamped }: Flags): Elastic {
  const options = { strain, relax: !clamped };
  return from === 'energy' ? elasticFromEnergies(system, { ...options, points }) : elasticConstants(system, options);
}

function report(
  found: Elastic,
  C: Float64Array,
  { hill, voigt, reuss, eigenvalues, stable, anisotropy }: Moduli,
  stress: number[],
  cell: Float64Array,
  flags: Flags,
) {
  return {
    C: Array.from({ length: 6 }, (_, i) => Array.from(C.subarray(6 * i, 6 * i + 6))),
    bulk: hill.bulk,
    strain: found.strain,
    from: flags.from,
    clamped: flags.clamped ?? false,
    stress,
    eigenvalues: Array.from(eigenvalues),
    stable,
    voigt,
    reuss,
    hill,
    anisotropy,
    cell: rowsOf(cell),
  };
}

function summary(
  found: Elastic,
  C: Float64Array,
  { hill, voigt, reuss, eigenvalues, stable, anisotropy }: Moduli,
  flags: Flags,
): string {
  const rows = Array.from({ length: 6 }, (_, i) =>
    Array.from(C.subarray(6 * i, 6 * i + 6), (c) =>
      c
        .toFixed(3)
        .replace(/^-(0\.0+)$/, '$1')
        .padStart(11),
    ).join(''),
  );
  const how = flags.from === 'energy' ? `energies within ±${found.strain}` : `stresses at ±${found.strain}`;
  const triple = (name: 'bulk' | 'shear') =>
    [voigt, reuss, hill].map((m, k) => `${['Voigt', 'Reuss', 'Hill'][k]} ${m[name].toFixed(3)}`).join('  ');
  return [
    `C_ij in GPa (xx yy zz yz xz xy) from ${how}, ${flags.clamped ? 'atoms clamped' : 'atoms relaxed'}`,
    ...rows,
    `bulk        ${triple('bulk')} GPa`,
    `shear       ${triple('shear')} GPa`,
    `Young       ${hill.young.toFixed(3)} GPa, Poisson ${hill.poisson.toFixed(4)}, universal anisotropy ${anisotropy.toFixed(4)} (0: isotropic)`,
    `stability   ${stable ? 'stable' : 'UNSTABLE'}: eigenvalues ${Array.from(eigenvalues, (e) => e.toFixed(2)).join(' ')} GPa`,
    '',
  ].join('\n');
}
