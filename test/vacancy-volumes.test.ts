/** Windows of volumes at zero pressure, along an equation of state whose minimum is known. */
import { describe, expect, it } from 'vitest';
import { settle } from '../src/campaign/vacancy/volumes.ts';

const grid = { strain: 0.003, points: 7, sampling: 2, degree: 2 };
const LEAST = -0.9;
/** Å^3 at k. */
const volume = (k: number) => 1000 * (1 + k * grid.strain) ** 3;
/** A cubic in V^(-2/3), as Birch's and Murnaghan's of third order is. */
function energy(v: number): number {
  const x = (volume(LEAST) / v) ** (2 / 3) - 1;
  return -500 + 4000 * x * x * (1 + 0.3 * x);
}
/** Known from k = −3 on. */
const states = (k: number) =>
  k < -3 ? undefined : { volume: volume(k), energy: energy(volume(k)), sum: 12, modes: 300 };
const asked = { temperature: 1, quantum: false, degree: 2, start: 0 };

describe('the window of a volume', () => {
  it('is the one around the minimum, and says which states that needs', () => {
    expect(settle(states, grid, [], asked)).toEqual({ missing: [-4, -3, -2, -1, 0, 1, 2] });
  });

  it('may be one that has the minimum off its middle where that is allowed: the same volume and energy', () => {
    const search = settle(states, grid, [], { ...asked, off: 2 });
    if (!('found' in search)) throw new Error('nothing was found');
    expect(search.found.centre).toBe(0);
    expect(search.found.place).toBeCloseTo(LEAST, 6);
    expect(search.found.equilibrium.volume / volume(LEAST)).toBeCloseTo(1, 8);
  });

  it('is no window at all where the minimum is at its edge', () => {
    const far = (k: number) => states(k - 2);
    expect(settle((k) => (k < -1 ? undefined : far(k)), grid, [], { ...asked, off: 2 })).toHaveProperty('missing');
  });
});
