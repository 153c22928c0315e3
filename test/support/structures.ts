/** Random structures for round trips, comparison bit by bit, and files that must be refused. */
import { expect } from 'vitest';
import { type Atoms, createAtoms, type Json } from '../../src/data/atoms.ts';
import { determinant } from '../../src/data/cell.ts';
import { InputError } from '../../src/data/errors.ts';
import fc from './properties.ts';

export const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
export const moderate = fc.double({ noNaN: true, min: -1e3, max: 1e3 });

const vector = (length: number, item = finite) =>
  fc.array(item, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));

/** A right-handed cell that is far from singular; lower triangular ones with positive diagonal on request. */
export function arbitraryCell(triangular = false): fc.Arbitrary<Float64Array> {
  const edge = fc.double({ noNaN: true, min: 2, max: 50 });
  const tilt = fc.double({ noNaN: true, min: -0.9, max: 0.9 });
  return fc.tuple(fc.tuple(edge, edge, edge), vector(6, tilt)).map(([[a, b, c], t]) => {
    const upper = triangular ? [0, 0, 0] : [t[3], t[4], t[5]];
    const cell = Float64Array.of(a, upper[0], upper[1], t[0], b, upper[2], t[1], t[2], c);
    return determinant(cell) > 0 ? cell : Float64Array.of(a, 0, 0, 0, b, 0, 0, 0, c);
  });
}

export interface AtomsOptions {
  maxAtoms?: number;
  triangular?: boolean;
  /** Any double, or within ±1000. */
  wild?: boolean;
  velocities?: boolean;
  masses?: boolean;
  fixed?: boolean;
  arrays?: boolean;
  info?: boolean;
}

/** Structures whose optional parts are present half of the time where `options` allows them. */
export function arbitraryAtoms(options: AtomsOptions = {}): fc.Arbitrary<Atoms> {
  const item = options.wild ? finite : moderate;
  const maybe = <T>(allowed: boolean | undefined, value: fc.Arbitrary<T>) =>
    allowed ? fc.option(value, { nil: undefined }) : fc.constant(undefined);
  return fc.integer({ min: 1, max: options.maxAtoms ?? 6 }).chain((n) =>
    fc
      .record({
        numbers: fc
          .array(fc.integer({ min: 1, max: 118 }), { minLength: n, maxLength: n })
          .map((z) => Uint8Array.from(z)),
        positions: vector(3 * n, item),
        cell: arbitraryCell(options.triangular),
        pbc: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        velocities: maybe(options.velocities, vector(3 * n, item)),
        masses: maybe(options.masses, vector(n, fc.double({ noNaN: true, min: 0.5, max: 300 }))),
        fixed: maybe(
          options.fixed,
          fc.array(fc.constantFrom(0, 1), { minLength: 3 * n, maxLength: 3 * n }).map((held) => Uint8Array.from(held)),
        ),
        info: options.info ? arbitraryInfo() : fc.constant({}),
        forces: maybe(options.arrays, vector(3 * n, item)),
        tags: maybe(
          options.arrays,
          fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }).map((t) => Float64Array.from(t)),
        ),
      })
      .map(({ forces, tags, velocities, masses, fixed, ...rest }) => {
        const atoms = createAtoms(rest);
        if (velocities) atoms.velocities = velocities;
        if (masses) atoms.masses = masses;
        if (fixed) atoms.fixed = fixed;
        if (forces) atoms.arrays.forces = forces;
        if (tags) atoms.arrays.tags = tags;
        return atoms;
      }),
  );
}

function arbitraryInfo(): fc.Arbitrary<Record<string, Json>> {
  const reserved = /^(lattice|properties|pbc|energy|free_energy|stress|virial|)$/i;
  const value = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }),
      finite,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('json'), { maxKeys: 2 }).map((item) => ({ ...item })),
    ),
  })).json;
  const key = fc.string().filter((text) => !reserved.test(text.trim()) && !reserved.test(text));
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs));
}

/** A cubic cell of that edge. */
export const cube = (a: number) => Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a);

/** An atom of iron and one of tungsten in a cube of 3 Å. */
export const pair = (extra: Partial<Atoms> = {}): Atoms => ({
  ...createAtoms({
    numbers: Uint8Array.of(26, 74),
    positions: Float64Array.of(0, 0, 0, 1.5, 1.25, 1),
    cell: cube(3),
    pbc: [true, true, true],
  }),
  ...extra,
});

/** Equal to the last bit, −0 included. */
export function expectSame(found: Atoms, expected: Atoms): void {
  const plain = (atoms: Atoms) => Object.entries(atoms).filter(([, value]) => value !== undefined);
  expect(Object.fromEntries(plain(found))).toStrictEqual(Object.fromEntries(plain(expected)));
}

/** Every text must be refused with an InputError that has the file and a line, and contains the words. */
export function expectRefused(parse: (text: string) => unknown, cases: [text: string, words: RegExp][]): void {
  for (const [text, words] of cases) {
    let caught: unknown;
    try {
      parse(text);
    } catch (error) {
      caught = error;
    }
    const shown = JSON.stringify(text.slice(0, 200));
    expect(caught, `accepted ${shown}`).toBeInstanceOf(InputError);
    const error = caught as InputError;
    expect(error.message, shown).toMatch(/^bad\.file:\d+: /);
    expect(error.message, shown).toMatch(words);
    expect(error.message.length, shown).toBeLessThan(300);
  }
}
