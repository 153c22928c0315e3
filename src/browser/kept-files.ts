/** The files of one run: its records, its rows and frames, which grow, and the state from which it goes on with the same bits. */
import { InputError } from '../data/errors.ts';
import { decodeState, encodeState } from '../data/state.ts';
import { type Filmed, filmFiles, readFilm } from './film-files.ts';
import type { Loaded, Writer } from './kept.ts';
import { doubles, type Folder, twin } from './own-files.ts';

/** ms since 1970. */
export interface Dated {
  begun: number;
  kept: number;
}

/** A record that is always there as it was before or after a write. */
export const put = (folder: Folder, name: string, value: object) => twin(folder, name).write(encodeState(value));

/** Undefined where it was never written whole. */
export async function get<T>(folder: Folder, name: string): Promise<T | undefined> {
  const bytes = await twin(folder, name).read();
  return bytes && (decodeState(bytes) as T);
}

/** What the kept state of a run says. */
export interface Kept {
  saved: unknown;
  rows: number;
  columns: number;
  film?: Filmed;
}

/** Writes a run: rows and frames are appended; then the state, which says how many there are; then where the run stands. */
export function saver(folder: Folder, begun: number, kept?: Kept): Writer['save'] {
  const log = doubles(folder, 'rows');
  const films = filmFiles(folder, kept?.film?.file);
  const state = twin(folder, 'state');
  const standing = twin(folder, 'standing');
  let written = 0;
  return async (now, { saved, rows, film: frames }) => {
    const columns = rows[0]?.length ?? 0;
    // after a step back there are fewer
    const from = Math.min(written, rows.length);
    await log.write(from * columns, rows.slice(from).flat());
    const film = await films.write(frames);
    const next: Kept = { saved, rows: rows.length, columns, ...(film ? { film } : {}) };
    await state.write(encodeState(next));
    written = rows.length;
    await films.clean();
    await standing.write(encodeState({ ...now, begun, kept: Date.now() }));
  };
}

/** Throws InputError where its table is damaged. */
export async function positionOf(folder: Folder, { saved, rows, columns, film }: Kept): Promise<Loaded['position']> {
  const table = await doubles(folder, 'rows').read(rows * columns);
  if (!table) throw new InputError('the table of this run is damaged; delete it');
  const lines = Array.from({ length: rows }, (_, k) => [...table.subarray(k * columns, (k + 1) * columns)]);
  return { saved, rows: lines, film: film && (await readFilm(folder, film)) };
}
