/**
 * The film of a run in its folder: it grows at its end; where other frames went it is written anew into the other of two
 * files, so that what the last kept state speaks of is always there.
 */
import { type Film, type Shot, split } from './film.ts';
import { bytesIn, type Folder } from './own-files.ts';

/** What the state of a run says about its film. */
export interface Filmed {
  file: number;
  bytes: number;
  every: number;
}

export interface FilmFiles {
  /** Undefined where there is no room for it: the run goes on without. */
  write(film: Film): Promise<Filmed | undefined>;
  /** After a state was kept that speaks of what was written last: the other file is of no use any more. */
  clean(): Promise<void>;
}

const fileOf = (folder: Folder, file: number) => bytesIn(folder, `film-${file}`);

/** `current`: the file that the last kept state speaks of, where there is one. */
export function filmFiles(folder: Folder, current = 1): FilmFiles {
  let file = current;
  let written: { bytes: number; edition: number; shots: number } | undefined;
  let stale: number | undefined;
  return {
    async write({ shots, edition, every }) {
      const goesOn = written?.edition === edition ? written : undefined;
      const { bytes: from, shots: before } = goesOn ?? { bytes: 0, shots: 0 };
      const added = joined(shots.slice(before));
      if (!goesOn) [stale, file] = [file, 1 - file];
      written = undefined;
      try {
        if (added.length > 0 || !goesOn) await fileOf(folder, file).write(from, added);
      } catch (error) {
        if (error instanceof DOMException) return undefined;
        throw error;
      }
      written = { bytes: from + added.length, edition, shots: shots.length };
      return { file, bytes: written.bytes, every };
    },
    async clean() {
      if (stale !== undefined) await fileOf(folder, stale).write(0, new Uint8Array());
      stale = undefined;
    },
  };
}

function joined(shots: readonly Shot[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(shots.reduce((sum, shot) => sum + shot.bytes.length, 0));
  let at = 0;
  for (const shot of shots) {
    bytes.set(shot.bytes, at);
    at += shot.bytes.length;
  }
  return bytes;
}

/** Undefined where it is damaged: a run is worth more than its film. */
export async function readFilm(
  folder: Folder,
  { file, bytes, every }: Filmed,
): Promise<{ shots: Shot[]; every: number } | undefined> {
  const found = await fileOf(folder, file).read(bytes);
  const shots = found && split(found);
  return shots && { shots, every };
}
