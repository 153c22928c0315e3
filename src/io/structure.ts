/**
 * Files of structures, whatever their format: recognised by content, by name only where the content does not say. A
 * new format is one file with a record, and one line here.
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import { cif } from './cif.ts';
import { extxyz } from './extxyz.ts';
import { lammpsData } from './lammps-data.ts';
import { lammpsDump } from './lammps-dump.ts';
import { poscar } from './poscar.ts';
import type { StructureFormatRecord, StructureOptions } from './structure-format.ts';

/** In the order in which they are tried. */
const formats = [lammpsDump, cif, lammpsData, poscar, extxyz] as const;

export type StructureFormat = (typeof formats)[number]['name'];

/** Names of the formats. */
export const structureFormats: readonly StructureFormat[] = formats.map((format) => format.name);

/** Characters and lines that detection looks at, and the size of written pieces. */
const HEAD = 65536;
const HEAD_LINES = 200;

/** The format that the content looks like. */
export function detectStructure(text: string): StructureFormat | undefined {
  const head = text
    .slice(text.charCodeAt(0) === 0xfeff ? 1 : 0, HEAD)
    .split('\n', HEAD_LINES)
    .map((line) => line.trimEnd());
  return formats.find((format) => format.detect(head))?.name;
}

/** The format that a file's name means; a suffix .gz is passed over. */
export function structureFormatOf(file: string): StructureFormat | undefined {
  const name = file.replace(/^.*[/\\]/, '').replace(/\.gz$/i, '');
  return formats.find((format) => format.files.test(name))?.name;
}

/**
 * The structures of a text. `format` overrides what content and file name say. Throws InputError with file and line.
 */
export function parseStructures(text: string, options: StructureOptions & { format?: string } = {}): Atoms[] {
  const { file } = options;
  const name = options.format ?? detectStructure(text) ?? (file === undefined ? undefined : structureFormatOf(file));
  if (name !== undefined) return recordOf(name).parse(text, options);
  const titles = formats.map((format) => format.title).join(', ');
  const found = text.trim() === '' ? 'an empty file' : 'neither';
  throw new InputError(`expected a structure (${titles}), found ${found}`, { file, line: 1 });
}

/** Structures as text. Throws InputError where the format cannot hold them. For many atoms use structureChunks. */
export function formatStructure(frames: readonly Atoms[], format: string, options: StructureOptions = {}): string {
  return [...structureChunks(frames, format, options)].join('');
}

/** The same text in pieces of some 64 kB or more. */
export function* structureChunks(
  frames: readonly Atoms[],
  format: string,
  options: StructureOptions = {},
): Generator<string> {
  const record = recordOf(format);
  if (!record.write) throw new InputError(`the format ${record.name} is read, but not written`);
  if (record.single && frames.length !== 1) {
    throw new InputError(`a ${record.title} file holds one structure, not ${frames.length}: choose one, or extxyz`);
  }
  let pieces: string[] = [];
  let size = 0;
  for (const piece of record.write(frames, options)) {
    pieces.push(piece);
    size += piece.length;
    if (size < HEAD) continue;
    yield pieces.join('');
    pieces = [];
    size = 0;
  }
  if (size > 0) yield pieces.join('');
}

function recordOf(name: string): StructureFormatRecord {
  const record = formats.find((format) => format.name === name);
  if (record) return record;
  throw new InputError(
    `unknown structure format ${JSON.stringify(name)}${didYouMean(name, structureFormats)}; expected ${structureFormats.join(', ')}`,
  );
}
