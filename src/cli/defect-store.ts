/**
 * The folder of defect energies: every result is a file of its own, named by what was computed, so that the same command
 * again, or one with more defects, computes only what is missing.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DefectEnergy } from '../analysis/defect-energy.ts';
import { InputError } from '../data/errors.ts';
import { formatStructure } from '../io/structure.ts';
import { codeOf, readText, writeAtomic } from '../node/files.ts';
import { canonicalJson, sha256 } from '../node/hash.ts';
import { makeFolder } from '../node/make-folder.ts';
import { plain } from '../node/run.ts';

/** A result without the structure, which is a file beside it. */
export type StoredEnergy = Omit<DefectEnergy, 'relaxed'>;

export interface Store {
  folder: string;
  /** A result that is there already; undefined where it is missing or damaged. */
  find(key: string): StoredEnergy | undefined;
  keep(key: string, result: DefectEnergy): void;
  write(name: string, text: string): void;
}

const schema = 'frenkel defect 1';
const own = /^(entries|report\.json|table\.csv|energy\.svg|volume\.svg|\..*\.tmp)$/;

/** Throws InputError for a folder with other things in it, unless forced; then nothing in it is found either. */
export function openStore(folder: string, force = false): Store {
  const entries = join(folder, 'entries');
  const foreign = existsSync(folder) ? readdirSync(folder).find((name) => !own.test(name)) : undefined;
  if (foreign !== undefined && !force) {
    throw new InputError(
      `contains ${JSON.stringify(foreign)}, which is no defect energy; choose another --out, or --force`,
      {
        file: folder,
      },
    );
  }
  try {
    makeFolder(entries);
  } catch (error) {
    throw new InputError(`the folder cannot be made: ${codeOf(error)}`, { file: folder });
  }
  return {
    folder,
    find: (key) => (force ? undefined : read(join(entries, `${key}.json`))),
    keep(key, { relaxed, ...result }) {
      writeAtomic(join(entries, `${key}.xyz`), formatStructure([relaxed], 'extxyz'));
      writeAtomic(join(entries, `${key}.json`), `${JSON.stringify({ schema, result }, null, 1)}\n`);
    },
    write: (name, text) => writeAtomic(join(folder, name), text),
  };
}

function read(path: string): StoredEnergy | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const found = JSON.parse(readText(path));
    return found?.schema === schema ? found.result : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Name of a result: readable, and different for everything that decides its numbers. */
export function entryKey(name: string, size: number | undefined, decisive: object): string {
  const stem = name.replace(/\.[^.]+$/, '').replace(/[^\w.-]+/g, '_');
  const hash = sha256(canonicalJson(plain({ schema, ...decisive }))).slice(0, 10);
  return [stem, ...(size === undefined ? [] : [size]), hash].join('-');
}
