/** What a file format of structures is: a record in the table of structure.ts. */
import type { Atoms } from '../data/atoms.ts';

export interface StructureOptions {
  /** Named in errors; its ending decides where the content does not. */
  file?: string;
  /** Elements of types 1, 2, … where the file has none. */
  types?: readonly string[];
}

export interface StructureFormatRecord<Name extends string = string> {
  readonly name: Name;
  /** For people. */
  readonly title: string;
  /** File names that mean this format. */
  readonly files: RegExp;
  /** Do a file's first lines look like it? */
  detect(head: readonly string[]): boolean;
  /** Throws InputError with file and line. */
  parse(text: string, options: StructureOptions): Atoms[];
  /** The text in pieces; absent: the format is only read. */
  write?(frames: readonly Atoms[], options: StructureOptions): Iterable<string>;
  /** Holds one structure only. */
  readonly single?: boolean;
}
