/** Words of other programs' users: the refusal says what is meant here. */
import { describe, expect, it } from 'vitest';
import { foreignFlags, parseEnsemble, refuseStyle } from '../src/cli/foreign-words.ts';
import { mdCommand } from '../src/cli/md.ts';

describe('--ensemble', () => {
  it.each([
    ['nvt', 'constant temperature is nhc (Nosé–Hoover chains) or langevin'],
    ['Nose-Hoover', 'constant temperature is nhc'],
    ['NVT/Nosé', 'constant temperature is nhc'],
    ['csvr', 'constant temperature is nhc'],
    ['v-rescale', 'constant temperature is nhc'],
    ['npt-iso', 'constant pressure and temperature is npt (MTK; --coupling iso or aniso)'],
    ['Parrinello-Rahman', 'constant pressure and temperature is npt'],
    ['nph', 'constant enthalpy is not there; npt holds'],
    ['velocity-verlet', 'constant energy is nve (velocity Verlet)'],
    ['brownian', 'noise and friction are langevin (BAOAB)'],
    ['sd', 'noise and friction are langevin'],
  ])('%s', (word, meaning) => {
    expect(() => parseEnsemble(word)).toThrow(
      `--ensemble: found ${JSON.stringify(word)}; one of nve, langevin, nhc, npt was expected: ${meaning}`,
    );
  });

  it('takes what there is, and says which name is nearest, or none', () => {
    expect(['nve', 'langevin', 'nhc', 'npt'].map(parseEnsemble)).toEqual(['nve', 'langevin', 'nhc', 'npt']);
    expect(() => parseEnsemble('NPT')).toThrow('was expected (did you mean npt?)');
    expect(() => parseEnsemble('nhx')).toThrow(/nhc/);
    expect(() => parseEnsemble('foo')).toThrow(/was expected$/);
    expect(() => parseEnsemble('')).toThrow(/was expected$/);
  });
});

describe('--fix', () => {
  it("is not LAMMPS's", () => {
    for (const word of ['nvt', 'npt temp 300 300 0.1', 'langevin 300', '1', 'setforce 0 0 0', 'box/relax iso 0'])
      expect(() => refuseStyle(word), word).toThrow("here --fix holds atoms, as 'z<5A'");
    expect(() => refuseStyle('nvt')).toThrow("thermostats and barostats are md's --ensemble: constant temperature is");
    for (const word of ['z<5A', 'index=0:xy', 'all:z', 'element=W', 'x>2A and (index<10 or index=42)', 'temperature<3'])
      expect(() => refuseStyle(word), word).not.toThrow();
  });
});

describe('flags of other programs', () => {
  const parse = (...args: string[]) =>
    mdCommand()
      .exitOverride()
      .parse(['a.xyz', ...args], { from: 'user' });

  it('say what they are called here, with and without a value', () => {
    expect(() => parse('--dt', '0.002')).toThrow("--dt is no flag here: the time step is --timestep '2 fs'");
    expect(() => parse('--nvt')).toThrow('--nvt is no flag here: --ensemble nhc or langevin');
    expect(() => parse('--fix', '1', 'all', 'nvt')).toThrow("md's --ensemble");
    for (const { long } of foreignFlags()) expect(() => parse(String(long)), long).toThrow('is no flag here: ');
  });

  it('are none of md, and its help does not name them', () => {
    const { options } = mdCommand();
    const names = options.map(({ long }) => long);
    expect(new Set(names).size).toBe(names.length);
    const help = mdCommand().helpInformation();
    for (const { long } of foreignFlags()) expect(help).not.toContain(`${long} [`);
  });
});
