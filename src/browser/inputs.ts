/** Structures and potentials from what a page holds: recipes and texts of files, by the parsers of the command line. */
import type { Atoms } from '../data/atoms.ts';
import { placeDefect } from '../data/defect-shape.ts';
import { parseElement } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { lattice } from '../data/lattice.ts';
import { defectShape } from '../data/point-defects.ts';
import type { Potential } from '../data/potential.ts';
import { screwDipole } from '../data/screw-dipole.ts';
import { cubicVoigt } from '../data/stroh.ts';
import { repeat } from '../data/supercell.ts';
import { parseQuantity } from '../data/units.ts';
import { detectPotential } from '../io/detect-potential.ts';
import { loadPotential } from '../io/potential.ts';
import { detectStructure, parseStructures } from '../io/structure.ts';
import type { PotentialInput, Recipe, Sorted, StructureInput, TextFile } from './protocol.ts';

/** Repeats above are refused: 64 copies of a conventional cell along each axis are half a million atoms. */
const MOST_REPEATS = 64;

export interface Structure {
  atoms: Atoms;
  /** The crystal without its defect, where it is known. */
  perfect?: Atoms;
  /** The other end of a path. */
  last?: Atoms;
  /** For people. */
  title: string;
}

/** What a recipe calls a dipole of screw dislocations instead of a defect. */
export const SCREW = 'screw-dipole';

/** As `frenkel build screw-dipole`; `repeat` is the length of the line in Burgers vectors. */
function screw({ element, a, repeat: length, elastic = '', size = '15,9' }: Recipe): Atoms {
  const constants = elastic.split(',').map(Number);
  const [c11, c12, c44] = constants;
  if (constants.length !== 3 || !constants.every(Number.isFinite))
    throw new InputError(`--elastic: found ${JSON.stringify(elastic)}; C11,C12,C44 in GPa were expected`);
  const [columns, rows] = size.split(',').map(Number);
  return screwDipole({
    z: parseElement(element, '--element'),
    a: parseQuantity(a, { dimension: 'length', bare: 'A', name: '-a', sign: 'nonnegative' }),
    C: cubicVoigt(c11, c12, c44),
    size: [columns, rows],
    length,
  });
}

/** The crystal of a recipe, and the perfect one. Throws InputError. */
export function build(recipe: Recipe): { atoms: Atoms; perfect?: Atoms; last?: Atoms } {
  const { kind, element, repeat: n, defect } = recipe;
  if (defect === SCREW) return { atoms: screw(recipe) };
  const a = parseQuantity(recipe.a, { dimension: 'length', bare: 'A', name: '-a', sign: 'nonnegative' });
  if (!(Number.isInteger(n) && n >= 1 && n <= MOST_REPEATS))
    throw new InputError(`--repeat: found ${n}; 1 to ${MOST_REPEATS} was expected`);
  const perfect = repeat(lattice({ kind, a, elements: [element] }), [n, n, n]);
  if (defect === undefined) return { atoms: perfect, perfect };
  if (kind !== 'bcc' && kind !== 'fcc')
    throw new InputError(`--defect: ${defect} is known of bcc and fcc, not of ${kind}`);
  const shape = defectShape(defect, kind);
  const last = recipe.to === undefined ? {} : { last: placeDefect(perfect, shape, { site: recipe.to, a }) };
  return { atoms: placeDefect(perfect, shape, { site: 0, a }), perfect, ...last };
}

const titleOf = ({ kind, element, defect }: Recipe) =>
  defect === undefined ? `perfect ${kind} ${element}` : `${defect} in ${kind} ${element}`;

/** The last frame of a file, as the command line takes it, or the crystal of a recipe; and the other end of a path. */
export function readStructure(input: StructureInput): Structure {
  const first =
    'recipe' in input
      ? { ...build(input.recipe), title: titleOf(input.recipe) }
      : { atoms: lastFrame(input.file), title: input.file.name };
  return input.last ? { ...first, last: lastFrame(input.last) } : first;
}

function lastFrame({ name, text }: TextFile): Atoms {
  const frames = parseStructures(text, { file: name });
  if (frames.length === 0) throw new InputError('no structure in it', { file: name });
  return frames[frames.length - 1];
}

/** The potential that names, inline forms and files make together. Throws InputError as the command line does. */
export function readPotential({ specs, files }: PotentialInput, atoms: Atoms): Potential {
  const texts = new Map<string, string>(files.map(({ name, text }: TextFile) => [name, text]));
  const names = [...texts.keys()];
  // a .snap names its companions: where it is there, it says all
  const snap = names.find((name) => name.endsWith('.snap'));
  const chosen = specs.length > 0 ? specs : snap === undefined ? names : [snap];
  return loadPotential(chosen, {
    species: [...new Set(atoms.numbers)].sort((a, b) => a - b),
    read: (name) => texts.get(name),
    readBeside: (file, name) => {
      const text = texts.get(name);
      if (text !== undefined) return text;
      throw new InputError(`names the file ${JSON.stringify(name)}: give it together with this one`, { file });
    },
  });
}

/**
 * Files told apart by content; what looks like neither is taken for a structure, whose parser says what it expected. Two
 * structures are the ends of a path; with `end` the one that was given is the other end. Throws InputError for more.
 */
export function sortFiles(files: readonly TextFile[], end = false): Sorted {
  const potentials = files.filter(({ text }) => detectPotential(text) !== undefined);
  const rest = files.filter((file) => !potentials.includes(file));
  const known = rest.filter(({ text }) => detectStructure(text) !== undefined);
  const structures = known.length > 0 ? known : rest.slice(0, 1);
  const most = end ? 1 : 2;
  if (structures.length > most) {
    const expected = end
      ? 'one, the other end of the path, was expected'
      : 'one, or the two ends of a path, were expected';
    throw new InputError(
      `${structures.length} structures (${structures.map(({ name }) => name).join(', ')}); ${expected}`,
    );
  }
  const [first, second] = end ? [undefined, structures[0]] : structures;
  return { ...(first ? { structure: first } : {}), ...(second ? { last: second } : {}), potentials };
}
