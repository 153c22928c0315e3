/**
 * Potentials as users name them: an embedded name, an inline form, or files, told apart by content. Files that belong
 * together (.snapcoeff with .snapparam, funcfl files of several elements) make one potential; several add up on request.
 */
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import type { Potential } from '../data/potential.ts';
import { overlayPotential } from '../data/potentials/overlay.ts';
import { detectPotential, type PotentialFormat } from './detect-potential.ts';
import { embeddedPotentials, findEmbedded } from './embedded.ts';
import { parseFuncfl } from './funcfl.ts';
import { isInline, parseInline } from './inline.ts';
import { parsePot } from './milady.ts';
import { parseNative } from './native.ts';
import { parseSetfl } from './setfl.ts';
import { parseSnap, parseSnapCompanion } from './snap.ts';

export interface PotentialContext {
  /** Atomic numbers of the structure: inline forms hold for these. */
  species: number[];
  /** Sum several potentials; without it more than one is an error. */
  overlay?: boolean;
  /** Text of a file named by the user. Returns undefined where there is none. */
  read(path: string): string | undefined;
  /** Text of a file that `path` (a .snap file) names; a plain name beside it. */
  readBeside(path: string, name: string): string;
}

interface NamedFile {
  file: string;
  text: string;
  format: PotentialFormat;
}

/** One potential from what was given with -p. Throws InputError that names the argument or file. */
export function loadPotential(specs: readonly string[], context: PotentialContext): Potential {
  if (specs.length === 0) {
    const names = embeddedPotentials.map((one) => one.name).join(', ');
    throw new InputError(`no potential: give -p with a file, an inline form or one of ${names}`);
  }
  const terms: Potential[] = [];
  const files: NamedFile[] = [];
  for (const spec of specs) {
    const embedded = findEmbedded(spec);
    if (embedded) terms.push(embedded.load());
    else if (isInline(spec)) terms.push(parseInline(spec, context));
    else files.push(readFile(spec, context));
  }
  terms.push(...joinFiles(files, context));
  if (terms.length === 1) return terms[0];
  if (!context.overlay) {
    const names = terms.map((term) => term.name ?? term.kernel).join(', ');
    throw new InputError(`${terms.length} potentials given (${names}): add --overlay to sum them, or keep one`);
  }
  return overlayPotential(terms);
}

function readFile(path: string, context: PotentialContext): NamedFile {
  const text = context.read(path);
  if (text === undefined) {
    const names = embeddedPotentials.map((one) => one.name);
    const hint = didYouMean(path, names);
    throw new InputError(
      `-p ${path}: neither a file nor an embedded potential${hint}; embedded are ${names.join(', ')}`,
    );
  }
  const format = detectPotential(text);
  if (format === undefined) {
    throw new InputError(
      'not a potential that frenkel knows: expected setfl, fs, funcfl, .snapcoeff, .snapparam, .snap, .pot or frenkel JSON',
      {
        file: path,
        line: 1,
      },
    );
  }
  return { file: path, text, format };
}

function joinFiles(files: NamedFile[], context: PotentialContext): Potential[] {
  const of = (format: PotentialFormat) => files.filter((file) => file.format === format);
  const terms: Potential[] = [];
  for (const file of of('setfl')) terms.push(parseSetfl(file.text, { file: file.file }));
  for (const file of of('milady')) terms.push(parsePot(file.text, { file: file.file }));
  for (const file of of('native')) terms.push(parseNative(file.text, { file: file.file }));
  if (of('funcfl').length > 0) terms.push(parseFuncfl(of('funcfl')));
  for (const { file, text } of of('snap')) {
    terms.push(parseSnapCompanion(text, (name) => context.readBeside(file, name), { file }));
  }
  const [coefficients, parameters] = [of('snapcoeff'), of('snapparam')];
  if (coefficients.length !== parameters.length || coefficients.length > 1) {
    const found = `found ${coefficients.length} .snapcoeff and ${parameters.length} .snapparam`;
    throw new InputError(`SNAP needs one .snapcoeff and its .snapparam (-p W.snapcoeff -p W.snapparam); ${found}`);
  }
  if (coefficients.length === 1) terms.push(parseSnap(coefficients[0], parameters[0]));
  return terms;
}
