/** Small files of potentials in every format, and how they are found by name. */
import { loadPotential, type PotentialContext } from '../../src/io/potential.ts';
import { funcflText, setflText } from './tables.ts';

export const param = 'rcutfac 4.7\ntwojmax 2\n';
export const block = (symbol: string) =>
  `${symbol} 0.5 1\n${Array.from({ length: 6 }, (_, k) => `${(k + 1) / 100}`).join('\n')}\n`;
export const coeff = `# CITATION: A. Author\n1 6\n${block('W')}`;
export const snap = 'pair_style snap\npair_coeff * * a.snapcoeff a.snapparam W\n';
export const pot = `${'#\n'.repeat(6)}1 Fe 1.0\n9 6 3\n55.845\n1 1.0 0\n4.7\n-1.5\n0.01\n0.02\n0.03\n0.04\n0.05\n`;
export const pot2 = pot.replace('1 Fe 1.0', '1 1 Fe 1.0 1.0').replace('1 1.0 0', '1\n1.0 0');
export const native = JSON.stringify({
  format: 'frenkel-potential',
  version: 1,
  descriptor: 'g2 grid=explicit etas=0.5 rcut=5A',
  elements: [{ symbol: 'Fe', coefficients: [1, 2] }],
});
export const texts = new Map([
  ['a.snapcoeff', coeff],
  ['a.snapparam', param],
  ['a.snap', snap],
  ['a.pot', pot],
  ['b.pot', pot2],
  ['a.json', native],
  ['a.alloy', setflText(['Fe', 'W'], 'alloy', { nr: 20, nrho: 10 })],
  ['fe.funcfl', funcflText(26, 40, 0.13)],
  ['co.funcfl', funcflText(27, 40, 0.13)],
  ['notes', 'pair potential of iron\n'],
]);
export const context: PotentialContext = {
  species: [26],
  read: (path) => texts.get(path),
  readBeside: (_, name) => texts.get(name) ?? '',
};
export const load = (...specs: string[]) => loadPotential(specs, context);
