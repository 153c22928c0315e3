/** Sites and rows of a list are the same, number by number, in however many parts threads sort and fill them. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import type { Engine } from '../src/engine/engine.ts';
import { BOX, BOX_WORDS, FRAME, FRAME_WORDS, words } from '../src/engine/layout.ts';
import { createList, refresh } from '../src/engine/list.ts';
import { createEngine } from '../src/node/threads.ts';
import { noise } from '../src/verify/subject.ts';

type Pbc = [boolean, boolean, boolean];

/** `n` atoms on a jittered grid that fills the cell, every third one moved by whole cells through one or more faces. */
function scattered(n: number, cell: Float64Array, pbc: Pbc) {
  const side = Math.ceil(Math.cbrt(n));
  const jitter = noise(3 * n, 7);
  const positions = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const at = [i % side, Math.floor(i / side) % side, Math.floor(i / side ** 2)];
    const s = at.map((k, c) => (k + 0.5 + 0.3 * jitter[3 * i + c]) / side);
    for (let c = 0; c < 3; c++) if (pbc[c] && i % 3 === 0) s[c] += (Math.floor(i / 3 ** (c + 1)) % 5) - 2;
    for (let c = 0; c < 3; c++) positions[3 * i + c] = s[0] * cell[c] + s[1] * cell[3 + c] + s[2] * cell[6 + c];
  }
  return createAtoms({ numbers: new Uint8Array(n).fill(26), positions, cell, pbc });
}

const digests = (arrays: Record<string, Float64Array | Int32Array>) =>
  Object.entries(arrays).map(([name, { buffer, byteOffset, byteLength }]) => {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    return `${name} ${byteLength} ${createHash('sha256').update(bytes).digest('hex')}`;
  });

/** All that a build leaves; addresses as indices. */
function built(engine: Engine, atoms: ReturnType<typeof scattered>, cutoff: number, half: boolean) {
  const mark = engine.mark();
  const x = engine.f64(atoms.positions.length);
  x.set(atoms.positions);
  const list = createList(engine, x, atoms.cell, atoms.pbc, { cutoff, skin: 0.4, pairGradients: false, half });
  refresh(list, atoms.cell);
  const { blocks, first, order, chunks, n } = list;
  const frame = words(list, list.frame, FRAME_WORDS);
  const i32 = (at: number, count: number) => words(list, at, count).slice();
  const rows = half
    ? i32(frame[FRAME.pairs], 2 * blocks.pairs).map((value, k) => (k % 2 ? value : (value - frame[FRAME.x]) / 32))
    : i32(frame[FRAME.neighbors], blocks.pairs);
  const sites = new Float64Array(engine.memory.buffer, blocks.x, 4 * blocks.sites).filter((_, k) => k % 4 < 3);
  const result = {
    order: order.slice(),
    home: i32(blocks.home, blocks.sites),
    origin: i32(blocks.origin, blocks.sites),
    shift: i32(blocks.shift, 3 * blocks.sites),
    sites,
    first: first.slice(0, n + 1),
    rows,
  };
  const parts = words(list, list.box, BOX_WORDS)[BOX.parts];
  engine.release(mark);
  return { result, parts, chunks: chunks.count };
}

const cube = (side: number) => Float64Array.of(side, 0, 0, 0, side, 0, 0, 0, side);
const cases: [name: string, n: number, cell: Float64Array, pbc: Pbc, cutoff: number][] = [
  ['an odd number of atoms, wrapped across every face', 2111, cube(29), [true, true, true], 4],
  ['a skewed cell', 2111, Float64Array.of(29, 0, 0, 11, 27, 0, -9, 8, 31), [true, true, true], 4],
  ['two directions open', 2111, cube(29), [false, true, false], 4],
  ['no direction periodic', 2111, cube(29), [false, false, false], 4],
  ['fewer chunks than threads', 2048, cube(14), [true, true, true], 3.5],
  ['thin gas: fewer parts than threads', 2111, cube(300), [false, false, false], 4],
  ['too few atoms to share', 7, cube(5), [true, true, false], 6],
];

let one: Engine;
let checked: Engine;
let several: Engine[];

beforeAll(async () => {
  one = await createEngine({ threads: 1 });
  checked = await createEngine({ threads: 1, debug: true });
  several = await Promise.all([2, 3, 8].map((threads) => createEngine({ threads })));
});

afterAll(() => {
  for (const engine of [one, checked, ...several]) engine.close();
});

describe.each(cases)('%s', (name, n, cell, pbc, cutoff) => {
  it.each([false, true])('half: %s', (half) => {
    const atoms = scattered(n, cell, pbc);
    const reference = built(one, atoms, cutoff, half);
    expect(reference.parts).toBe(1);
    const expected = digests(reference.result);
    expect(digests(built(checked, atoms, cutoff, half).result)).toEqual(expected);
    for (const engine of several) {
      const { result, parts, chunks } = built(engine, atoms, cutoff, half);
      expect(digests(result), `${engine.threads} threads`).toEqual(expected);
      if (engine.threads === 8) {
        if (name.startsWith('fewer chunks')) expect(chunks).toBeLessThan(8);
        if (name.startsWith('thin')) expect(parts).toBeLessThan(8);
      } else if (n > 2000 && !name.startsWith('thin')) expect(parts).toBe(engine.threads);
    }
  });

  it('sites are the atoms, moved by whole cells', () => {
    const atoms = scattered(n, cell, pbc);
    const { sites, origin, home, order } = built(several[1], atoms, cutoff, true).result;
    expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
    for (let k = 0; k < origin.length; k++) {
      expect(origin[k]).toBe(order[home[k]]);
      const [a, b] = [sites.subarray(3 * k, 3 * k + 3), atoms.positions.subarray(3 * origin[k], 3 * origin[k] + 3)];
      // fractional coordinates of the difference, by Cramer's rule
      const d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
      const rows = [0, 3, 6].map((at) => [...cell.subarray(at, at + 3)]);
      const det = (m: number[][]) =>
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
        m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
        m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
      for (let c = 0; c < 3; c++) {
        const turns = det(rows.map((row, r) => (r === c ? d : row))) / det(rows);
        expect(Math.abs(turns - Math.round(turns))).toBeLessThan(1e-9);
        if (!pbc[c]) expect(Math.round(turns)).toBe(0);
      }
    }
  });
});

it('an atom that is lost is named, whatever part it is in', async () => {
  const atoms = scattered(2111, cube(29), [true, true, true]);
  for (const [atom, value] of [
    [3, Number.NaN],
    [2110, Number.POSITIVE_INFINITY],
    [1200, 1e300],
  ]) {
    const positions = atoms.positions.slice();
    positions[3 * atom + 1] = value;
    for (const engine of [one, ...several]) {
      const lost = { ...atoms, positions };
      expect(() => built(engine, lost, 4, true)).toThrow(`the position of atom ${atom} (counted from 0) is not finite`);
    }
  }
});
