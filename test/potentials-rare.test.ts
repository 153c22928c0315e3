/** Files of potentials told apart by content, put together, written; what they seldom say, and what is refused in them. */
import { describe, expect, it } from 'vitest';
import type { Potential } from '../src/data/potential.ts';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { parseDescriptor } from '../src/io/descriptor.ts';
import { detectPotential } from '../src/io/detect-potential.ts';
import { embeddedFile } from '../src/io/embedded.ts';
import { parseFuncfl } from '../src/io/funcfl.ts';
import { parsePot } from '../src/io/milady.ts';
import { formatPot } from '../src/io/milady-write.ts';
import { formatNative, parseNative } from '../src/io/native.ts';
import { loadPotential, type PotentialContext } from '../src/io/potential.ts';
import { formatScattering, isScattering, parseScattering } from '../src/io/scattering.ts';
import { parseSetfl } from '../src/io/setfl.ts';
import { parseSnap, parseSnapCompanion } from '../src/io/snap.ts';
import { formatSnap } from '../src/io/snap-write.ts';
import { refused } from './support/refused.ts';
import { funcflText, setflText } from './support/tables.ts';

const param = 'rcutfac 4.7\ntwojmax 2\n';
const block = (symbol: string) =>
  `${symbol} 0.5 1\n${Array.from({ length: 6 }, (_, k) => `${(k + 1) / 100}`).join('\n')}\n`;
const coeff = `# CITATION: A. Author\n1 6\n${block('W')}`;
const snap = 'pair_style snap\npair_coeff * * a.snapcoeff a.snapparam W\n';
const pot = `${'#\n'.repeat(6)}1 Fe 1.0\n9 6 3\n55.845\n1 1.0 0\n4.7\n-1.5\n0.01\n0.02\n0.03\n0.04\n0.05\n`;
const pot2 = pot.replace('1 Fe 1.0', '1 1 Fe 1.0 1.0').replace('1 1.0 0', '1\n1.0 0');
const native = JSON.stringify({
  format: 'frenkel-potential',
  version: 1,
  descriptor: 'g2 grid=explicit etas=0.5 rcut=5A',
  elements: [{ symbol: 'Fe', coefficients: [1, 2] }],
});
const texts = new Map([
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
const context: PotentialContext = {
  species: [26],
  read: (path) => texts.get(path),
  readBeside: (_, name) => texts.get(name) ?? '',
};
const load = (...specs: string[]) => loadPotential(specs, context);

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

describe('JSON of frenkel', () => {
  const edit = (change: (json: Record<string, unknown>) => unknown) => {
    const json = JSON.parse(native);
    return JSON.stringify(change(json) ?? json);
  };
  const read = (text: string) => parseNative(text, { file: 'p.json' });

  it('has what it says, and defaults for the rest', () => {
    expect(read(native)).toMatchObject({ kernel: 'descriptor', cutoff: 5, species: [26], name: 'p.json' });
    expect(parseNative(native).name).toBeUndefined();
    expect(parseNative(native, { file: '/x/y\\z.json' }).name).toBe('z.json');
    const rich = read(
      edit((json) => ({
        ...json,
        name: 'n',
        reference: 'r',
        quadratic: false,
        elements: [{ symbol: 'Fe', mass: 57, coefficients: [1, 2] }],
      })),
    );
    expect(rich).toMatchObject({ name: 'n', reference: 'r', masses: [57] });
    expect(
      read(edit((json) => ({ ...json, quadratic: true, elements: [{ symbol: 'Fe', coefficients: [1, 2, 3] }] })))
        .kernel,
    ).toBe('descriptor-quadratic');
    expect(
      read(edit((json) => ({ ...json, core: ' zbl inner=1A outer=2A' }))).parts?.map(({ kernel }) => kernel),
    ).toEqual(['zbl', 'descriptor']);
  });

  it.each<[string, (json: Record<string, unknown>) => unknown, RegExp]>([
    ['a list', () => [], /potential: expected an object/],
    ['null', () => 'null', /potential: expected an object/],
    [
      'another key',
      (json) => ({ ...json, cor: 'zbl' }),
      /potential: unknown key 'cor' \(did you mean core\?\); accepted: format, /,
    ],
    ['another format', (json) => ({ ...json, format: 'x' }), /format: expected 'frenkel-potential'/],
    ['another version', (json) => ({ ...json, version: 2 }), /version: expected 1, found 2/],
    ['perhaps quadratic', (json) => ({ ...json, quadratic: 1 }), /quadratic: expected true or false/],
    ['no elements', (json) => ({ ...json, elements: [] }), /elements: expected a list of one or more/],
    ['elements that are none', (json) => ({ ...json, elements: {} }), /elements: expected a list/],
    ['an element that is none', (json) => ({ ...json, elements: [null] }), /elements\[0\]: expected an object/],
    ['a symbol that is none', (json) => ({ ...json, elements: [{ symbol: 'Qq', coefficients: [] }] }), /Qq/],
    [
      'no symbol',
      (json) => ({ ...json, elements: [{ coefficients: [] }] }),
      /elements\[0\]\.symbol: expected text, found nothing/,
    ],
    [
      'a number for a symbol',
      (json) => ({ ...json, elements: [{ symbol: 26, coefficients: [] }] }),
      /expected text, found number/,
    ],
    [
      'no coefficients',
      (json) => ({ ...json, elements: [{ symbol: 'Fe' }] }),
      /coefficients: expected a list of numbers/,
    ],
    [
      'text among them',
      (json) => ({ ...json, elements: [{ symbol: 'Fe', coefficients: [1, 'x'] }] }),
      /coefficients: number 2 is "x"/,
    ],
    ['too few', (json) => ({ ...json, elements: [{ symbol: 'Fe', coefficients: [1] }] }), /p\.json: .*2/],
    [
      'mass 0',
      (json) => ({ ...json, elements: [{ symbol: 'Fe', mass: 0, coefficients: [1, 2] }] }),
      /elements\[0\]\.mass: expected a number > 0/,
    ],
    [
      'mass 1e4',
      (json) => ({ ...json, elements: [{ symbol: 'Fe', mass: 1e4, coefficients: [1, 2] }] }),
      /mass: expected/,
    ],
    [
      'mass as text',
      (json) => ({ ...json, elements: [{ symbol: 'Fe', mass: '1', coefficients: [1, 2] }] }),
      /mass: expected/,
    ],
    ['no descriptor', (json) => ({ ...json, descriptor: undefined }), /descriptor: expected text, found nothing/],
    [
      'another core',
      (json) => ({ ...json, core: 'lj epsilon=1' }),
      /core: expected 'zbl inner=… outer=…', found 'lj epsilon=1'/,
    ],
  ])('refuses %s', (_, change, message) => {
    const text = edit(change);
    refused(() => read(text === '"null"' ? 'null' : text), message);
    expect(() => read(text === '"null"' ? 'null' : text)).toThrow(/^p\.json: /);
  });

  it('is refused where it is not JSON, and names no file where there is none', () => {
    refused(() => read('{'), /^p\.json: not JSON: /);
    refused(() => parseNative('[]'), /^potential: expected an object$/);
  });

  it('is written with masses, name and core where there are any', () => {
    const bare = parseNative(native);
    expect(formatNative(bare)).not.toMatch(/"(name|mass|core)"/);
    expect(parseNative(formatNative(bare))).toEqual(bare);
    const rich = parseNative(
      edit((json) => ({
        ...json,
        name: 'n',
        core: 'zbl inner=1A outer=2A',
        elements: [{ symbol: 'Fe', mass: 57, coefficients: [1, 2] }],
      })),
    );
    const text = formatNative(rich);
    expect(text).toContain('"mass": 57,');
    expect(text).toContain('"core": "zbl inner=1A outer=2A"');
    expect(text).toContain('"name": "n"');
    expect(parseNative(text)).toEqual(rich);
    const lj: Potential = load('lj epsilon=1eV sigma=2A cutoff=5A');
    for (const bad of [lj, { ...rich, parts: [bare, bare] }, { ...rich, parts: [lj] }])
      refused(() => formatNative(bad as Potential), 'only a potential over a descriptor, alone or with a ZBL core');
  });
});

describe('.snap', () => {
  const beside = (name: string) => texts.get(name) ?? '';
  const two = (name: string) => (name === 'a.snapcoeff' ? `2 6\n${block('W')}${block('Be')}` : param);
  const read = (text: string, files = beside) => parseSnapCompanion(text, files, { file: 'a.snap' });
  const hybrid = (coeffs: string) =>
    `pair_style hybrid/overlay snap zbl 1 2\n${coeffs}pair_coeff * * snap a.snapcoeff a.snapparam W Be\n`;

  it('has types as numbers and ranges of them', () => {
    for (const coeffs of [
      'pair_coeff 1 1 zbl 74 74\npair_coeff 2 2 zbl 4 4\n',
      'pair_coeff 1*1 1*1 zbl 74 74\npair_coeff 2* 2* zbl 4 4\n',
      'pair_coeff *1 *1 zbl 74 74\npair_coeff 2*2 2*2 zbl 4 4\npair_coeff 1 2 zbl 74 4\n',
    ]) {
      const potential = read(hybrid(coeffs), two);
      // in the order of the file
      expect(potential.parts?.map(({ kernel }) => kernel)).toEqual(['snap', 'zbl']);
    }
    const fe = `pair_style hybrid/overlay zbl 1 2 snap\npair_coeff * * zbl 74 74\n${snap.slice(16).replace('* * a', '* * snap a')}`;
    expect(read(fe).parts?.map(({ kernel }) => kernel)).toEqual(['zbl', 'snap']);
    const lines = 'pair_coeff 2 2 zbl 4 4\n';
    for (const type of ['x', '', '1**', '1*2*', '-1', '1-2', '12345*'])
      refused(() => read(hybrid(`pair_coeff ${type} 1 zbl 74 74\n${lines}`), two), /a\.snap:2: expected/);
    refused(
      () => read(hybrid(`pair_coeff 1*3 1 zbl 74 74\n${lines}`), two),
      'expected atom types from 1 to 2 for zbl, found 1…3',
    );
    refused(() => read(hybrid(`pair_coeff 2*1 1 zbl 74 74\n${lines}`), two), 'found 2…1');
    refused(
      () => read(hybrid(`pair_coeff 1 2 zbl 74 4\n${lines}`), two),
      'expected a pair_coeff 1 1 zbl for W, found none',
    );
    refused(() => read(hybrid(`pair_coeff * * zbl 74 74\n`), two), "expected zbl's charge of Be (4), found 74");
  });

  it.each([
    [
      'two calls of snap',
      `${snap}pair_coeff * * a.snapcoeff a.snapparam W\n`,
      ':3: expected one pair_coeff for snap, found another',
    ],
    ['snap twice', 'pair_style hybrid/overlay snap snap\n', ':1: expected snap once in pair_style, found it again'],
    ['zbl alone', 'pair_style hybrid/overlay zbl 1 2\n', ':1: expected snap in pair_style, found none'],
    [
      'zbl without its words',
      'pair_style hybrid/overlay snap zbl\n',
      ':1: expected zbl INNER OUTER with 0 <= INNER < OUTER, found ""',
    ],
    ['zbl without a sum', 'pair_style zbl 1 2\n', ':1: expected snap, or hybrid/overlay of zbl and snap, found "zbl"'],
    [
      'one type alone',
      'pair_style snap\npair_coeff 1 * a.snapcoeff a.snapparam W\n',
      ':2: expected: pair_coeff * * snap',
    ],
    [
      'another type',
      'pair_style snap\npair_coeff * 2 a.snapcoeff a.snapparam W\n',
      ':2: expected: pair_coeff * * snap',
    ],
    ['no elements', 'pair_style snap\npair_coeff * * a.snapcoeff a.snapparam\n', ':2: expected: pair_coeff * * snap'],
    [
      'a style that was not said',
      'pair_style hybrid/overlay snap\npair_coeff 1 1 zbl 74 74\n',
      ':2: expected a pair_coeff for snap, found "zbl"',
    ],
    [
      'no style',
      'pair_style hybrid/overlay snap zbl 1 2\npair_coeff 1 1\n',
      ':2: expected a pair_coeff for snap or zbl, found ""',
    ],
    [
      'one charge',
      'pair_style hybrid/overlay snap zbl 1 2\npair_coeff 1 1 zbl 74\n',
      ':2: expected two atomic numbers after zbl, found "74"',
    ],
    [
      'text for a charge',
      'pair_style hybrid/overlay snap zbl 1 2\npair_coeff 1 1 zbl 74 W\n',
      ':2: expected two atomic numbers after zbl',
    ],
    ['no value', 'variable a equal\n', ':1: expected: variable NAME equal NUMBER'],
    ['a name that is none', 'variable a-b equal 1\n', ':1: expected: variable NAME equal NUMBER'],
    ['another kind of variable', 'variable a loop 3\n', ':1: expected: variable NAME equal NUMBER'],
    ['a lone dollar', 'variable a equal 1\npair_style $\n', ':2: expected a variable defined above, found ""'],
  ])('refuses %s', (_, text, message) => {
    refused(() => read(text), `a.snap${message}`);
  });

  it('has variables of three kinds, and short names', () => {
    const text = `variable f index a\nvariable s string W\nvariable z equal 74\n\n# nothing\npair_style snap\npair_coeff * * $f.snapcoeff \${f}.snapparam $s\n`;
    expect(read(text).species).toEqual([74]);
    const empty = `variable n string ""\n${snap}`;
    expect(read(empty).species).toEqual([74]);
    expect(parseSnapCompanion(snap, beside).name).toBe('a.snapcoeff');
    expect(parseSnapCompanion(snap, beside, { name: 'n' }).name).toBe('n');
  });
});

describe('SNAP files', () => {
  const options = {
    twojmax: 2,
    rcutfac: 4.7,
    elements: [{ number: 74, radius: 0.5, weight: 1, coefficients: [0, 1, 2, 3, 4, 5] }],
  };
  it('are written with what differs from the defaults', () => {
    const files = formatSnap({ ...options, reference: 'A.\nAuthor' }, 'W-1');
    expect(files.snapcoeff).toContain('# CITATION: A. Author\n1 6\nW 0.5 1\n0\n1\n');
    expect(files.snap).toBe('pair_style snap\npair_coeff * * W-1.snapcoeff W-1.snapparam W\n');
    expect(files.snapparam).toMatch(/rmin0 0\nswitchflag 1\nbzeroflag 1\nquadraticflag 0\n$/);
    expect(parseSnap({ text: files.snapcoeff }, { text: files.snapparam }).params).toEqual(
      snapPotential(options).params,
    );
    expect(formatSnap(options, 'W').snapcoeff).not.toContain('CITATION');
    const inner = { ...options, switchinnerflag: true, elements: [{ ...options.elements[0], sinner: 1, dinner: 0.5 }] };
    const { snapcoeff, snapparam } = formatSnap(inner, 'W');
    expect(snapparam).toContain('switchinnerflag 1\nsinner 1\ndinner 0.5\n');
    expect(parseSnap({ text: snapcoeff }, { text: snapparam }).params).toEqual(snapPotential(inner).params);
    refused(() => formatSnap({ ...options, diagonal: true }, 'W'), 'the diagonal set');
    for (const name of ['', 'a b', '../a', 'a/b']) refused(() => formatSnap(options, name), 'expected a plain name');
  });

  it('take words that decide no number, and refuse numbers that mean nothing', () => {
    const read = (extra: string) => parseSnap({ text: coeff }, { text: `${param}${extra}`, file: 'p' });
    expect(read('chunksize 10\nparallelthresh 7\n').params).toEqual(read('').params);
    refused(() => read('chunksize x\n'), 'p:3: ');
    refused(() => read('rmin0 -1\n'), 'p:3: expected rmin0 >= 0, found -1');
    refused(() => read('rfac0 0\n'), 'p:3: expected rfac0 > 0, found 0');
    expect(read('rmin0 0\n').params).toEqual(read('').params);
    refused(
      () => read('switchinnerflag 1\nsinner 1 2\ndinner 1 2\n'),
      'p: expected 1 values of sinner, one per element, found 2',
    );
  });

  it('are .pot where that can say it', () => {
    const plain = { ...options, rfac0: 1 - 0.02 / Math.PI, bzeroflag: false };
    expect(parsePot(formatPot(plain)).params).toEqual(
      parsePot(formatPot({ ...plain, rmin0: 0, chemflag: false })).params,
    );
    expect(formatPot({ ...plain, elements: [{ ...options.elements[0], mass: 183.84 }] })).toContain('\n183.84\n');
    const others: object[] = [
      { rfac0: 0.99363 },
      { rfac0: undefined },
      { rmin0: 0.1 },
      { bzeroflag: true },
      { bzeroflag: undefined },
      { chemflag: true },
      { bnormflag: true },
      { switchflag: false },
      { elements: [{ ...options.elements[0], weight: 2 }] },
      { elements: [options.elements[0], options.elements[0]] },
    ];
    for (const other of others)
      refused(() => formatPot({ ...plain, ...other }), "only b-SO(4) of one element in MILADY's conventions");
  });
});

describe('.pot of MILADY', () => {
  const read = (line: string) => parsePot(pot.replace('1 Fe 1.0', line), { file: 'a.pot' });
  it('says what is wrong with its elements', () => {
    for (const [line, message] of [
      ['Fe 1.0', 'a.pot:7: expected the number of elements, found "Fe"'],
      ['0 Fe 1.0', 'expected the number of elements, found "0"'],
      ['1', /a\.pot:7: /],
      ['1 1', /a\.pot:7: /],
      ['1 0 Fe 1 1', 'expected 1 to'],
      ['1 Fe 1.0 W', 'expected nothing after the last element, found "W"'],
      ['1 Fe 1.0 1.0', 'expected Fe and its weight'],
      ['1 1 Fe 1.0', 'expected Fe and two weights and an energy'],
      ['1 1 Fe 1 1 1 1', 'expected Fe and two weights and an energy'],
      ['1 Fe 1.01', 'expected weight 1 for Fe, found 1.01'],
    ] as const)
      refused(() => read(line), message);
    expect(read('1 Fe 1.0005').species).toEqual([26]);
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
