/** Every text format that frenkel reads: small valid files, and the function that reads one. */
import { readFileSync } from 'node:fs';
import { parseCampaign } from '../../../src/campaign/config.ts';
import { campaignKinds } from '../../../src/campaign/kinds.ts';
import { InputError } from '../../../src/data/errors.ts';
import { lattice } from '../../../src/data/lattice.ts';
import type { Potential } from '../../../src/data/potential.ts';
import { bindForm } from '../../../src/engine/form.ts';
import { formOf } from '../../../src/engine/registry.ts';
import { termsOf } from '../../../src/engine/system.ts';
import { parseFuncfl } from '../../../src/io/funcfl.ts';
import { parseInline } from '../../../src/io/inline.ts';
import { parsePot } from '../../../src/io/milady.ts';
import { parseSetfl } from '../../../src/io/setfl.ts';
import { parseSnap, parseSnapCompanion } from '../../../src/io/snap.ts';
import { formatStructure, parseStructures } from '../../../src/io/structure.ts';
import { formatThermoHeader, formatThermoRow, parseThermo } from '../../../src/io/thermo.ts';

export interface TextFormat {
  name: string;
  seeds: string[];
  /** Reads a text as a user's program would; gives all numbers that came of it. */
  read(text: string, file: string): unknown;
}

const data = (name: string) => readFileSync(new URL(`../../data/random/${name}`, import.meta.url), 'utf8');
const example = (name: string) => readFileSync(new URL(`../../../examples/campaigns/${name}`, import.meta.url), 'utf8');

/** A potential as far as an engine binds it. */
function bound(potential: Potential): unknown {
  for (const term of termsOf(potential)) bindForm(formOf(term.kernel), term);
  return potential;
}

/** What was read must be written, and read again, too. */
function structures(format: string): TextFormat['read'] {
  return (text, file) => {
    const frames = parseStructures(text, { file, format, types: format === 'lammps-data' ? ['Fe', 'W'] : undefined });
    for (const atoms of frames) {
      const again = parseStructures(formatStructure([atoms], 'extxyz'), { format: 'extxyz' });
      if (again[0].numbers.length !== atoms.numbers.length) throw new Error('atoms were lost on the way');
    }
    return frames;
  };
}

function structureSeeds(format: string): string[] {
  const bcc = lattice({ kind: 'bcc', a: 2.8665, elements: ['Fe'] });
  const velocities = Float64Array.of(0.1, -2, 3, 4e-3, 5, 6);
  const b2 = lattice({ kind: 'B2', a: 3.1, elements: ['Fe', 'W'] });
  return [bcc, { ...bcc, velocities }, b2].map((atoms) => formatStructure([atoms], format));
}

const XYZ = [
  '2\nLattice="2.8665 0 0 0 2.8665 0 0 0 2.8665" Properties=species:S:1:pos:R:3:forces:R:3 energy=-8.02 pbc="T T F" name="a b"\nFe 0 0 0 0.1 0 0\nFe 1.43325 1.43325 1.43325 -0.1 0 0\n',
  '1\nplain\nFe 0 0 0\n1\n\nW 1 2 3\n',
  '1\nLattice={3 0 0 0 3 0 0 0 3} Properties=Z:I:1:pos:R:3:move_mask:L:1 tags="_JSON [[1,2],[3,4]]" list=[1,2,3]\n26 0 0 0 T\n',
];

const POSCAR = [
  'Fe2\n1.0\n2.8665 0 0\n0 2.8665 0\n0 0 2.8665\nFe\n2\nSelective dynamics\nDirect\n0 0 0 T T F\n0.5 0.5 0.5 F F F\n',
  'W1\n-31.5\n1 0 0\n0 1 0\n0 0 1\nW Be\n1 1\nCartesian\n0 0 0\n1.5 1.5 1.5\n\n0.1 0.2 0.3\n0 0 0\n',
];

const LAMMPS_DATA = [
  'made by hand\n\n2 atoms\n1 atom types\n0 3.0 xlo xhi\n0 3 ylo yhi\n0 3 zlo zhi\n0.1 0 -0.1 xy xz yz\n\nMasses\n\n1 55.845 # Fe\n\nAtoms # atomic\n\n1 1 0 0 0 0 0 1\n2 1 1.5 1.5 1.5 0 0 -1\n\nVelocities\n\n1 0 1 2\n2 3 4 5\n',
];

const LAMMPS_DUMP = [
  'ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS pp pp ff\n0 3\n0 3\n0 3\nITEM: ATOMS id type element x y z vx vy vz\n2 1 Fe 1.5 1.5 1.5 0 0 0\n1 1 Fe 0 0 0 1 2 3\nITEM: TIMESTEP\n10\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS xy xz yz pp pp pp\n0 3.1 0.1\n0 3 0\n0 3 0\nITEM: ATOMS id element xs ys zs ix iy iz\n1 W 0 0.5 0.5 0 1 -1\n',
];

const CIF = [
  "data_Fe\n_cell_length_a 2.8665(3)\n_cell_length_b 2.8665\n_cell_length_c 2.8665\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\nloop_\n_symmetry_equiv_pos_as_xyz\n'x, y, z'\n'x+1/2, y+1/2, z+1/2'\nloop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\nFe1 Fe 0 0 0 1.0\n",
  "data_x\n_chemical_name \n;text\n;\n_space_group_name_H-M_alt 'P 1'\n_cell_length_a 4\n_cell_length_b 5\n_cell_length_c 6\n_cell_angle_alpha 80\n_cell_angle_beta 95\n_cell_angle_gamma 120\nloop_\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nW 0.1 0.2 0.3\nBe -0.1 1.2 0.5\n#END\n",
];

const numbers = (n: number, f: (k: number) => number) =>
  Array.from({ length: n }, (_, k) => f(k).toFixed(6)).join('\n');
const KNOTS = 12;

const SETFL = [
  `one\ntwo\nthree\n1 Fe\n${KNOTS} 0.1 ${KNOTS} 0.4 4.4\n26 55.845 2.8665 bcc\n${numbers(KNOTS, (k) => -Math.sqrt(0.1 * k))}\n${numbers(KNOTS, (k) => (KNOTS - 1 - k) / 9)}\n${numbers(KNOTS, (k) => (KNOTS - 1 - k) ** 2 / 50)}\n`,
  `one\ntwo\nthree\n2 Ni Cu\n${KNOTS} 0.1 ${KNOTS} 0.4 4.4\n${[0, 1].map((e) => `${28 + e} 60 3.5 fcc\n${numbers(KNOTS, (k) => -0.1 * k)}\n${numbers(KNOTS, (k) => (KNOTS - 1 - k) / 9)}`).join('\n')}\n${numbers(3 * KNOTS, (k) => 1 / (1 + k))}\n`,
];

const FUNCFL = [
  `Fe by hand\n26 55.845 2.8665 bcc\n${KNOTS} 0.1 ${KNOTS} 0.4 4.4\n${numbers(KNOTS, (k) => -Math.sqrt(0.1 * k))}\n${numbers(KNOTS, (k) => (KNOTS - 1 - k) / 9)}\n${numbers(KNOTS, (k) => (KNOTS - 1 - k) / 7)}\n`,
];

const SNAP = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: LAMMPS writes its variables so
  'variable zblcutinner equal 4\nvariable zblcutouter equal 4.8\nvariable zblz equal 74\n\npair_style hybrid/overlay zbl ${zblcutinner} ${zblcutouter} snap\npair_coeff 1 1 zbl ${zblz} ${zblz}\npair_coeff 2 2 zbl 4 4\npair_coeff 1 2 zbl ${zblz} 4\npair_coeff * * snap quad.snapcoeff quad.snapparam W Be\n',
  'pair_style snap\npair_coeff * * quad.snapcoeff quad.snapparam W Be\n',
];

const THERMO = [
  formatThermoHeader(['Step', 'Time', 'PotEng']) +
    [0, 10, 20].map((step) => formatThermoRow([step, step * 0.001, -8.02 - step])).join('') +
    'Loop time of 1 on 2 procs\n',
];

const INLINE = [
  'lj epsilon=0.4eV sigma=2.3A cutoff=6A shift=force',
  'zbl inner=4 A outer=0.48 nm',
  'lj epsilon=38 kJ/mol sigma=2.3A cutoff=6A',
];

const [coefficients, parameters] = [data('quad.snapcoeff'), data('quad.snapparam')];

export const textFormats: TextFormat[] = [
  { name: 'extxyz', seeds: [...XYZ, ...structureSeeds('extxyz')], read: structures('extxyz') },
  { name: 'POSCAR', seeds: [...POSCAR, ...structureSeeds('poscar')], read: structures('poscar') },
  { name: 'LAMMPS data', seeds: [...LAMMPS_DATA, ...structureSeeds('lammps-data')], read: structures('lammps-data') },
  { name: 'LAMMPS dump', seeds: [...LAMMPS_DUMP, ...structureSeeds('lammps-dump')], read: structures('lammps-dump') },
  { name: 'CIF', seeds: CIF, read: structures('cif') },
  { name: 'setfl', seeds: SETFL, read: (text, file) => bound(parseSetfl(text, { file })) },
  { name: 'funcfl', seeds: FUNCFL, read: (text, file) => bound(parseFuncfl([{ text, file }])) },
  {
    name: 'snapcoeff',
    seeds: [coefficients, coefficients.replace(/^#.*\n/, '')],
    read: (text, file) => bound(parseSnap({ text, file }, { text: parameters, file: 'quad.snapparam' })),
  },
  {
    name: 'snapparam',
    seeds: [parameters, data('noswitch.snapparam'), `${parameters}switchinnerflag 1\nsinner 2.2 1.8\ndinner 0.4 0.5\n`],
    read: (text, file) => bound(parseSnap({ text: coefficients, file: 'quad.snapcoeff' }, { text, file })),
  },
  {
    name: 'snap',
    seeds: SNAP,
    read: (text, file) =>
      bound(
        parseSnapCompanion(
          text,
          (name) => {
            if (name === 'quad.snapcoeff') return coefficients;
            if (name === 'quad.snapparam') return parameters;
            throw new InputError('no such file', { file: name });
          },
          { file },
        ),
      ),
  },
  {
    name: 'pot',
    seeds: [data('rnd_LML_j0.5_full.pot'), data('rnd_LML_j3.5_diag.pot')],
    read: (text, file) => bound(parsePot(text, { file })),
  },
  {
    name: 'campaign',
    seeds: [example('fe-vacancy.yaml'), example('fe-qnml-vacancy.yaml')],
    read: (text, file) => parseCampaign(text, file, campaignKinds).config,
  },
  { name: 'inline', seeds: INLINE, read: (text) => bound(parseInline(text, { species: [26, 74] })) },
  { name: 'thermo', seeds: THERMO, read: (text, file) => parseThermo(text, file) },
];
