/** Frames of a run of molecular dynamics: what they say belongs to their positions. */
import { describe, expect, it } from 'vitest';
import { determinant } from '../src/data/cell.ts';
import { vacancy } from '../src/data/defects.ts';
import { stressOf } from '../src/data/stress.ts';
import { barPerPressure } from '../src/data/units.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { parseThermo } from '../src/io/thermo.ts';
import { type MdRun, runMd } from '../src/node/run-md.ts';
import { startRun } from '../src/node/start-run.ts';
import { bcc } from './support/crystals.ts';
import { memoryDisk, textIn } from './support/memory-disk.ts';

const potential = loadEmbedded('Fe-Ackland-2004');
const crystal = vacancy(bcc(potential, 2.8, 2), 3);

async function framesOf(atoms: MdRun['atoms'], ensemble: 'nve' | 'npt') {
  const disk = memoryDisk();
  const engine = await createEngine();
  const options = {
    ...{ ensemble, coupling: 'aniso' as const, steps: 6, timestep: 0.002, friction: 5, relaxation: 0.05 },
    ...{
      temperature: [600, 600] as [number, number],
      pressure: [0, 0] as [number, number],
      cellRelaxation: 0.3,
      seed: 1n,
    },
  };
  const files = { thermoEvery: 2, dumpEvery: 2, trajectory: 't.xyz', checkpointSeconds: 1000 };
  const job: MdRun = { atoms, potential, options, ...files };
  const run = startRun('md', '/r', job, false, disk);
  await runMd(engine, job, run);
  run.close();
  const frames = parseExtxyz(textIn(disk, '/r/t.xyz'));
  return { frames, log: parseThermo(textIn(disk, '/r/log.thermo'), 'log.thermo'), final: textIn(disk, '/r/final.xyz') };
}

describe('frames', () => {
  it.each(['nve', 'npt'] as const)(
    '%s: their stress is −dE/dε and, with the motion, the pressure of the log',
    async (ensemble) => {
      const { frames, log } = await framesOf(crystal, ensemble);
      const row = (name: string) => log.values[log.columns.indexOf(name)];
      expect(frames).toHaveLength(4);
      for (const [k, { info, cell }] of frames.entries()) {
        const stress = info.stress as number[][];
        const volume = Math.abs(determinant(cell));
        const trace = stress[0][0] + stress[1][1] + stress[2][2];
        const pressure = ((2 * row('KinEng')[k]) / (3 * volume) - trace / 3) * barPerPressure;
        expect(pressure / row('Press')[k]).toBeCloseTo(1, 6);
      }
      // the energy of the last frame, strained by hand
      const last = frames[3];
      const engine = await createEngine();
      const energy = (h: number) => {
        const strain = (v: Float64Array) => v.map((x, i) => (i % 3 === 0 ? x * (1 + h) : x));
        const atoms = { ...last, positions: strain(last.positions), cell: strain(last.cell) };
        return createSystem(engine, atoms, potential).evaluate();
      };
      const slope = (energy(1e-5) - energy(-1e-5)) / 2e-5;
      expect((last.info.stress as number[][])[0][0]).toBeCloseTo(slope / Math.abs(determinant(last.cell)), 6);
    },
  );

  it("leave out what the structure's file said of its own positions", async () => {
    const stale = {
      ...crystal,
      info: {
        virial: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
        free_energy: -1,
        stress: [
          [9, 0, 0],
          [0, 9, 0],
          [0, 0, 9],
        ],
        name: 'a',
      },
    };
    const { frames, final } = await framesOf(stale, 'nve');
    for (const { info } of frames) expect(Object.keys(info).sort()).toEqual(['energy', 'name', 'step', 'stress']);
    expect(final).not.toMatch(/virial|free_energy/);
    const open = { ...stale, cell: new Float64Array(9), pbc: [false, false, false] as [boolean, boolean, boolean] };
    const free = await framesOf(open, 'nve');
    for (const { info } of free.frames) expect(Object.keys(info).sort()).toEqual(['energy', 'name', 'step']);
  });

  it('have xx xy xz, yx yy yz, zx zy zz', () => {
    expect(stressOf([1, 2, 3, 4, 5, 6], [2, 0, 0, 0, 1, 0, 0, 0, 1])).toEqual([
      -0.5, -3, -2.5, -3, -1, -2, -2.5, -2, -1.5,
    ]);
    expect(stressOf([1, 2, 3, 4, 5, 6], new Float64Array(9))).toBeUndefined();
  });
});
