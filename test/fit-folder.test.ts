/** The folder of a fit: never a mixture of two fits that looks whole, nobody else's potential overwritten. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseConfig } from '../src/campaign/config.ts';
import { fillUniform } from '../src/data/rng.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { type FitConfig, fitSchema } from '../src/fit/config.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatStructure } from '../src/io/structure.ts';
import { fitInFolder } from '../src/node/fit-folder.ts';
import { scratch } from './support/cli.ts';
import { bcc } from './support/crystals.ts';
import { type MemoryDisk, memoryDisk } from './support/memory-disk.ts';

let engine: Engine;
let data: string;
beforeAll(async () => {
  engine = await createEngine();
  const perfect = bcc(loadEmbedded('Fe-Ackland-2004'), 2.87, 2);
  const frames = Array.from({ length: 3 }, (_, k) => {
    const moves = new Float64Array(perfect.positions.length);
    fillUniform(moves, 4n, 'trials', k);
    const positions = perfect.positions.map((x, i) => x + 0.4 * (moves[i] - 0.5));
    return { ...perfect, positions, info: { energy: k }, arrays: { forces: moves.map((x) => x - 0.5) } };
  });
  data = join(scratch(), 'train.xyz');
  writeFileSync(data, formatStructure(frames, 'extxyz'));
});
afterAll(() => engine.close());

function fitOnce(disk: MemoryDisk, ridge: number, force = false): void {
  const text = `data: ${data}\ndescriptor: snap rcut=3.2A twojmax=2\nridge: ${ridge}\n`;
  const config = { ...parseConfig<FitConfig>(text, 'fit.yaml', fitSchema), name: 'Fe' };
  const mark = engine.mark();
  try {
    fitInFolder(engine, config, { folder: '/f', force, seconds: 0, disk });
  } finally {
    engine.release(mark);
  }
}

const shown = (disk: MemoryDisk) =>
  [...disk.files()]
    .filter(([path]) => !/\/(checkpoint-\d\.bin|\..*\.tmp|lock\.\d+)$/.test(path))
    .sort()
    .map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')]);

it('with --force has a report only where all files are of one fit, wherever the power is cut', () => {
  const [first, second] = [0.1, 0.2].map((ridge) => {
    const disk = memoryDisk();
    fitOnce(disk, ridge);
    return shown(disk);
  });
  let cuts = 0;
  for (let at = 1; ; at += 3) {
    const disk = memoryDisk();
    fitOnce(disk, 0.1);
    disk.fault = { at: disk.changes + at, mode: 'cut' };
    try {
      fitOnce(disk, 0.2, true);
      break;
    } catch {
      cuts++;
    }
    disk.restart((['nothing', 'names', 'all'] as const)[cuts % 3]);
    const left = shown(disk);
    if (left.some(([path]) => path === '/f/report.json')) expect([first, second]).toContainEqual(left);
    for (const path of disk.files().keys()) if (/\/lock\.\d+$/.test(path)) disk.remove(path);
    fitOnce(disk, 0.2, true);
    expect(shown(disk)).toEqual(second);
  }
  expect(cuts).toBeGreaterThan(15);
});

it("refuses a folder with somebody else's potential", () => {
  const disk = memoryDisk();
  disk.makeFolder('/f');
  disk.close(disk.open('/f/Fe.snapcoeff', 'wx'));
  expect(() => fitOnce(disk, 0.1)).toThrow(/contains "Fe\.snapcoeff" of no fit that was begun here: give --force/);
  expect([...disk.files().keys()]).toEqual(['/f/Fe.snapcoeff']);
  fitOnce(disk, 0.1, true);
  expect(shown(disk).length).toBeGreaterThan(4);
  expect(() => fitOnce(disk, 0.1)).toThrow(/has a fit already/);
});
