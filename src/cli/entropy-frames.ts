/** All frames of several files, each with where it came from. */
import type { Frame } from '../fit/entropy/samples.ts';
import { readStructureFile } from '../node/load.ts';

export function readFramesOf(files: readonly string[], types?: string[]): Frame[] {
  return files.flatMap((file) =>
    readStructureFile(file, { types }).map((atoms, number): Frame => ({ atoms, file, number })),
  );
}
