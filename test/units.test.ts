import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import * as u from '../src/data/units.ts';

const near = (found: number, expected: number, tolerance: number) =>
  expect(Math.abs(found / expected - 1)).toBeLessThan(tolerance);

describe('constants', () => {
  it('are CODATA 2018 as printed', () => {
    near(u.boltzmann, 8.617333262e-5, 1e-10);
    near(u.hbar, 6.582119569e-16 * 1e12, 1e-10);
    near(u.coulomb, 14.3996454784, 1e-10);
    near(u.avogadro * u.atomicMass * 1000, 1, 1e-9);
    near(u.forceToAcceleration * 1e4, 9.64853321233e7, 1e-9); // the Faraday constant is e/u in C/kg·1e-3
    near(u.kineticToEnergy, 1.0364269e-4, 1e-7); // mvv2e of LAMMPS metal units (older CODATA)
  });
  it('give the thermal speed of iron at 300 K', () => {
    // sqrt(k T / m) = sqrt(1.380649e-23 · 300 / (55.845 · 1.66053906660e-27)) m/s
    const si = Math.sqrt((1.380649e-23 * 300) / (55.845 * 1.6605390666e-27));
    near(Math.sqrt(((u.boltzmann * 300) / 55.845) * u.forceToAcceleration) * 100, si, 1e-14);
  });
});

describe('parseQuantity', () => {
  const cases: [string | number, u.Dimension, number][] = [
    ['2 fs', 'time', 0.002],
    ['2fs', 'time', 0.002],
    ['0.7 fs', 'time', 0.0007],
    ['1 ns', 'time', 1000],
    [' +.5e1 ps ', 'time', 5],
    ['10 kbar', 'pressure', 1 / 160.2176634],
    ['1 GPa', 'pressure', 1 / 160.2176634],
    ['1000 MPa', 'pressure', 1 / 160.2176634],
    ['1e9 Pa', 'pressure', 1 / 160.2176634],
    ['10000 bar', 'pressure', 1 / 160.2176634],
    ['1e-4 eV/A', 'force', 1e-4],
    ['1e-4eV/Å', 'force', 1e-4],
    ['0.1 meV/A', 'force', 1e-4],
    ['2eV', 'energy', 2],
    ['1 Ha', 'energy', 27.211386245988],
    ['2 Ry', 'energy', 27.211386245988],
    ['1 kJ/mol', 'energy', 0.010364269656],
    ['23.060547831 kcal/mol', 'energy', 1],
    ['4.8A', 'length', 4.8],
    ['1 bohr', 'length', 0.529177210903],
    ['300 pm', 'length', 3],
    ['0.3 nm', 'length', 3],
    ['1/ps', 'frequency', Number.NaN],
    ['2 ps^-1', 'frequency', 2],
    ['2 THz', 'frequency', 2],
    ['0.01 1/fs', 'frequency', 10],
    ['16.02176634 N/m', 'stiffness', 1],
    [-3, 'energy', -3],
    ['183.84 g/mol', 'mass', 183.84],
  ];
  it.each(cases)('%s is a %s of %d', (text, dimension, expected) => {
    const spec = { dimension, name: '--x' };
    if (Number.isNaN(expected)) expect(() => u.parseQuantity(text, spec)).toThrow(InputError);
    else near(u.parseQuantity(text, spec), expected, 1e-10);
  });
  it('takes decimal multiples to the nearest double', () => {
    for (const t of [0.1, 0.3, 0.7, 1.1, 2.3]) {
      expect(u.parseQuantity(`${t} fs`, { dimension: 'time', name: 't' })).toBe(t / 1000);
    }
  });
  it('gives a bare number the unit of its flag', () => {
    const spec: u.QuantitySpec = { dimension: 'pressure', bare: 'GPa', name: '--pressure' };
    expect(u.parseQuantity(5, spec)).toBe(u.parseQuantity('50 kbar', spec));
    expect(u.parseQuantity('5', spec)).toBe(5 / 160.2176634);
    expect(u.inUnit(u.parseQuantity('5', spec), 'pressure', 'GPa')).toBeCloseTo(5, 12);
  });
  const bad = [
    '',
    ' ',
    'nan',
    'inf',
    'NaN K',
    '0x10',
    '1e999',
    '-',
    '.',
    '1..2',
    '1e',
    '1,5 K',
    'K',
    '3 K K',
    '9'.repeat(1e6),
  ];
  it.each(bad)('refuses %s', (text) => {
    expect(() => u.parseQuantity(text, { dimension: 'temperature', name: '-T' })).toThrow(InputError);
    expect(() => u.parseQuantity(text, { dimension: 'temperature', name: '-T' })).toThrow(/^-T: /);
  });
  it('refuses numbers that are none, and the wrong sign', () => {
    const spec: u.QuantitySpec = { dimension: 'time', bare: 'fs', name: '--timestep', sign: 'positive' };
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, 0, -1]) {
      expect(() => u.parseQuantity(x, spec)).toThrow(InputError);
    }
    expect(u.parseQuantity(0, { ...spec, sign: 'nonnegative' })).toBe(0);
    expect(() => u.parseQuantity('-1 fs', spec)).toThrow('--timestep: found "-1 fs"; it must be positive');
  });
  it('names the flag, the units and the nearest one', () => {
    expect(() => u.parseQuantity('1 Gpa', { dimension: 'pressure', name: '--pressure' })).toThrow(
      '--pressure: "Gpa" in "1 Gpa" is no unit of pressure (did you mean GPa?); accepted: eV/A^3, GPa, MPa, Pa, kbar, bar',
    );
    expect(() => u.parseQuantity('1 K', { dimension: 'time', name: '--timestep' })).toThrow('accepted: ps, fs, ns');
    expect(() => u.parseQuantity('1 toString', { dimension: 'time', name: 't' })).toThrow(InputError);
  });
});

describe('parseRamp', () => {
  const spec: u.QuantitySpec = { dimension: 'temperature', name: '--temperature' };
  it('reads one value or two', () => {
    expect(u.parseRamp('300 K -> 1500 K', spec)).toEqual([300, 1500]);
    expect(u.parseRamp('300->1500', spec)).toEqual([300, 1500]);
    expect(u.parseRamp('300 K', spec)).toEqual([300, 300]);
    expect(u.parseRamp(300, spec)).toEqual([300, 300]);
  });
  it('lets one unit serve both ends', () => {
    const pressure: u.QuantitySpec = { dimension: 'pressure', bare: 'GPa', name: '--pressure' };
    expect(u.parseRamp('5 -> 10 kbar', pressure)).toEqual(u.parseRamp('5 kbar -> 10 kbar', pressure));
    expect(u.parseRamp('1 GPa -> 20 kbar', pressure)[1]).toBeCloseTo(2 / 160.2176634, 14);
  });
  it.each(['300 ->', '-> 300', '1 -> 2 -> 3', '->', ''])('refuses %s', (text) => {
    expect(() => u.parseRamp(text, spec)).toThrow(/^--temperature: /);
  });
});
