import { describe, expect, it } from 'vitest';
import { averageStructure } from '../src/analysis/average.ts';
import { commonNeighbors, structures } from '../src/analysis/common-neighbors.ts';
import { diffusion, meanSquareDisplacement } from '../src/analysis/displacements.ts';
import { radialDistribution } from '../src/analysis/radial.ts';
import { evenFrames, jumps, pathOf, spacingOf } from '../src/analysis/trajectory.ts';
import { velocityCorrelation, vibrationSpectrum } from '../src/analysis/velocity-correlation.ts';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { displace } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { fillGauss } from '../src/data/rng.ts';
import { repeat } from '../src/data/supercell.ts';
import { parseLammpsDump } from '../src/io/lammps-dump.ts';

const iron = (count: number) => repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [count, count, count]);
const box = 10;
const inBox = (xyz: number[], info: Atoms['info'] = {}) =>
  createAtoms({
    numbers: new Uint8Array(xyz.length / 3).fill(26),
    positions: Float64Array.from(xyz),
    cell: Float64Array.of(box, 0, 0, 0, box, 0, 0, 0, box),
    pbc: [true, true, true],
    info,
  });

describe('g(r)', () => {
  it('counts the shells of bcc', () => {
    const { r, neighbors } = radialDistribution([iron(5)], { cutoff: 5, shells: 500 });
    const within = (distance: number) => neighbors[r.findIndex((x) => x > distance)];
    expect([2.6, 3, 4.2, 4.8].map(within)).toEqual([8, 14, 26, 50]);
  });

  it('equals a count of all pairs in a skewed cell', () => {
    const atoms = displace({ ...iron(4) }, { sigma: 0.1 }, 3n);
    const skewed = { ...atoms, cell: Float64Array.of(11.4212, 0, 0, 2.1, 11.4212, 0, -1.3, 0.7, 11.4212) };
    const cutoff = 4.5;
    const { r, g } = radialDistribution([skewed], { cutoff, shells: 9 });
    const counts = new Array(9).fill(0);
    const { positions: x, cell: h } = skewed;
    for (let i = 0; i < 128; i++) {
      for (let j = 0; j < 128; j++) {
        for (let k = 0; k < 125; k++) {
          const s = [(k % 5) - 2, (Math.floor(k / 5) % 5) - 2, Math.floor(k / 25) - 2];
          const d = [0, 1, 2].map((c) => x[3 * j + c] - x[3 * i + c] + s[0] * h[c] + s[1] * h[3 + c] + s[2] * h[6 + c]);
          const distance = Math.hypot(...d);
          if (distance > 0 && distance < cutoff) counts[Math.floor((distance / cutoff) * 9)]++;
        }
      }
    }
    const density = 128 / 11.4212 ** 3;
    counts.forEach((count, k) => {
      const shell = ((4 * Math.PI) / 3) * ((r[k] + 0.25) ** 3 - (r[k] - 0.25) ** 3);
      expect(g[k]).toBeCloseTo(count / 128 / density / shell, 10);
    });
  });

  it('is 1 for an ideal gas', () => {
    const frames = Array.from({ length: 40 }, (_, f) => {
      const x = new Float64Array(1500);
      fillGauss(x, 5n, 'trials', f);
      // a wide normal distribution, wrapped, is uniform
      return inBox(Array.from(x, (u) => (((u * 40) % box) + box) % box));
    });
    const { g } = radialDistribution(frames, { cutoff: 5, shells: 5 });
    for (const value of g.subarray(1)) expect(Math.abs(value - 1)).toBeLessThan(0.01);
  });

  it('refuses radii beyond half the cell and open cells', () => {
    expect(() => radialDistribution([iron(3)], { cutoff: 5 })).toThrow(/half the width/);
    expect(() => radialDistribution([{ ...iron(3), pbc: [true, true, false] }])).toThrow(/periodic/);
  });
});

describe('trajectories', () => {
  it('straight motion has MSD v²t², wrapped or not', () => {
    const v = 0.37;
    const at = (k: number, wrap: boolean) => inBox([(v * k) % (wrap ? box : 1e9), 1, 2, 5, 5, 5], { step: 20 * k });
    const masses = [1, 1e12];
    for (const wrap of [false, true]) {
      const frames = Array.from({ length: 61 }, (_, k) => at(k, wrap));
      const path = pathOf(frames, masses, { unwrap: wrap, timestep: 0.001 });
      expect(path.spacing).toBeCloseTo(0.02, 15);
      const { total, lag } = meanSquareDisplacement(path, [0]);
      expect(lag.length).toBe(31);
      total.forEach((value, k) => {
        expect(value).toBeCloseTo((v * k) ** 2, 8);
      });
    }
  });

  it('finds D of a random walk', () => {
    const walkers = 400;
    const noise = new Float64Array(3 * walkers);
    const x = new Float64Array(3 * walkers);
    const frames = Array.from({ length: 100 }, (_, k) => {
      const frame = inBox(Array.from(x), { step: k });
      fillGauss(noise, 9n, 'trials', k);
      for (let i = 0; i < x.length; i++) x[i] += 0.1 * noise[i];
      return frame;
    });
    const path = pathOf(frames, new Float64Array(walkers).fill(1), { timestep: 0.5 });
    const D = diffusion(meanSquareDisplacement(path), path.spacing ?? 0);
    expect(Math.abs(D / (0.01 / 2 / 0.5) - 1)).toBeLessThan(0.1);
  });

  it('an oscillator has its frequency in the spectrum', () => {
    const nu = 7.5;
    const frames = Array.from({ length: 900 }, (_, k) => {
      const velocity = Math.cos(2 * Math.PI * nu * k * 0.01);
      return { ...inBox([0, 0, 0], { step: k }), velocities: Float64Array.of(velocity, 0, 0) };
    });
    const { values } = velocityCorrelation(frames, [1]);
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(Math.cos(2 * Math.PI * nu * k * 0.01), 1);
    });
    const { frequency, density } = vibrationSpectrum(values, 0.01);
    const peak = density.reduce((best, value, k) => (value > density[best] ? k : best), 0);
    expect(Math.abs(frequency[peak] - nu)).toBeLessThan(0.13);
  });

  it('averages to the sites and says how far atoms went', () => {
    const perfect = iron(3);
    const frames = Array.from({ length: 400 }, (_, k) => displace(perfect, { sigma: 0.05 }, BigInt(k + 1)));
    const mean = averageStructure(frames, pathOf(frames, new Float64Array(54).fill(1), {}));
    const { rms } = mean.arrays;
    mean.positions.forEach((x, k) => {
      expect(Math.abs(x - perfect.positions[k])).toBeLessThan(0.02);
    });
    expect(rms.reduce((a, b) => a + b, 0) / 54).toBeCloseTo(0.05 * Math.sqrt(3), 2);
  });

  it('leaves out a last frame that came early, refuses uneven ones and other atoms', () => {
    const at = (step: number) => inBox([0, 0, 0], { step });
    const frames = [0, 10, 20, 25].map(at);
    expect(evenFrames(frames)).toHaveLength(3);
    expect(spacingOf(evenFrames(frames), 0.001)).toBeCloseTo(0.01, 15);
    expect(() => spacingOf([0, 10, 15, 25].map(at), 0.001)).toThrow(/evenly/);
    expect(() => pathOf([at(0), inBox([0, 0, 0, 1, 1, 1])], [1])).toThrow(/other atoms/);
  });

  it('follows atoms that LAMMPS writes in another order in every frame, with the times of its steps', () => {
    const moved = (id: number, k: number) => [id + 0.1 * id * k, 0.5 * id, 2];
    const dump = (k: number, ids: number[], time = '') =>
      `ITEM: TIMESTEP\n${50 * k}\n${time}ITEM: NUMBER OF ATOMS\n3\nITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n0 9\n` +
      `ITEM: ATOMS element id x y z vx vy vz\n${ids
        .map((id) => `${['', 'Fe', 'W', 'Fe'][id]} ${id} ${moved(id, k).join(' ')} ${id} 0 ${k}\n`)
        .join('')}`;
    const orders = [
      [2, 3, 1],
      [1, 2, 3],
      [3, 1, 2],
      [3, 2, 1],
    ];
    const frames = parseLammpsDump(orders.map((ids, k) => dump(k, ids)).join(''));
    const path = pathOf(frames, [1, 1, 1], { timestep: 0.002, drift: true });
    expect(path.spacing).toBeCloseTo(0.1, 14);
    const { total } = meanSquareDisplacement(path, [0, 1, 2]);
    expect(total[1]).toBeCloseTo((0.01 * (1 + 4 + 9)) / 3, 12);
    expect(frames.map(({ velocities }) => velocities?.[3])).toEqual([2, 2, 2, 2]);
    const timed = orders.map((ids, k) => dump(k, ids, `ITEM: TIME\n${0.1 * k}\n`));
    expect(spacingOf(parseLammpsDump(timed.join('')))).toBeCloseTo(0.1, 14);
    expect(spacingOf(frames)).toBeUndefined();
    const other = parseLammpsDump(dump(0, [1, 3]).replace('\n3\nITEM', '\n2\nITEM'));
    const same = parseLammpsDump(dump(0, [3, 1]).replace('\n3\nITEM', '\n2\nITEM').replaceAll('Fe 3', 'Fe 4'));
    expect(() => pathOf([...other, ...same], [1, 1])).toThrow(/frame 1 has other atoms/);
  });

  it('counts frames in which atoms jump across the cell', () => {
    const along = [1, 3, box - 1, 0.5, 2].map((x) => inBox([x, 1, 1]));
    expect(jumps(along)).toBe(2);
    expect(jumps(along.map((frame) => ({ ...frame, pbc: [false, true, true] as [boolean, boolean, boolean] })))).toBe(
      0,
    );
  });
});

describe('common neighbours', () => {
  const count = (atoms: Atoms) => {
    const kinds = commonNeighbors(atoms);
    return Object.fromEntries(structures.map((name, s) => [name, kinds.reduce((sum, k) => sum + Number(k === s), 0)]));
  };
  it.each(['fcc', 'hcp', 'bcc'] as const)('knows %s, rattled too', (kind) => {
    const cell = lattice({ kind, a: kind === 'bcc' ? 2.8553 : 3.6, elements: ['Fe'] });
    const atoms = repeat(cell, [5, 5, 4]);
    expect(count(atoms)[kind]).toBe(atoms.numbers.length);
    expect(count(displace(atoms, { sigma: 0.03 }, 1n))[kind]).toBe(atoms.numbers.length);
  });

  it('knows the centre of an icosahedron, and a vacancy by its neighbours', () => {
    const t = (1 + Math.sqrt(5)) / 2;
    const corners = [0, 1, 2].flatMap((c) =>
      [
        [1, t],
        [-1, t],
        [1, -t],
        [-1, -t],
      ].map(([a, b]) => [0, 1, 2].map((k) => (k === c ? 0 : k === (c + 1) % 3 ? a : b))),
    );
    const cluster = createAtoms({
      numbers: new Uint8Array(13).fill(26),
      positions: Float64Array.from([0, 0, 0, ...corners.flat()], (x) => 1.3 * x),
      cell: new Float64Array(9),
      pbc: [false, false, false],
    });
    expect(structures[commonNeighbors(cluster)[0]]).toBe('icosahedral');
    const perfect = iron(5);
    const vacant = createAtoms({
      ...perfect,
      numbers: perfect.numbers.slice(1),
      positions: perfect.positions.slice(3),
    });
    expect(count(vacant).other).toBe(14);
  });
});
