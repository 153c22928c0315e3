/** Phonons of a perfect crystal, as `frenkel phonons` computes them: force constants, bands, mesh, thermal properties. */
import { type BandPath, bandPath } from '../analysis/band-path.ts';
import { forceConstantsInParts } from '../analysis/force-constants.ts';
import {
  type CrystalThermal,
  crystalThermal,
  type DensityOfStates,
  densityOfStates,
  highest,
  imaginaryModes,
  meshInParts,
} from '../analysis/phonon-mesh.ts';
import { frequencies, phonons } from '../analysis/phonons.ts';
import { under } from '../data/in-parts.ts';
import type { Engine } from '../engine/engine.ts';
import type { System } from '../engine/system.ts';
import { phononOptions } from './options.ts';
import type { Curve, Flags, ResultRow } from './protocol.ts';
import type { StepRun } from './runs.ts';
import { stagedRun } from './staged-run.ts';

interface Found {
  path: BandPath;
  /** For each segment (points, branches) THz. */
  bands: Float64Array[];
  branches: number;
  dos: DensityOfStates;
  thermal: CrystalThermal[];
  maximum: number;
  imaginary: number;
  rim: number;
  displaced: number;
  evaluations: number;
}

/** Wave vectors between two parts: many modes take long. */
const PART = 8;

export function startPhonons(engine: Engine, system: System, flags: Flags): StepRun {
  const options = phononOptions(flags);
  const { atoms: unit, potential } = system;
  const known: Partial<Found> = {};
  function* work(): Generator<string, Found> {
    yield 'force constants';
    const constants = yield* under('force constants', forceConstantsInParts(engine, unit, potential, options));
    const crystal = phonons(constants);
    const path = bandPath(constants.primitive.cell, unit.cell, options);
    const branches = 3 * crystal.sites;
    const bands: Float64Array[] = [];
    Object.assign(known, { path, bands, branches });
    for (const { from, to, q, distance } of path.segments) {
      const values = new Float64Array(distance.length * branches);
      for (let i = 0; i < distance.length; i++) {
        if (i % PART === 0) yield `bands ${from}–${to}, ${i} of ${distance.length} wave vectors`;
        values.set(frequencies(engine, crystal, q.subarray(3 * i, 3 * i + 3)), i * branches);
      }
      bands.push(values);
    }
    const mesh = yield* meshInParts(engine, crystal, options.mesh);
    const rows = Math.floor(options.tmax / options.tstep + 1e-9) + 1;
    const temperatures = Array.from({ length: rows }, (_, k) => k * options.tstep);
    return {
      path,
      bands,
      branches,
      dos: densityOfStates(mesh),
      thermal: crystalThermal(mesh, temperatures),
      maximum: highest([mesh.values, ...bands]),
      imaginary: imaginaryModes(mesh),
      rim: crystal.rim,
      displaced: constants.hessian.displaced,
      evaluations: constants.hessian.evaluations,
    };
  }
  return stagedRun<Found>({
    options,
    total: 9,
    work,
    system,
    rows,
    bits: ({ bands, dos, thermal }) => [
      ...bands,
      dos.density,
      thermal.flatMap(({ free, energy, entropy, heatCapacity }) => [free, energy, entropy, heatCapacity]),
    ],
    value: ({ thermal }) => thermal[0].energy,
    curves: (found) => curvesOf(found ?? known),
    figures: ({ path, bands, branches, dos }) => ({ of: 'phonons', path, bands, branches, dos }),
    files: (found) => [
      { name: 'bands.csv', text: bandTable(found) },
      { name: 'thermal.csv', text: thermalTable(found.thermal) },
    ],
  });
}

/** K, of the thermal properties that the table shows. */
const ROOM = 300;

function rows({ thermal, maximum, imaginary, rim, displaced, evaluations, path, branches, bands }: Found): ResultRow[] {
  const nearest = thermal.reduce((best, row) =>
    Math.abs(row.temperature - ROOM) < Math.abs(best.temperature - ROOM) ? row : best,
  );
  const { temperature, free, energy, entropy, heatCapacity } = nearest;
  const at = `at ${temperature} K`;
  const stops = path.segments.map(({ to, distance }, s): ResultRow => {
    const last = (distance.length - 1) * branches;
    const values = Array.from(bands[s].subarray(last, last + branches), (v) =>
      v.toFixed(3).replace(/^-(0\.0+)$/, '$1'),
    );
    return [to, [...new Set(values)].join('  '), 'THz'];
  });
  return [
    ['status', imaginary > 0 ? `done; ${imaginary} imaginary modes: not stable, or too small` : 'done', ''],
    ['highest frequency', maximum.toFixed(4), 'THz'],
    ...stops.filter(([name], k) => stops.findIndex(([other]) => other === name) === k),
    ['what follows is of', `the primitive cell, ${branches === 3 ? 'one atom' : `${branches / 3} atoms`}`, ''],
    ['zero-point energy', thermal[0].energy.toFixed(6), 'eV'],
    [`free energy ${at}`, free.toFixed(6), 'eV'],
    [`energy ${at}`, energy.toFixed(6), 'eV'],
    [`entropy ${at}`, entropy.toFixed(5), 'k_B'],
    [`heat capacity ${at}`, heatCapacity.toFixed(5), 'k_B'],
    ['shared at the rim', rim.toExponential(1), 'eV/Å²'],
    ['atoms displaced', String(displaced), ''],
    ['evaluations', String(evaluations), ''],
  ];
}

function curvesOf({ path, bands, branches = 3, dos }: Partial<Found>): Curve[] {
  const x: number[] = [];
  const ys: number[][] = Array.from({ length: branches }, () => []);
  bands?.forEach((values, s) => {
    path?.segments[s].distance.forEach((at, i) => {
      x.push(at);
      for (const [branch, y] of ys.entries()) y.push(values[i * branches + branch]);
    });
  });
  const states = dos ? [{ x: [...dos.frequency], ys: [[...dos.density]] }] : [];
  return [{ x, ys, ticks: path?.ticks }, ...states];
}

function bandTable({ path, bands, branches }: Found): string {
  const names = Array.from({ length: branches }, (_, k) => `branch ${k + 1} (THz)`);
  const lines = [['segment', 'distance (1/A)', 'qx (1/A)', 'qy (1/A)', 'qz (1/A)', ...names].join(',')];
  path.segments.forEach(({ from, to, q, distance }, s) => {
    const name = `${from}-${to}`.replaceAll(',', ' ');
    distance.forEach((at, i) => {
      const values = bands[s].subarray(i * branches, (i + 1) * branches);
      lines.push([name, at, ...q.subarray(3 * i, 3 * i + 3), ...values].join(','));
    });
  });
  return `${lines.join('\n')}\n`;
}

function thermalTable(thermal: readonly CrystalThermal[]): string {
  const lines = thermal.map(({ temperature, free, energy, entropy, heatCapacity }) =>
    [temperature, free, energy, entropy, heatCapacity].join(','),
  );
  return `temperature (K),free energy (eV),energy (eV),entropy (k_B),heat capacity (k_B)\n${lines.join('\n')}\n`;
}
