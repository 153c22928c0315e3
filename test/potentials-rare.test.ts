/** Files of potentials told apart by content and put together; what tables and descriptors seldom say, and what is refused in them. */
import { describe, expect, it } from 'vitest';
import { parseDescriptor } from '../src/io/descriptor.ts';
import { detectPotential } from '../src/io/detect-potential.ts';
import { embeddedFile } from '../src/io/embedded.ts';
import { parseFuncfl } from '../src/io/funcfl.ts';
import { loadPotential } from '../src/io/potential.ts';
import { formatScattering, isScattering, parseScattering } from '../src/io/scattering.ts';
import { parseSetfl } from '../src/io/setfl.ts';
import { parseSnap } from '../src/io/snap.ts';
import { coeff, context, load, param, texts } from './support/potential-texts.ts';
import { refused } from './support/refused.ts';
import { funcflText, setflText } from './support/tables.ts';

describe('a file of a potential', () => {
  it('is known by its content', () => {
    const formats = [...texts].map(([name, text]) => [name, detectPotential(text)]);
    expect(formats).toEqual([
      ['a.snapcoeff', 'snapcoeff'],
      ['a.snapparam', 'snapparam'],
      ['a.snap', 'snap'],
      ['a.pot', 'milady'],
      ['b.pot', 'milady'],
      ['a.json', 'native'],
      ['a.alloy', 'setfl'],
      ['fe.funcfl', 'funcfl'],
      ['co.funcfl', 'funcfl'],
      ['notes', undefined],
    ]);
    expect(detectPotential('')).toBeUndefined();
    expect(detectPotential(`# pair_style snap\n${coeff}`)).toBe('snapcoeff');
    expect(detectPotential('  pair_coeff * * x\n')).toBe('snap');
    expect(detectPotential('pair_stylist\n')).toBeUndefined();
    for (const line of ['1', '1 6 7', 'a 6', '1 b'])
      expect(detectPotential(coeff.replace('1 6', line)), line).toBeUndefined();
    for (const line of ['W 0.5', 'W 0.5 1 1', 'W a 1', 'W 1 b'])
      expect(detectPotential(coeff.replace('W 0.5 1', line)), line).toBeUndefined();
    // only its beginning counts
    expect(detectPotential(`${'x '.repeat(11_000)}\npair_style snap\n`)).toBeUndefined();
    expect(detectPotential(`${'\n'.repeat(45)}pair_style snap\n`)).toBeUndefined();
  });

  it('is one potential, with the files that belong to it', () => {
    const kernels = ['a.snap', 'a.pot', 'b.pot', 'a.json', 'a.alloy', 'fe.funcfl'].map((name) => load(name).kernel);
    expect(kernels).toEqual(['snap', 'snap', 'snap', 'descriptor', 'eam', 'eam']);
    expect(load('a.snapparam', 'a.snapcoeff')).toEqual(
      parseSnap({ file: 'a.snapcoeff', text: coeff }, { file: 'a.snapparam', text: param }),
    );
    expect(load('fe.funcfl', 'co.funcfl').species).toEqual([26, 27]);
    expect(load('Fe-FS-1984').kernel).toMatch(/^finnis-sinclair|eam|fs/);
    expect(load('lj epsilon=1eV sigma=2A cutoff=5A')).toMatchObject({ kernel: 'lj', species: [26] });
  });

  it('is refused where something is missing or too much', () => {
    refused(() => load(), 'no potential: give -p with a file, an inline form or one of ');
    refused(
      () => load('Fe-FS-1948'),
      '-p Fe-FS-1948: neither a file nor an embedded potential (did you mean Fe-FS-1984?)',
    );
    refused(() => load('notes'), 'notes:1: not a potential that frenkel knows');
    refused(() => load('a.snapcoeff'), 'found 1 .snapcoeff and 0 .snapparam');
    refused(() => load('a.snapparam'), 'found 0 .snapcoeff and 1 .snapparam');
    refused(
      () => load('a.snapcoeff', 'a.snapcoeff', 'a.snapparam', 'a.snapparam'),
      'found 2 .snapcoeff and 2 .snapparam',
    );
    refused(() => load('a.pot', 'a.json'), '2 potentials given (a.pot, a.json): add --overlay');
  });

  it('adds up with others where it is asked to', () => {
    const lj = 'lj epsilon=1eV sigma=2A cutoff=5A';
    refused(() => load(lj, 'a.pot'), /^2 potentials given \(lj, .*\): add --overlay to sum them, or keep one$/);
    const sum = loadPotential([lj, 'a.pot'], { ...context, overlay: true });
    expect(sum.parts?.map(({ kernel }) => kernel)).toEqual(['lj', 'snap']);
    expect(loadPotential([lj], { ...context, overlay: true }).kernel).toBe('lj');
  });
});

describe('tables', () => {
  it('go by their comments, else by their file, else by their elements', () => {
    const text = setflText(['Fe', 'W'], 'alloy', { nr: 20, nrho: 10 });
    const [first, second] = [parseSetfl(text), parseSetfl(text.replace('made up\nfor tests\n', '\n\n'))];
    expect([first.reference, first.name]).toEqual(['made up for tests', 'eam Fe W']);
    expect([second.reference, second.name]).toEqual(['eam Fe W', 'eam Fe W']);
    expect(parseSetfl(text, { file: 'a.alloy' }).name).toBe('a.alloy');
    expect(parseSetfl(`${text}\n# more\n`).params).toEqual(first.params);
    refused(() => parseSetfl(`${text}\n1.0\n`), 'expected the end of the file after the last table');
    const funcfl = funcflText(26, 40, 0.13);
    expect(parseFuncfl([{ text: funcfl }])).toMatchObject({ reference: 'made up for tests', name: 'funcfl' });
    expect(parseFuncfl([{ text: funcfl.replace('made up for tests', ''), file: 'fe' }])).toMatchObject({
      reference: 'fe',
      name: 'fe',
    });
  });
});

describe('descriptors as text', () => {
  it('have parts, not too many, with the keys that they need', () => {
    expect(parseDescriptor(Array(64).fill('g2()').join('+'))).toHaveLength(64);
    refused(() => parseDescriptor(Array(65).fill('g2()').join('+')), 'found 65 parts; 64 are possible');
  });

  it('are scattering or of atoms', () => {
    expect(['scattering', ' scattering sigma=1A', 'scatterings', 'g2'].map(isScattering)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    refused(() => parseScattering('g2'), 'expected scattering key=value …, found "g2"');
    const all = parseScattering('scattering(sigma=0.5A spacing=0.25 scales=1,2)');
    expect(all).toEqual({ sigma: 0.5, spacing: 0.25, scales: [1, 2] });
    expect(parseScattering(formatScattering(all))).toEqual(all);
    const bare = parseScattering('scattering');
    expect(bare.scales.length).toBeGreaterThan(0);
    expect(parseScattering(formatScattering(bare))).toEqual(bare);
    refused(() => parseScattering('scattering sigma'), 'expected key=value, found "sigma"');
    refused(() => parseScattering('scattering sigme=1A'), 'unknown key "sigme" (did you mean sigma?)');
    refused(() => parseScattering('scattering sigma=1A sigma=1A'), 'sigma is given twice');
  });

  it('the embedded files are there', () => {
    expect(embeddedFile('W_Wood_2017.snap')).toContain('pair_style');
  });
});
