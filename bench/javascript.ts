/**
 * EAM dynamics in plain JavaScript, the way one would write it without WebAssembly: typed arrays, cells, a half list over
 * atoms and their images in the positive half space, the same tables. It keeps the WebAssembly kernels honest: what of their
 * speed is the algorithm and what the language.
 *
 *   node scripts/bench.mjs javascript [--cells 20] [--steps 60] [--rounds 5]
 */
import { parseArgs } from 'node:util';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { forceToAcceleration } from '../src/data/units.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { verletInit, verletStep } from '../src/methods/verlet.ts';
import { createEngine } from '../src/node/threads.ts';
import { cpu, report, row } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    cells: { type: 'string', default: '20' },
    steps: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '5' },
  },
});
const [cells, steps, rounds] = [flags.cells, flags.steps, flags.rounds].map(Number);
const TIMESTEP = 0.001;
const SKIN = 0.5;
const MASS = 55.845;

/** Pairs i → neighbors[k], k in [first[i], first[i+1]); images hold the owner's index and the shift of its position. */
interface List {
  first: Int32Array;
  neighbors: Int32Array;
  owner: Int32Array;
  shift: Float64Array;
  /** Positions when it was built. */
  built: Float64Array;
}

const positive = (a: number, b: number, c: number) => c > 0 || (c === 0 && (b > 0 || (b === 0 && a > 0)));

/** Cells over atoms and images, each at least `reach` wide. */
function buildList(x: Float64Array, length: number, reach: number): List {
  const n = x.length / 3;
  const [owners, shifts, sites]: number[][] = [[], [], Array.from(x)];
  for (let i = 0; i < n; i++) {
    for (let image = 0; image < 27; image++) {
      const [a, b, c] = [(image % 3) - 1, (Math.floor(image / 3) % 3) - 1, Math.floor(image / 9) - 1];
      if (!positive(a, b, c)) continue;
      const at = [x[3 * i] + a * length, x[3 * i + 1] + b * length, x[3 * i + 2] + c * length];
      if (at.some((u) => u < -reach || u > length + reach)) continue;
      owners.push(i);
      shifts.push(a * length, b * length, c * length);
      sites.push(...at);
    }
  }
  const width = length + 2 * reach;
  const side = Math.floor(width / reach);
  const cellOf = (s: number) => {
    const [a, b, c] = [0, 1, 2].map((d) => Math.min(side - 1, Math.floor(((sites[3 * s + d] + reach) / width) * side)));
    return (c * side + b) * side + a;
  };
  const total = n + owners.length;
  const heads = new Int32Array(side ** 3).fill(-1);
  const next = new Int32Array(total);
  for (let s = total - 1; s >= 0; s--) {
    const cell = cellOf(s);
    next[s] = heads[cell];
    heads[cell] = s;
  }
  const first = new Int32Array(n + 1);
  const neighbors: number[] = [];
  for (let i = 0; i < n; i++) {
    const cell = cellOf(i);
    const [a, b, c] = [cell % side, Math.floor(cell / side) % side, Math.floor(cell / side / side)];
    for (let w = Math.max(0, c - 1); w <= Math.min(side - 1, c + 1); w++) {
      for (let v = Math.max(0, b - 1); v <= Math.min(side - 1, b + 1); v++) {
        for (let u = Math.max(0, a - 1); u <= Math.min(side - 1, a + 1); u++) {
          for (let s = heads[(w * side + v) * side + u]; s >= 0; s = next[s]) {
            if (s <= i) continue;
            const [dx, dy, dz] = [
              sites[3 * s] - x[3 * i],
              sites[3 * s + 1] - x[3 * i + 1],
              sites[3 * s + 2] - x[3 * i + 2],
            ];
            if (dx * dx + dy * dy + dz * dz < reach * reach) neighbors.push(s);
          }
        }
      }
    }
    first[i + 1] = neighbors.length;
  }
  const list = { first, neighbors: Int32Array.from(neighbors), owner: Int32Array.from(owners) };
  return { ...list, shift: Float64Array.from(shifts), built: x.slice() };
}

/** Tables of one element, laid out as assembly/potentials/eam.ts says. */
interface Tables {
  cutoff2: number;
  perDr: number;
  bins: number;
  perDrho: number;
  rhoBins: number;
  pair: Float64Array;
  embedding: Float64Array;
}

function tablesOf(params: Float64Array): Tables {
  const [, cutoff2, perDr, knots, perDrho, rhoKnots] = params;
  const pair = params.slice(8, 8 + 8 * (knots - 1));
  const embedding = params.slice(8 + 8 * (knots - 1));
  return { cutoff2, perDr, bins: knots - 1, perDrho, rhoBins: rhoKnots - 1, pair, embedding };
}

interface Work {
  rho: Float64Array;
  slope: Float64Array;
  sites: Float64Array;
}

/** Energy, eV; forces go to f. */
function evaluate(x: Float64Array, f: Float64Array, list: List, t: Tables, work: Work): number {
  const { first, neighbors, owner, shift } = list;
  const n = x.length / 3;
  const { rho, slope, sites } = work;
  sites.set(x);
  for (let s = 0; s < owner.length; s++) {
    for (let d = 0; d < 3; d++) sites[3 * (n + s) + d] = x[3 * owner[s] + d] + shift[3 * s + d];
  }
  rho.fill(0);
  f.fill(0);
  const { pair, cutoff2, perDr, bins } = t;
  let energy = 0;
  for (let i = 0; i < n; i++) {
    const [xi, yi, zi] = [sites[3 * i], sites[3 * i + 1], sites[3 * i + 2]];
    let sum = 0;
    for (let k = first[i]; k < first[i + 1]; k++) {
      const s = neighbors[k];
      const dx = sites[3 * s] - xi;
      const dy = sites[3 * s + 1] - yi;
      const dz = sites[3 * s + 2] - zi;
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 >= cutoff2) continue;
      const p = Math.sqrt(r2) * perDr + 1;
      const m = Math.min(p | 0, bins);
      const q = Math.min(p - m, 1);
      const at = 8 * (m - 1);
      const value = ((pair[at] * q + pair[at + 1]) * q + pair[at + 2]) * q + pair[at + 3];
      sum += value;
      rho[s < n ? s : owner[s - n]] += value;
    }
    rho[i] += sum;
  }
  for (let i = 0; i < n; i++) {
    const p = rho[i] * t.perDrho + 1;
    const m = Math.max(1, Math.min(p | 0, t.rhoBins));
    const q = Math.min(p - m, 1);
    const at = 4 * (m - 1);
    const e = t.embedding;
    energy += ((e[at] * q + e[at + 1]) * q + e[at + 2]) * q + e[at + 3];
    slope[i] = ((3 * e[at] * q + 2 * e[at + 1]) * q + e[at + 2]) * t.perDrho;
  }
  for (let i = 0; i < n; i++) {
    const [xi, yi, zi] = [sites[3 * i], sites[3 * i + 1], sites[3 * i + 2]];
    let [fx, fy, fz] = [0, 0, 0];
    for (let k = first[i]; k < first[i + 1]; k++) {
      const s = neighbors[k];
      const dx = sites[3 * s] - xi;
      const dy = sites[3 * s + 1] - yi;
      const dz = sites[3 * s + 2] - zi;
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 >= cutoff2) continue;
      const r = Math.sqrt(r2);
      const p = r * perDr + 1;
      const m = Math.min(p | 0, bins);
      const q = Math.min(p - m, 1);
      const at = 8 * (m - 1);
      const j = s < n ? s : owner[s - n];
      const dRho = ((3 * pair[at] * q + 2 * pair[at + 1]) * q + pair[at + 2]) * perDr;
      const z = ((pair[at + 4] * q + pair[at + 5]) * q + pair[at + 6]) * q + pair[at + 7];
      const dZ = ((3 * pair[at + 4] * q + 2 * pair[at + 5]) * q + pair[at + 6]) * perDr;
      const phi = z / r;
      energy += phi;
      const g = ((slope[i] + slope[j]) * dRho + (dZ - phi) / r) / r;
      fx += g * dx;
      fy += g * dy;
      fz += g * dz;
      f[3 * j] -= g * dx;
      f[3 * j + 1] -= g * dy;
      f[3 * j + 2] -= g * dz;
    }
    f[3 * i] += fx;
    f[3 * i + 1] += fy;
    f[3 * i + 2] += fz;
  }
  return energy;
}

const crystal = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [cells, cells, cells]);
const n = crystal.numbers.length;
const masses = new Float64Array(n).fill(MASS);
const velocities = maxwellBoltzmann(masses, 600, 1n);
const potential = loadEmbedded('Fe-Ackland-2004');
const tables = tablesOf(potential.params);
const reach = potential.cutoff + SKIN;
const length = crystal.cell[0];

/** The JavaScript side: velocity Verlet with the same rule of rebuilding. */
function javascript() {
  const [x, v, f] = [crystal.positions.slice(), velocities.slice(), new Float64Array(3 * n)];
  let list = buildList(x, length, reach);
  const room = () => ({
    rho: new Float64Array(n),
    slope: new Float64Array(n),
    sites: new Float64Array(3 * (n + list.owner.length)),
  });
  let work = room();
  let energy = evaluate(x, f, list, tables, work);
  const kick = (0.5 * TIMESTEP * forceToAcceleration) / MASS;
  const step = () => {
    let farthest = 0;
    for (let i = 0; i < 3 * n; i++) {
      v[i] += kick * f[i];
      x[i] += TIMESTEP * v[i];
    }
    for (let i = 0; i < 3 * n; i += 3) {
      const [dx, dy, dz] = [x[i] - list.built[i], x[i + 1] - list.built[i + 1], x[i + 2] - list.built[i + 2]];
      farthest = Math.max(farthest, dx * dx + dy * dy + dz * dz);
    }
    if (4 * farthest > SKIN * SKIN) {
      for (let i = 0; i < 3 * n; i++) x[i] -= length * Math.floor(x[i] / length);
      list = buildList(x, length, reach);
      work = room();
    }
    energy = evaluate(x, f, list, tables, work);
    for (let i = 0; i < 3 * n; i++) v[i] += kick * f[i];
  };
  return { step, energy: () => energy };
}

const engine = await createEngine({ threads: 1 });
const system = createSystem(engine, crystal, potential, { skin: SKIN });
const state = verletInit(system, { masses, velocities });
const plain = javascript();
const [ours, theirs]: number[][] = [[], []];
for (let round = -1; round < rounds; round++) {
  let begin = cpu();
  for (let k = 0; k < steps; k++) verletStep(system, state, { timestep: TIMESTEP });
  const own = (1e6 * (cpu() - begin)) / steps / n;
  begin = cpu();
  for (let k = 0; k < steps; k++) plain.step();
  const peer = (1e6 * (cpu() - begin)) / steps / n;
  // the first round warms up
  if (round >= 0) ours.push(own);
  if (round >= 0) theirs.push(peer);
}
engine.close();
const off = Math.abs(plain.energy() / state.energy - 1);
if (!(off < 1e-7)) throw new Error(`energies after the last step differ: ${plain.energy()} ${state.energy} eV`);
const common = { section: 'MD step', name: 'Fe EAM, plain JavaScript', size: n, unit: 'µs/atom CPU' };
report([row({ ...common, who: 'frenkel', values: ours }), row({ ...common, who: 'JavaScript', values: theirs }, ours)]);
