/** What files of SNAP and .pot seldom say, and what is refused in them. */
import { describe, expect, it } from 'vitest';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { parsePot } from '../src/io/milady.ts';
import { formatPot } from '../src/io/milady-write.ts';
import { parseSnap, parseSnapCompanion } from '../src/io/snap.ts';
import { formatSnap } from '../src/io/snap-write.ts';
import { block, coeff, param, pot, snap, texts } from './support/potential-texts.ts';
import { refused } from './support/refused.ts';

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
