/** Descriptors as text, potentials over them as JSON and in MILADY's files: what is written reads back, what is wrong is named. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descriptorPotential, descriptorSize, fastestPotential, labelsOf } from '../src/data/potentials/descriptor.ts';
import { overlayPotential } from '../src/data/potentials/overlay.ts';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import type { Engine } from '../src/engine/engine.ts';
import { formatDescriptor, parseDescriptor } from '../src/io/descriptor.ts';
import { parsePot } from '../src/io/milady.ts';
import { formatNative, parseNative } from '../src/io/native.ts';
import { loadPotential } from '../src/io/potential.ts';
import { createEngine } from '../src/node/threads.ts';
import { crystal } from '../src/verify/configurations.ts';
import { evaluate } from '../src/verify/evaluate.ts';
import { noise } from '../src/verify/subject.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

describe('descriptors as text', () => {
  it.each([
    ['afs n=3 l=4', 'afs n=3 l=4'],
    ['afs  l=4 n=3  rcut=0.5nm type=1', 'afs n=3 l=4'],
    ['hybrid g2(rcut=4.7) + bso4(jmax=1.5)', 'hybrid g2(rcut=4.7) + bso4(jmax=1.5)'],
    ['g2(rcut=4.7A)+bso4 + g3( neta=2 )', 'hybrid g2(rcut=4.7) + bso4() + g3(neta=2)'],
    [
      'g2 grid=explicit etas=0.1,2e-3 weights=Fe:1,W:0.30000000000000004',
      'g2 grid=explicit etas=0.1,0.002 weights=Fe:1,W:0.30000000000000004',
    ],
    ['hybrid afs', 'afs'],
  ])('%s', (text, canonical) => {
    const descriptor = parseDescriptor(text);
    expect(formatDescriptor(descriptor)).toBe(canonical);
    expect(parseDescriptor(canonical)).toEqual(descriptor);
  });

  it.each([
    ['', /expected NAME/],
    ['hybrid', /expected NAME/],
    ['asf n=3', /unknown descriptor 'asf' \(did you mean afs\?\)/],
    ['afs m=3', /afs: unknown key "m"/],
    ['afs n', /expected key=value, found "n"/],
    ['afs n=3 n=4', /n is given twice/],
    ['afs n=0', /afs n: found '0'; expected an integer from 1/],
    ['afs n=1.5', /expected an integer/],
    ['afs n=1e99', /expected an integer/],
    ['afs rcut=5eV', /rcut/],
    ['afs rcut=-5A', /positive/],
    ['afs type=3', /from 1 to 2/],
    ['g2 grid=old', /accepted: milady, widths, explicit/],
    ['g2 grid=explicit', /needs etas/],
    ['g2 etas=1', /etas and shifts are of grid=explicit/],
    ['g3 grid=explicit etas=1 zetas=1.5', /expected an integer/],
    ['bso4 jmax=1.3', /multiple of 0.5/],
    ['g2(', /expected/],
    ['g2() afs()', /expected \+/],
    ['g2() + ', /expected NAME\(/],
    [`g2 etas=${'1,'.repeat(60_000)}1`, /one line/],
    ['g2 weights=Fe', /Fe:1.5/],
    ['g2 weights=Xx:1', /expected an element/],
    ['g2 weights=Fe:1', /weights: has no number for W/],
  ])('refuses %s', (text, message) => {
    expect(() => labelsOf(parseDescriptor(text), [26, 74])).toThrow(message);
  });
});

function made(text: string, species: number[], quadratic: boolean) {
  const descriptor = parseDescriptor(text);
  const size = descriptorSize(descriptor, species);
  const count = 1 + size + (quadratic ? (size * (size + 1)) / 2 : 0);
  const elements = species.map((number) => ({
    number,
    mass: 2 * number,
    coefficients: noise(count, number).map((x) => 0.01 * x),
  }));
  return fastestPotential({ descriptor, elements, quadratic, name: 'made up' });
}

describe('potentials as JSON', () => {
  const texts = [
    'afs n=2 l=2',
    'hybrid g2(rcut=4.7A) + bso4(jmax=1)',
    'bso4 jmax=1.5',
    'snap twojmax=2 chem=1 radii=Fe:0.5,W:0.52',
  ];
  it.each(texts)('%s reads back with the same bits', (text) => {
    for (const quadratic of [false, true]) {
      const potential = made(text, [26, 74], quadratic);
      const json = formatNative(potential);
      const read = parseNative(json);
      expect(read).toEqual(potential);
      expect(formatNative(read)).toBe(json);
    }
  });

  it('with a ZBL core, by the way that a user goes', () => {
    const term = made('g2 neta=2', [74], false);
    const potential = overlayPotential([zblPotential({ species: [74], inner: 3.9, outer: 4.8 }), term], {
      name: 'made up',
    });
    const text = formatNative(potential);
    const context = {
      species: [74],
      read: (path: string) => (path === 'a.json' ? text : undefined),
      readBeside: () => '',
    };
    const read = loadPotential(['a.json'], context);
    const atoms = crystal({ elements: [74], distance: 2.4 });
    expect(evaluate(engine, atoms, read).energies).toEqual(evaluate(engine, atoms, potential).energies);
  });

  const good = formatNative(made('g2 neta=2', [26], false));
  it.each([
    ['not JSON', good.slice(0, -4), /not JSON/],
    ['another version', good.replace('"version": 1', '"version": 2'), /version: expected 1, found 2/],
    [
      'an unknown key',
      good.replace('"quadratic"', '"quadratick"'),
      /unknown key 'quadratick' \(did you mean quadratic\?\)/,
    ],
    ['no elements', good.replace(/"elements": \[[\s\S]*\]\s*\}\s*\]/, '"elements": []'), /elements: expected a list/],
    ['an unknown element', good.replace('"Fe"', '"Fx"'), /elements\[0\]\.symbol/],
    ['too few coefficients', good.replace('g2 neta=2', 'g2 neta=4'), /expected 5 coefficients for Fe/],
    ['a bad descriptor', good.replace('g2 neta=2', 'g2 neta=1'), /neta of 2 or more/],
    ['no descriptor', good.replace(/ *"descriptor".*\n/, ''), /descriptor: expected text, found nothing/],
    ['an infinite coefficient', good.replace(/("coefficients": \[\n)[^,]*,/, '$11e999,'), /number 1 is/],
    ['a mass that is none', good.replace('"mass": 52', '"mass": -1'), /mass/],
    [
      'another core',
      good.replace('"quadratic": false', '"quadratic": false, "core": "lj epsilon=1eV"'),
      /core: expected 'zbl/,
    ],
    ['__proto__', good.replace('"quadratic"', '"__proto__"'), /unknown key/],
  ])('refuses %s', (_, text, message) => {
    expect(text).not.toBe(good);
    expect(() => parseNative(text, { file: 'a.json' })).toThrow(message);
    expect(() => parseNative(text, { file: 'a.json' })).toThrow(/a\.json/);
  });

  it('cannot hold what has no descriptor', () => {
    expect(() => formatNative(zblPotential({ species: [74], inner: 3, outer: 4 }))).toThrow(/over a descriptor/);
  });
});

describe("MILADY's version 2", () => {
  const comments = '#\n'.repeat(6);
  const atoms = crystal({ elements: [73, 74], distance: 2.7 });

  it('has channels of weights, common coefficients and energies of free atoms', () => {
    // two elements, two channels, b-SO(4) of jmax 0.5: 2 components each
    const beta = [0.3, 0.01, -0.02, 0.03, 0.04];
    const text = `${comments}2 2 Ta 1.5 9 -11.0 W 0.7 9 -12.5\n9 5 4\n180.9 183.8\n1 0.5 0 0\n4.7000\n${beta.join('\n')}\n`;
    const potential = parsePot(text);
    const descriptor = parseDescriptor('bso4(rcut=4.7A jmax=0.5) + bso4(rcut=4.7A jmax=0.5 weights=Ta:1.5,W:0.7)');
    const elements = [-11, -12.5].map((shift, t) => ({
      number: 73 + t,
      coefficients: [beta[0] + shift, ...beta.slice(1)],
    }));
    const expected = evaluate(engine, atoms, descriptorPotential({ descriptor, elements }));
    const found = evaluate(engine, atoms, potential);
    found.energies.forEach((e, i) => {
      expect(Math.abs(e - expected.energies[i])).toBeLessThanOrEqual(1e-12);
    });
    expect(potential.masses).toEqual([180.9, 183.8]);
  });

  it.each([
    ['AFS', '4 7 5', '1 1 2 2 0', 'afs rcut=4.7A n=2 l=2'],
    ['p-SO(4)', '8 4 3', '1 1 0', 'pso4 rcut=4.7A jmax=1'],
    ['p-SO(3)', '6 7 5', '1 2 2 1 0', 'pso3 rcut=4.7A n=2 lmax=2 centre=milady'],
    ['type 603', '603 9 5', '1 1 2 1 0', 'pso3-3body rcut=4.7A n=2 lmax=1 centre=milady'],
  ])('%s', (_, head, details, text) => {
    const count = Number(head.split(' ')[1]);
    const beta = noise(count, 5).map((x) => 0.1 * x);
    const potential = parsePot(
      `${comments}1 1 W 1.0 1.0 0.0\n${head}\n183.84\n${details}\n4.7000\n${[...beta].join('\n')}\n`,
    );
    const expected = descriptorPotential({
      descriptor: parseDescriptor(text),
      elements: [{ number: 74, coefficients: beta }],
    });
    expect(potential.params).toEqual(expected.params);
  });

  it('refuses what cannot be reproduced', () => {
    const pot = (head: string, details: string) =>
      parsePot(`${comments}1 1 W 1 1 0\n${head}\n183.84\n${details}\n4.7\n0\n`);
    expect(() => pot('4 111 5', '1 1 11 9 0')).toThrow(/n_rbf 11 .* rounding errors/);
    expect(() => pot('1 10 5', '1 0.8 0.1 3 3')).toThrow(/range of R_s/);
    expect(() => pot('4 7 5', '1 1 2 2 1')).toThrow(/patch/);
  });

  it('warns where numbers differ from MILADY', () => {
    const parse = (details: string, count: number) =>
      parsePot(`${comments}1 1 W 1 1 0\n4 ${count} 5\n183.84\n${details}\n4.7\n${'0\n'.repeat(count)}`);
    expect(parse('1 2 2 1 0', 9).warnings).toEqual([expect.stringMatching(/type 2/)]);
    expect(parse('1 1 7 0 0', 8).warnings).toEqual([expect.stringMatching(/n_rbf 7/)]);
    expect(parse('1 1 3 1 0', 7).warnings).toBeUndefined();
  });
});
