import { describe, expect, it, vi } from 'vitest';
import { copyOf, createFilm, type Film, framesOf, shoot } from '../src/browser/film.ts';
import { type Filmed, filmFiles, readFilm } from '../src/browser/film-files.ts';
import { createFramer } from '../src/browser/frames.ts';
import { build } from '../src/browser/inputs.ts';
import type { Folder } from '../src/browser/own-files.ts';
import type { Frame } from '../src/browser/protocol.ts';

const frame = (step: number, atoms = 5): Frame => ({
  step,
  positions: Float32Array.from({ length: 3 * atoms }, (_, k) => step + k / 8),
  energies: Float32Array.from({ length: atoms }, (_, k) => -step - k / 8),
  cell: [10, 0, 0, 0, 10 + step, 0, 0.5, 0, 10],
  vacant: step % 3 === 0 ? [1, 2, 3] : [],
  crowded: step % 2 === 0 ? [0, 4] : [],
});

const stepsOf = (film: Film) => framesOf(film).map(({ step }) => step);

/** A folder of the browser in memory; `full`: nothing more can be written. */
function memory() {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const state = { full: false };
  const handle = (name: string) => ({
    getFile: async () => new Blob([files.get(name) ?? new Uint8Array()]),
    createSyncAccessHandle: async () => ({
      write(bytes: Uint8Array, { at }: { at: number }) {
        if (state.full) throw new DOMException('full', 'QuotaExceededError');
        const before = files.get(name) ?? new Uint8Array();
        const next = new Uint8Array(Math.max(before.length, at + bytes.length));
        next.set(before);
        next.set(bytes, at);
        files.set(name, next);
        return bytes.length;
      },
      truncate: (size: number) => files.set(name, (files.get(name) ?? new Uint8Array()).slice(0, size)),
      flush() {},
      close() {},
    }),
  });
  const folder = {
    getFileHandle: async (name: string, { create = false } = {}) => {
      if (!create && !files.has(name)) throw new DOMException(name, 'NotFoundError');
      return handle(name);
    },
  };
  return { folder: folder as unknown as Folder, files, state };
}

describe('the film of a run', () => {
  it('gives frames back, to the bit', () => {
    const film = createFilm();
    for (let step = 0; step < 7; step++) shoot(film, frame(step));
    shoot(film, frame(6));
    expect(framesOf(film)).toEqual(Array.from({ length: 7 }, (_, step) => frame(step)));
  });

  it('has at most 1000 frames and 8 MiB, evenly, from the first on', () => {
    const film = createFilm();
    for (let step = 0; step < 5000; step++) shoot(film, frame(step, 1));
    const steps = stepsOf(film);
    expect(steps.length).toBeGreaterThan(500);
    expect(steps.length).toBeLessThanOrEqual(1000);
    expect(steps[0]).toBe(0);
    expect(new Set(steps.slice(1).map((step, k) => step - steps[k]))).toEqual(new Set([8]));
    const large = createFilm();
    for (let step = 0; step < 40; step++) shoot(large, frame(step, 50_000));
    expect(large.shots.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(8 * 2 ** 20);
    expect(stepsOf(large)[0]).toBe(0);
    expect(stepsOf(large).length).toBeGreaterThan(4);
  });

  it('forgets what came after a state that was gone back to', () => {
    const film = createFilm();
    for (const step of [0, 10, 20, 30, 15, 25]) shoot(film, frame(step));
    expect(stepsOf(film)).toEqual([0, 10, 15, 25]);
  });

  it('is in its folder what it was when it was written, whatever was left out, and after a torn write', async () => {
    const { folder, files } = memory();
    const film = createFilm();
    let current = filmFiles(folder);
    const kept: { at: Filmed; steps: number[] }[] = [];
    const save = async (now: Film) => {
      const at = await current.write(copyOf(now));
      if (at) kept.push({ at, steps: stepsOf(now) });
    };
    const found = async () => {
      const { at, steps } = kept[kept.length - 1];
      const read = await readFilm(folder, at);
      expect(read?.shots.map(({ step }) => step)).toEqual(steps);
      return read;
    };
    for (let step = 0; step < 2200; step++) {
      shoot(film, frame(step, 1));
      if (step % 150 !== 0) continue;
      await save(film);
      // a tab closed here has the state before
      if (kept.length > 1) expect((await readFilm(folder, kept[kept.length - 2].at))?.shots.length).toBeGreaterThan(0);
      await current.clean();
      await found();
    }
    // the next visit writes the other file first
    const { at } = kept[kept.length - 1];
    current = filmFiles(folder, at.file);
    const again = createFilm(await found(), 900);
    expect(stepsOf(again).at(-1)).toBeLessThanOrEqual(900);
    shoot(again, frame(901, 1));
    await save(again);
    expect(kept[kept.length - 1].at.file).toBe(1 - at.file);
    expect((await readFilm(folder, at))?.shots.length).toBe(kept[kept.length - 2].steps.length);
    // damaged or missing: no film, and no error
    files.get(`film-${at.file}`)?.fill(7, 100, 200);
    expect(await readFilm(folder, at)).toBeUndefined();
    expect(await readFilm(folder, { ...at, bytes: 1e9 })).toBeUndefined();
  });

  it('is left out where there is no room for it', async () => {
    const { folder, state } = memory();
    const film = createFilm();
    shoot(film, frame(0));
    const own = filmFiles(folder);
    state.full = true;
    expect(await own.write(film)).toBeUndefined();
    state.full = false;
    const at = await own.write(film);
    expect(at && (await readFilm(folder, at))?.shots.length).toBe(1);
  });
});

describe('live frames of a larger crystal', () => {
  it('have the sites of now, looked up in a hundredth of the time', () => {
    const { atoms, perfect } = build({ kind: 'bcc', element: 'Fe', a: '2.87 A', repeat: 11, defect: 'vacancy' });
    expect(atoms.numbers.length).toBe(2661);
    // the atom at the middle of the first cell jumps into the vacancy at its corner
    const after = atoms.positions.slice();
    const hopped = [1.435, 1.435, 1.435];
    const k = Array.from({ length: 2661 }, (_, i) => i).find((i) =>
      hopped.every((x, c) => Math.abs(after[3 * i + c] - x) < 1e-6),
    );
    after.fill(0, 3 * (k ?? 0), 3 * (k ?? 0) + 3);
    const shown = (x: Float64Array) => ({ x, energies: new Float64Array(2661), cell: atoms.cell });
    let time = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 7));
    try {
      const framer = createFramer({ atoms, perfect, title: '' }, { vacant: [], crowded: [] });
      expect(framer(shown(atoms.positions), 0, false).vacant).toEqual([0, 0, 0]);
      // 7 ms were taken: 700 pass
      const looked = time;
      let step = 1;
      while (framer(shown(after), step, false).vacant[0] === 0) step++;
      expect(time - looked).toBeGreaterThanOrEqual(700);
      expect(time - looked).toBeLessThan(750);
      expect(framer(shown(after), step, false).vacant).toEqual(hopped);
      // a pause does not wait
      expect(framer(shown(atoms.positions), step, true).vacant).toEqual([0, 0, 0]);
    } finally {
      clock.mockRestore();
    }
  });
});
