/** What a fit kept about its limits, from its folder, and an observer of molecular dynamics that minds them. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { basisOf, descriptorSchema } from '../fit/descriptor-config.ts';
import { type Extrapolation, extrapolate, parseUncertainty, type Uncertainty } from '../fit/uncertainty.ts';
import { readText } from './files.ts';
import { sha256 } from './hash.ts';
import { describeBasis } from './run-fit.ts';

const SUFFIX = '.uncertainty.json';

/** The file itself, or the only one in a fit's folder. Throws InputError. */
export function readUncertainty(path: string): { uncertainty: Uncertainty; hash: string } {
  const file = fileOf(path);
  const text = readText(file);
  return { uncertainty: uncertaintyFrom(text, file), hash: sha256(text) };
}

/** The text of such a file. Throws InputError with the file. */
export function uncertaintyFrom(text: string, file: string): Uncertainty {
  const basis = (descriptor: unknown, species: number[], quadratic: boolean) => {
    const found = descriptorSchema.safeParse(descriptor);
    if (found.success) return basisOf(found.data, species, quadratic);
    throw new InputError(`descriptor: ${found.error.issues[0].message}`);
  };
  return parseUncertainty(text, basis, file);
}

function fileOf(path: string): string {
  let folder: boolean;
  try {
    folder = statSync(path).isDirectory();
  } catch {
    throw new InputError('neither the folder of a fit nor its file of uncertainty', { file: path });
  }
  if (!folder) return path;
  const found = readdirSync(path).filter((name) => name.endsWith(SUFFIX));
  if (found.length === 1) return join(path, found[0]);
  const what = found.length === 0 ? `no *${SUFFIX}` : `${found.join(' and ')}; name the one`;
  throw new InputError(`${what} in it`, { file: path });
}

/** For many structures; keeps its tables in the engine. */
export function createGrader(engine: Engine, uncertainty: Uncertainty): (atoms: Atoms) => Extrapolation {
  const describe = describeBasis(engine, uncertainty);
  return (atoms) => extrapolate(uncertainty, atoms, describe);
}
