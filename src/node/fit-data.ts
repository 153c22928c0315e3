/** Training sets from files and folders: structures of any known format that carry energies, FitSNAP's JSON, MILADY's databases. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { type LabelKeys, type Sample, sampleOf } from '../fit/samples.ts';
import { parseFitsnap } from '../io/fitsnap.ts';
import { miladyClass, parseMiladyDatabase } from '../io/milady-database.ts';
import { readText } from './files.ts';
import { readStructureFile } from './load.ts';

const DEEPEST = 8;

/** Files of a folder and its folders that may hold configurations, in order of their names. */
function filesOf(folder: string, depth = 0): string[] {
  if (depth > DEEPEST) throw new InputError(`is nested deeper than ${DEEPEST} folders`, { file: folder });
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesOf(path, depth + 1);
    return /\.(json|xyz|extxyz|poscar)(\.gz)?$/i.test(entry.name) ? [path] : [];
  });
}

const folderOf = (path: string) => basename(join(path, '..'));
const stem = (path: string) =>
  basename(path)
    .replace(/\.gz$/, '')
    .replace(/\.[^.]+$/, '');

/**
 * All configurations of the paths, sorted within folders. A configuration that names no group (config_type) has that of
 * its folder (MILADY's files: class and type of their name), or for a file given by itself the file's name. Throws InputError with file and configuration.
 */
export function readSamples(paths: readonly string[], keys: LabelKeys = {}): Sample[] {
  return paths.flatMap((path) => {
    let folder: boolean;
    try {
      folder = statSync(path).isDirectory();
    } catch {
      throw new InputError('neither a file nor a folder', { file: path });
    }
    if (!folder) return readFile(path, stem(path), keys);
    const files = filesOf(path);
    if (files.length === 0) throw new InputError('no .json, .xyz or .poscar files in this folder', { file: path });
    return files.flatMap((file) => readFile(file, folderOf(file), keys));
  });
}

function readFile(path: string, group: string, keys: LabelKeys): Sample[] {
  const frames = framesOf(path);
  const own = miladyClass(basename(path)) ?? group;
  return frames.map((atoms, k) => sampleOf(atoms, frames.length > 1 ? `${path}, frame ${k}` : path, own, keys));
}

function framesOf(path: string): Atoms[] {
  if (/\.json(\.gz)?$/i.test(path)) return parseFitsnap(readText(path), { file: path });
  if (/\.poscar(\.gz)?$/i.test(path)) return [parseMiladyDatabase(readText(path), { file: path })];
  return readStructureFile(path);
}
