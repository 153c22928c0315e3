/** EAM of one element on half lists: its tables against the functions they stand for, its forces against those on full lists. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lattice } from '../src/data/lattice.ts';
import type { Potential } from '../src/data/potential.ts';
import { ljPotential } from '../src/data/potentials/lj.ts';
import { overlayPotential } from '../src/data/potentials/overlay.ts';
import { repeat } from '../src/data/supercell.ts';
import type { Engine } from '../src/engine/engine.ts';
import { dividedTables } from '../src/engine/forms/eam-tables.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createEngine } from '../src/node/threads.ts';
import { noise } from '../src/verify/subject.ts';

const HEADER = 8;
const LINE = 8;
const CUTOFF = 5;
const KNOTS = 250;
const BIN = 0.02;

/** rho = (c − r)³ and z = r (c − r)², cubics in any bin; knots up to one bin before the cutoff. */
function coarse(): Potential {
  const params = new Float64Array(HEADER + LINE * (KNOTS - 1) + 4);
  params.set([1, CUTOFF ** 2, 1 / BIN, KNOTS, 1, 2, 1, 0]);
  for (let bin = 0; bin < KNOTS - 1; bin++) {
    const [u, r] = [CUTOFF - bin * BIN, bin * BIN];
    const rho = [-(BIN ** 3), 3 * u * BIN ** 2, -3 * u * u * BIN, u ** 3];
    const z = [BIN ** 3, (r - 2 * u) * BIN ** 2, (u * u - 2 * u * r) * BIN, r * u * u];
    params.set([...rho, ...z], HEADER + LINE * bin);
  }
  return { kernel: 'eam', cutoff: CUTOFF, species: [26], params, reference: 'test' };
}

/** rho, phi, rho'/r and phi'/r at r from the lines of the tables. */
function read(tables: Float64Array, r: number): number[] {
  const lines = (tables[3] - 1) / 2;
  const t = r * tables[2];
  const line = Math.floor(t);
  const s = t - line;
  return [0, 1, LINE * lines, LINE * lines + 1].map((part) => {
    const at = HEADER + LINE * (line + 1) + part;
    return ((tables[at] * s + tables[at + 2]) * s + tables[at + 4]) * s + tables[at + 6];
  });
}

describe('tables of one element', () => {
  it('are the functions, their slopes over r, and constant beyond the last knot', () => {
    const tables = dividedTables(coarse());
    const last = (KNOTS - 1) * BIN;
    const values = (r: number) => [(CUTOFF - r) ** 3, r * (CUTOFF - r) ** 2];
    for (const x of noise(2000, 1)) {
      const r = 1 + ((CUTOFF - 1) * (x + 1)) / 2;
      const at = Math.min(r, last);
      const [rho, z] = values(at);
      const [slope, zSlope] = [-3 * (CUTOFF - at) ** 2, (CUTOFF - at) * (CUTOFF - 3 * at)];
      const expected = [rho, z / r, slope / r, (zSlope - z / r) / (r * r)];
      read(tables, r).forEach((found, k) => {
        expect(Math.abs(found - expected[k]), `${k} at ${r}`).toBeLessThan(1e-13 * (Math.abs(expected[k]) + 0.01));
      });
    }
  });

  it('are made once for a potential', () => {
    const potential = coarse();
    expect(dividedTables(potential)).toBe(dividedTables(potential));
  });
});

describe('Fe-Ackland-2004', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine();
  });
  afterAll(() => engine.close());

  it('has the forces, energies and virial of the kernels on full lists', () => {
    const iron = loadEmbedded('Fe-Ackland-2004');
    // a term whose kernel has no half list, and no pairs
    const nothing = ljPotential({ species: [26], epsilon: 1, sigma: 0.1, cutoff: 0.3 });
    for (let trial = 0; trial < 20; trial++) {
      const cells = 2 + (trial % 3);
      const atoms = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [cells, cells, cells]);
      const shifts = noise(atoms.positions.length, trial);
      const positions = atoms.positions.map((x, k) => x + 0.3 * shifts[k]);
      const [half, full] = [iron, overlayPotential([iron, nothing])].map((potential) => {
        const system = createSystem(engine, { ...atoms, positions }, potential);
        return {
          energy: system.evaluate(),
          f: system.f.slice(),
          energies: system.energies.slice(),
          w: system.virial.slice(),
        };
      });
      const size = (v: Float64Array) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
      // The table has a kink at 2.05 Å: in that bin the cubics are off by some 1e-13, elsewhere by 1e-15.
      expect(size(half.f.map((x, k) => x - full.f[k])) / size(full.f)).toBeLessThan(1e-12);
      expect(size(half.energies.map((x, k) => x - full.energies[k])) / size(full.energies)).toBeLessThan(1e-12);
      expect(size(half.w.map((x, k) => x - full.w[k])) / size(full.w)).toBeLessThan(1e-11);
      expect(Math.abs(half.energy - full.energy)).toBeLessThan(1e-12 * Math.abs(full.energy));
    }
  });
});
