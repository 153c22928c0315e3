import { afterAll, describe, expect, it } from 'vitest';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { withCoefficients } from '../src/fit/basis.ts';
import { foreignReference } from '../src/fit/check-labels.ts';
import { checkSamples } from '../src/fit/checks.ts';
import { basisOf, parseDescriptor } from '../src/fit/descriptor-config.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { sampleOf } from '../src/fit/samples.ts';
import { foldsOf, testSplit } from '../src/fit/split.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { fitsnapBar, parseFitsnap } from '../src/io/fitsnap.ts';
import { bases, labelled } from './support/fits.ts';

const engine = await createPlainEngine();
afterAll(() => engine.close());

describe('data', () => {
  const frame = (comment: string, row = 'W 0 0 0 0.1 0.2 0.3') =>
    parseExtxyz(`1\nLattice="3 0 0 0 3 0 0 0 3" ${comment}\n${row}\n`)[0];

  it('finds labels under the names that codes give them', () => {
    const atoms = frame(
      'Properties=species:S:1:pos:R:3:dft_force:R:3 dft_energy=-8.5 config_type=bulk dft_virial="1 2 3 4 5 6 7 8 9"',
    );
    const sample = sampleOf(atoms, 'x', 'file');
    expect(sample.group).toBe('bulk');
    expect(sample.energy).toBe(-8.5);
    expect([...(sample.forces ?? [])]).toEqual([0.1, 0.2, 0.3]);
    const symmetric = [1, 5, 9, 7, 5, 3];
    expect([...(sample.stress ?? [])]).toEqual(symmetric.map((w) => -w / 27));
  });

  it('asks where names are ambiguous, and says what there is where none is known', () => {
    const two = frame('Properties=species:S:1:pos:R:3:f:R:3 energy=1 REF_energy=2');
    expect(() => sampleOf(two, 'x.xyz', 'g')).toThrow(/x.xyz: has energy and REF_energy/);
    expect(sampleOf(two, 'x', 'g', { energy: 'REF_energy' }).energy).toBe(2);
    const none = frame('Properties=species:S:1:pos:R:3:f:R:3 E0=1');
    expect(() => sampleOf(none, 'x', 'g')).toThrow(/neither energy nor forces nor stress; found E0, f/);
  });

  it('reads FitSNAP JSON; stress in bar, positive under compression, becomes tension in eV/Å³', () => {
    const data = (more: object) =>
      `# comment\n${JSON.stringify({
        Dataset: {
          StressStyle: 'bar',
          Data: [
            {
              NumAtoms: 1,
              AtomTypes: ['Ta'],
              Positions: [[0, 0, 0]],
              Lattice: [
                [3, 0, 0],
                [0, 3, 0],
                [0, 0, 3],
              ],
              Energy: -11.8,
              Stress: [
                [fitsnapBar, 0, 0],
                [0, 0, 0],
                [0, 0, 0],
              ],
              ...more,
            },
          ],
        },
      })}`;
    const sample = sampleOf(parseFitsnap(data({}))[0], 'x', 'g');
    expect(sample.energy).toBe(-11.8);
    expect(sample.stress?.[0]).toBeCloseTo(-1, 14);
    expect(() => parseFitsnap(data({ Forces: [[1, 2]] }), { file: 'a.json' })).toThrow(/a.json: expected Forces/);
    expect(() => parseFitsnap(data({ AtomTypes: ['Xx'] }))).toThrow(/symbol of an element/);
    expect(() => parseFitsnap('{', { file: 'a.json' })).toThrow(/no valid JSON/);
  });

  const samples = labelled(
    engine,
    snapPotential(withCoefficients(bases[0][1], new Float64Array(31).fill(0.01))),
    6,
    [74],
  );

  it('suspects units, distances and duplicates', () => {
    expect(checkSamples(samples)).toEqual([]);
    const kbar = samples.map((s) => ({ ...s, stress: new Float64Array(6).fill(120) }));
    expect(() => checkSamples(kbar)).toThrow(/probably kbar or GPa/);
    const one = [...samples, { ...samples[0], name: 'again', energy: (samples[0].energy ?? 0) + 1 }];
    expect(checkSamples(one).join()).toMatch(/again = number 0.*differ/);
    const close = structuredClone(samples[1]);
    close.atoms.positions.set(close.atoms.positions.subarray(0, 3), 3);
    close.atoms.positions[3] += 0.1;
    expect(() => checkSamples([close])).toThrow(/number 1: two atoms are 0.100 Å apart/);
  });

  it('names labels that are missing, groups without data, mixed units and a foreign reference', () => {
    const some = samples.map((s, k) => (k === 2 ? { ...s, forces: undefined } : s));
    expect(checkSamples(some).join()).toMatch(/forces are missing in 1 of 4 of even: number 2/);
    const energies = samples.map((s) => ({ ...s, stress: undefined, forces: undefined }));
    const weights = { energy: 0, force: 1, stress: 1 };
    expect(checkSamples(energies, () => weights).join()).toMatch(/group odd has no data with a weight/);
    const small = (value: number) => new Float64Array(6).fill(value);
    const mixed = samples.map((s, k) => ({ ...s, stress: small(s.group === 'odd' && k < 3 ? 6 : 0.01) }));
    const two = mixed.map((s) => ({ ...s, group: s.stress[0] > 1 ? 'high' : 'low' }));
    expect(checkSamples(two).join()).toMatch(/exceed 1 eV.*high \(6.00 eV.*not in low.*units mixed/);
    const known = samples.map((sample) => {
      const forces = new Float64Array(sample.forces?.length ?? 0).fill(50);
      return { sample, reference: { energy: 0, forces, virial: small(0) } };
    });
    expect(foreignReference(known).join()).toMatch(/makes forces larger: .*number/);
    const calm = known.map(({ sample, reference }) => ({
      sample,
      reference: { ...reference, forces: reference.forces.fill(0) },
    }));
    expect(foreignReference(calm)).toEqual([]);
  });

  it('refuses elements of single configurations, and too few rows, before rows are made', () => {
    const [, basis] = bases[0];
    const foreign = structuredClone(samples[0]);
    foreign.atoms.numbers[0] = 26;
    expect(() => fitPotential(engine, [...samples, { ...foreign, name: 'iron' }], { basis })).toThrow(
      /iron: the configuration contains Fe; the fit knows W/,
    );
    const few = { basis, weights: { energy: 1, force: 0, stress: 0 } };
    expect(() => fitPotential(engine, samples, few)).toThrow(/31 coefficients, but 6 rows/);
  });

  it('refuses weights of groups that are not there, and data without weight', () => {
    const none = { energy: 0, force: 0, stress: 0 };
    const [, basis] = bases[0];
    expect(() => fitPotential(engine, samples, { basis, groups: new Map([['bluk', none]]) })).toThrow(
      /no configuration is of bluk; the data have odd, even/,
    );
    expect(() => fitPotential(engine, samples, { basis, weights: none })).toThrow(/no row of data has a weight/);
  });

  it('holds the same share of every group out, whatever else is there', () => {
    const groups = Array.from({ length: 100 }, (_, k) => (k < 40 ? 'a' : 'b'));
    const held = testSplit(groups, 0.1, 1n);
    expect(held.slice(0, 40).reduce((s, x) => s + x, 0)).toBe(4);
    expect(held.slice(40).reduce((s, x) => s + x, 0)).toBe(6);
    expect(testSplit(groups, 0.1, 1n)).toEqual(held);
    expect(testSplit(groups, 0.1, 2n)).not.toEqual(held);
    const folds = foldsOf(groups, 5, 1n);
    for (let fold = 0; fold < 5; fold++) expect(folds.filter((f) => f === fold).length).toBe(20);
    expect(() => testSplit(groups, 1, 1n)).toThrow(/share of \[0, 1\)/);
  });

  it('reads a descriptor, or says what is wrong with it', () => {
    expect(basisOf(parseDescriptor('snap rcut=4.7A twojmax=8'), [74])).toMatchObject({ twojmax: 8, rcutfac: 4.7 });
    expect(basisOf(parseDescriptor('bso4 rcut=0.5nm jmax=4'), [74])).toMatchObject({ twojmax: 8, rcutfac: 5 });
    expect(() => parseDescriptor('snap rcut=4.7A twojmx=8')).toThrow(/twojmx/);
    expect(() => parseDescriptor('snap rcut=4.7eV twojmax=8')).toThrow(/no unit of length/);
    expect(() => basisOf(parseDescriptor('bso4 rcut=5 jmax=2'), [74, 26])).toThrow(/one element/);
  });
});
