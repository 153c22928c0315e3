import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { band, evaluateInTurn } from '../src/methods/band.ts';
import { climbers, missesHump } from '../src/methods/climbing.ts';
import { minimize } from '../src/methods/minimize.ts';
import { straightPath } from '../src/methods/path.ts';
import { energyAt, extrema, highest, type Profile, profileOf } from '../src/methods/profile.ts';
import { insertImage, underResolved } from '../src/methods/resolution.ts';
import { improvedTangent } from '../src/methods/tangent.ts';
import { doubleHump, muellerBrown, onSurface, type Surface, stationary } from './support/surfaces.ts';

interface Setup {
  images: number;
  method: 'fire' | 'lbfgs';
  climbing?: number[];
  fmax?: number;
  x?: Float64Array;
  steps?: number;
}

/** Relaxes a band on an analytic surface. */
function relaxed(surface: Surface, ends: [number, number][], setup: Setup) {
  const { images, method, climbing, fmax = 1e-6, steps = 3000 } = setup;
  const [a, b] = ends.map(([x, y]) => Float64Array.of(x, y, 0));
  const energy = (p: Float64Array) => surface(p[0], p[1])[0];
  const x = setup.x ?? straightPath(a, b, images);
  const objectives = Array.from({ length: images - 2 }, () => onSurface(surface, [0, 0, 0]));
  const chain = band(x, evaluateInTurn(objectives), {
    first: { x: a, energy: energy(a) },
    last: { x: b, energy: energy(b) },
    springs: new Float64Array(images - 1).fill(10),
    climbing,
  });
  const end = minimize(chain, method, { fmax, steps });
  const zero = new Float64Array(3);
  const list = Array.from({ length: images }, (_, k) => chain.image(k));
  const moving = list.slice(2).map((_, k) => chain.forces.subarray(3 * k, 3 * k + 3));
  const profile = profileOf({ images: list, energies: chain.energies, forces: [zero, ...moving, zero] });
  return { chain, end, profile, images: list };
}

const minima: Record<'a' | 'middle' | 'b', [number, number]> = {
  a: stationary(muellerBrown, [-0.56, 1.44]),
  middle: stationary(muellerBrown, [-0.05, 0.467]),
  b: stationary(muellerBrown, [0.623, 0.028]),
};
// Müller, Brown 1979, table 1
const saddles = [stationary(muellerBrown, [-0.822, 0.6243]), stationary(muellerBrown, [0.2125, 0.293])];

describe('Müller–Brown', () => {
  it('has its published stationary points here', () => {
    expect(minima.a.map((c) => c.toFixed(3))).toEqual(['-0.558', '1.442']);
    expect(minima.middle.map((c) => Number(c.toFixed(3)))).toEqual([-0.05, 0.467]);
    expect(minima.b.map((c) => Number(c.toFixed(3)))).toEqual([0.623, 0.028]);
    expect(saddles[0].map((c) => Number(c.toFixed(3)))).toEqual([-0.822, 0.624]);
    expect(saddles[1].map((c) => Number(c.toFixed(3)))).toEqual([0.212, 0.293]);
  });

  describe.each([7, 9, 13])('%i images', (images) => {
    it.each(['lbfgs', 'fire'] as const)('end with the climbing one on the saddle to 1e-6 (%s)', (method) => {
      const ends = [minima.a, minima.b];
      const rough = relaxed(muellerBrown, ends, { images, method, fmax: 0.1 });
      const energies = [...rough.chain.energies];
      const top = energies.indexOf(Math.max(...energies));
      const { chain, end, profile } = relaxed(muellerBrown, ends, {
        images,
        method,
        climbing: [top],
        x: rough.chain.x,
        fmax: 1e-7,
      });
      expect(end.criterion).toBe('fmax');
      const [x, y] = chain.image(top);
      expect(Math.max(Math.abs(x - saddles[0][0]), Math.abs(y - saddles[0][1]))).toBeLessThan(1e-6);
      expect(Math.abs(highest(profile) - muellerBrown(...saddles[0])[0])).toBeLessThan(1e-6);
      // the lower saddle and the minimum between them by the spline
      const found = extrema(profile);
      expect(found.saddles).toHaveLength(2);
      expect(Math.abs(found.minima[1].energy - muellerBrown(...minima.middle)[0])).toBeLessThan(0.01);
      expect(Math.abs(found.saddles[1].energy - muellerBrown(...saddles[1])[0])).toBeLessThan(0.03);
    });
  });

  it('both saddles by two climbing images, to 1e-6', () => {
    const ends = [minima.a, minima.b];
    const rough = relaxed(muellerBrown, ends, { images: 13, method: 'lbfgs', fmax: 0.1 });
    const places = [...rough.profile.coordinates];
    const climbing = extrema(rough.profile).saddles.map(({ coordinate }) => {
      const away = places.map((s) => Math.abs(s - coordinate));
      return away.indexOf(Math.min(...away));
    });
    expect(climbing).toHaveLength(2);
    const { chain } = relaxed(muellerBrown, ends, {
      images: 13,
      method: 'lbfgs',
      climbing,
      x: rough.chain.x,
      fmax: 1e-7,
    });
    climbing.forEach((k, n) => {
      const [x, y] = chain.image(k);
      expect(Math.max(Math.abs(x - saddles[n][0]), Math.abs(y - saddles[n][1]))).toBeLessThan(1e-6);
    });
  });
});

describe('a band over two humps', () => {
  const surface = doubleHump(0.5);
  const ends: [number, number][] = [
    [-1, 0.5],
    [1, 0.5],
  ];
  // p(x) = 0.6 (x² − 1)² (1 + 2.6 x²), maxima where p' = 0: x² = 1/13
  const x2 = 1 / 13;
  const hump = 0.6 * (x2 - 1) ** 2 * (1 + 2.6 * x2);

  it.each([7, 8, 9, 13])('%i images see both humps and the minimum between them', (images) => {
    const { profile, end, chain } = relaxed(surface, ends, { images, method: 'lbfgs' });
    expect(end.criterion).toBe('fmax');
    const found = extrema(profile);
    expect(found.saddles).toHaveLength(2);
    expect(found.minima).toHaveLength(3);
    for (const saddle of found.saddles) expect(saddle.energy).toBeCloseTo(hump, 2);
    expect(found.minima[1].energy).toBeCloseTo(0.6, 2);
    // with an even number no image is near the middle, with an odd one the middle image is in the dip
    if (images % 2 === 1) expect(chain.energies[(images - 1) / 2]).toBeCloseTo(0.6, 6);
  });

  it('two climbing images end on the two humps', () => {
    const rough = relaxed(surface, ends, { images: 9, method: 'lbfgs', fmax: 0.1 });
    const { chain } = relaxed(surface, ends, { images: 9, method: 'lbfgs', climbing: [3, 5], x: rough.chain.x });
    expect(Math.abs(chain.image(3)[0] + Math.sqrt(x2))).toBeLessThan(1e-6);
    expect(Math.abs(chain.image(5)[0] - Math.sqrt(x2))).toBeLessThan(1e-6);
  });

  it('is relaxed by FIRE too, to the same path', () => {
    const a = relaxed(surface, ends, { images: 9, method: 'fire' }).profile;
    const b = relaxed(surface, ends, { images: 9, method: 'lbfgs' }).profile;
    a.energies.forEach((energy, k) => {
      expect(Math.abs(energy - b.energies[k])).toBeLessThan(1e-6);
    });
  });
});

describe('improved tangent', () => {
  const point = (x: number, y: number) => Float64Array.of(x, y, 0);
  const triple = (energies: [number, number, number]) => {
    const out = new Float64Array(3);
    improvedTangent({ before: point(0, 0), here: point(1, 0), after: point(1, 2), energies }, out);
    return [...out];
  };

  it('points to the higher neighbour on a slope', () => {
    expect(triple([0, 1, 2])).toEqual([0, 1, 0]);
    expect(triple([2, 1, 0])).toEqual([1, 0, 0]);
  });

  it('weighs both sides at an extremum, and passes into the one-sided ones without a jump', () => {
    // energies 0, 3, 2 below a maximum: |Δ| = 1 ahead, 3 behind; the higher neighbour gets the larger weight
    const [x, y] = triple([0, 3, 2]);
    expect(y / x).toBeCloseTo((3 * 2) / (1 * 1), 12);
    const nearly = triple([0, 2 + 1e-9, 2]);
    expect(Math.abs(nearly[0])).toBeLessThan(1e-8);
    const minimum = triple([2, 0, 3]);
    expect(minimum[1] / minimum[0]).toBeCloseTo((3 * 2) / (2 * 1), 12);
  });
});

describe('forces of a band', () => {
  it('are the true ones across the path, those of the springs along it, and take no rigid translation', () => {
    const first = { x: new Float64Array(6), energy: 0 };
    const last = { x: Float64Array.of(2, 0, 0, 4, 0, 0), energy: 1 };
    const x = Float64Array.of(0.5, 0, 0, 1, 0, 0);
    const force = [0.3, 0.2, 0.1, 0.5, -0.4, 0.1];
    const evaluate = (_: Float64Array, energies: Float64Array, forces: Float64Array) => {
      energies[0] = 0.5;
      forces.set(force);
    };
    const chain = band(x, evaluate, { first, last, springs: [2, 2] });
    chain.evaluate();
    // rising: τ ∝ (1.5, 3) in the two x components; springs 2·(|Δ after| − |Δ before|)
    const t = [1.5 / Math.sqrt(11.25), 3 / Math.sqrt(11.25)];
    const along = 0.3 * t[0] + 0.5 * t[1];
    const spring = 2 * (Math.sqrt(11.25) - Math.sqrt(1.25));
    const expected = force.map((f, i) => f + (i % 3 === 0 ? (spring - along) * t[i / 3] : 0));
    chain.f.forEach((f, i) => {
      expect(f).toBeCloseTo(expected[i], 12);
    });
    const free = band(x.slice(), evaluate, { first, last, springs: [2, 2], free: [true, true, false] });
    free.evaluate();
    const sum = (c: number) => free.f[c] + free.f[3 + c];
    expect([sum(0), sum(1)].every((s) => Math.abs(s) < 1e-15)).toBe(true);
    expect(sum(2)).toBeCloseTo(0.2, 12);
  });

  it('refuse lengths that do not fit', () => {
    const end = { x: new Float64Array(3), energy: 0 };
    const options = { first: end, last: end, springs: [1, 1] };
    expect(() => band(new Float64Array(4), () => {}, options)).toThrow(InputError);
    expect(() => band(new Float64Array(6), () => {}, options)).toThrow(/springs/);
  });
});

describe('profile of a path', () => {
  /** Exact samples of e(s) at the given places. */
  const sampled = (e: (s: number) => number, slope: (s: number) => number, places: number[]): Profile => ({
    coordinates: Float64Array.from(places),
    energies: Float64Array.from(places, e),
    slopes: Float64Array.from(places, slope),
  });

  it('is exact for cubics', () => {
    const e = (s: number) => 1 + 2 * s - 3 * s * s + 0.5 * s ** 3;
    const profile = sampled(e, (s) => 2 - 6 * s + 1.5 * s * s, [0, 0.7, 2, 4.5]);
    for (let s = 0; s <= 4.5; s += 0.13) expect(energyAt(profile, s)).toBeCloseTo(e(s), 12);
    const root = (sign: number) => (6 + sign * Math.sqrt(24)) / 3;
    const { saddles, minima: lows } = extrema(profile);
    expect(saddles.map((p) => p.coordinate)[0]).toBeCloseTo(root(-1), 10);
    expect(lows[1].coordinate).toBeCloseTo(root(1), 10);
  });

  it('takes wiggles below the depth for noise, and ends for minima', () => {
    const e = (s: number) => Math.sin(Math.PI * s) ** 2 + 1e-2 * Math.sin(40 * Math.PI * s);
    const slope = (s: number) => Math.PI * Math.sin(2 * Math.PI * s) + 0.4 * Math.PI * Math.cos(40 * Math.PI * s);
    const places = Array.from({ length: 201 }, (_, k) => k / 200);
    const found = extrema(sampled(e, slope, places), 3e-2);
    expect(found.saddles).toHaveLength(1);
    expect(found.minima.map((p) => p.coordinate)).toEqual([0, 1]);
    expect(extrema(sampled(e, slope, places), 1e-9).saddles.length).toBeGreaterThan(1);
  });

  it('of a path that only rises has no saddle, and its top is the last end', () => {
    const profile = sampled(
      (s) => s * s,
      (s) => 2 * s,
      [0, 0.5, 1],
    );
    expect(extrema(profile)).toEqual({ minima: [{ coordinate: 0, energy: 0 }], saddles: [] });
    expect(highest(profile)).toBe(1);
  });

  it('says where an image is missing, and puts it there', () => {
    const images = [0, 1, 2, 3].map((x) => Float64Array.of(x, 0, 0));
    const steep = {
      coordinates: Float64Array.of(0, 1, 2, 3),
      energies: Float64Array.of(0, 0.1, 0.9, 1),
      slopes: new Float64Array(4),
    };
    expect(underResolved(steep, images)).toBe(1);
    const flat = { ...steep, energies: Float64Array.of(0, 0.3, 0.7, 1) };
    expect(underResolved(flat, images)).toBeUndefined();
    const corner = [...images.slice(0, 3), Float64Array.of(2, 1, 0)];
    expect(underResolved(flat, corner)).toBe(1);
    const chain = insertImage({ x: Float64Array.of(1, 0, 0, 2, 0, 0), springs: Float64Array.of(5, 5, 5) }, images, 1);
    expect([...chain.x]).toEqual([1, 0, 0, 1.5, 0, 0, 2, 0, 0]);
    expect([...chain.springs]).toEqual([5, 10, 10, 5]);
  });

  it('lets images climb next to the saddles, but no two neighbours', () => {
    const humps = (places: number[]): Profile =>
      sampled(
        (s) => Math.sin(Math.PI * s) ** 2 * (1 + 0.1 * s),
        (s) => Math.PI * Math.sin(2 * Math.PI * s),
        places,
      );
    const wide = humps([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
    expect(climbers(wide, 'none')).toEqual([]);
    expect(climbers(wide, 'highest')).toEqual([6]);
    expect(climbers(wide, 'all')).toEqual([2, 6]);
    expect(climbers(humps([0, 0.45, 1.55, 2]), 'all')).toEqual([2]);
    // a hump that nobody climbs, higher than the one that is climbed
    expect(missesHump(wide, [2], [6])).toBe(true);
    expect(missesHump(wide, [6], [6])).toBe(false);
  });
});
