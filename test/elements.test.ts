import { describe, expect, it } from 'vitest';
import { numberOf, parseElement, standardMass, symbolOf, symbols } from '../src/data/elements.ts';
import { nearest } from '../src/data/nearest.ts';

describe('elements', () => {
  it('has 118 symbols that lead back to their numbers', () => {
    expect(symbols).toHaveLength(118);
    expect(new Set(symbols).size).toBe(118);
    for (let z = 1; z <= 118; z++) expect(numberOf(symbolOf(z))).toBe(z);
  });

  it('agrees with the table of ASE 3.22 (IUPAC 2016)', () => {
    // z, symbol, ase.data.atomic_masses[z]
    const ase: [number, string, number][] = [
      [1, 'H', 1.008],
      [2, 'He', 4.002602],
      [4, 'Be', 9.0121831],
      [6, 'C', 12.011],
      [13, 'Al', 26.9815385],
      [14, 'Si', 28.085],
      [23, 'V', 50.9415],
      [26, 'Fe', 55.845],
      [29, 'Cu', 63.546],
      [40, 'Zr', 91.224],
      [41, 'Nb', 92.90637],
      [42, 'Mo', 95.95],
      [73, 'Ta', 180.94788],
      [74, 'W', 183.84],
      [79, 'Au', 196.966569],
      [82, 'Pb', 207.2],
      [92, 'U', 238.02891],
    ];
    for (const [z, symbol, mass] of ase) {
      expect(symbolOf(z)).toBe(symbol);
      expect(Math.abs(standardMass(z) / mass - 1)).toBeLessThan(1e-8);
    }
    expect(symbolOf(118)).toBe('Og');
  });

  it('has the weights that IUPAC changed after 2016', () => {
    expect(standardMass(18)).toBe(39.95);
    expect(standardMass(70)).toBe(173.045);
    expect(standardMass(72)).toBe(178.486);
  });

  it('rises with the number but for the four known inversions and the heaviest', () => {
    const inversions = [];
    for (let z = 2; z <= 92; z++) if (standardMass(z) < standardMass(z - 1)) inversions.push(symbolOf(z));
    expect(inversions).toEqual(['K', 'Ni', 'I', 'Pa']);
  });

  it('refuses what is no element', () => {
    for (const z of [0, 119, -1, 1.5, Number.NaN]) {
      expect(() => symbolOf(z)).toThrow('1 to 118');
      expect(() => standardMass(z)).toThrow('1 to 118');
    }
    expect(numberOf('fe')).toBeUndefined();
    expect(numberOf('__proto__')).toBeUndefined();
    expect(() => parseElement('FE', '--types')).toThrow('--types: unknown element "FE"; did you mean Fe?');
    expect(() => parseElement('Xyzzy')).toThrow('a chemical symbol such as Fe was expected');
    expect(parseElement('W')).toBe(74);
  });
});

describe('nearest', () => {
  const flags = ['--timestep', '--temperature', '--pressure', '--threads', '--steps'];
  it('finds the typo', () => {
    expect(nearest('--tempreature', flags)).toBe('--temperature');
    expect(nearest('--thread', flags)).toBe('--threads');
    expect(nearest('--Steps', flags)).toBe('--steps');
  });
  it('is silent when nothing is near', () => {
    expect(nearest('--zzzzz', flags)).toBeUndefined();
    expect(nearest('', flags)).toBeUndefined();
    expect(nearest('x'.repeat(1e6), flags)).toBeUndefined();
  });
});
