import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { ljPotential } from '../src/data/potentials/lj.ts';
import { embeddedFile, embeddedPotentials, findEmbedded, loadEmbedded } from '../src/io/embedded.ts';
import { parseFuncfl } from '../src/io/funcfl.ts';
import { isInline, parseInline } from '../src/io/inline.ts';
import { parseSetfl } from '../src/io/setfl.ts';
import { cpuClock } from './support/cpu.ts';
import { knotsOf } from './support/direct/eam.ts';
import { funcflText, setflText } from './support/tables.ts';

/** The error that a bad text gives; fails where there is none, and where it comes late. */
function errorOf(run: () => unknown): InputError {
  const taken = cpuClock();
  try {
    run();
  } catch (error) {
    expect(taken()).toBeLessThan(1000);
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('no error');
}

const replaceLine = (text: string, line: number, by: string) =>
  text
    .split('\n')
    .map((old, k) => (k === line - 1 ? by : old))
    .join('\n');
const cut = (text: string, lines: number) => text.split('\n').slice(0, lines).join('\n');

describe('setfl', () => {
  const alloy = setflText(['Fe', 'W'], 'alloy', { nr: 20, nrho: 10 });
  const fs = setflText(['Fe', 'W'], 'fs', { nr: 20, nrho: 10 });

  it('tells alloy from fs by the number of tables, and puts each table where it belongs', () => {
    for (const [text, tables] of [
      [alloy, 1],
      [fs, 2],
    ] as const) {
      const { params, species, masses, cutoff, kernel } = parseSetfl(text);
      expect({ species, masses, cutoff, kernel }).toEqual({
        species: [26, 74],
        masses: [50.5, 51.5],
        cutoff: 5,
        kernel: 'eam',
      });
      const numbers = text
        .split('\n')
        .slice(5)
        .join(' ')
        .split(/\s+/)
        .filter((word) => /^[-\d]/.test(word))
        .map(Number);
      const block = 3 + 10 + 20 * tables;
      const column = (from: number, n: number) => numbers.slice(from, from + n);
      for (const centre of [0, 1]) {
        for (const neighbor of [0, 1]) {
          const rho = column(neighbor * block + 13 + (tables === 2 ? 20 * centre : 0), 20);
          const z = column(2 * block + 20 * (centre + neighbor), 20);
          const start = 8 + (centre * 2 + neighbor) * 19 * 8;
          const near = (found: number[], wanted: number[]) => {
            found.forEach((value, k) => {
              expect(Math.abs(value - wanted[k])).toBeLessThan(1e-14);
            });
          };
          near(knotsOf(params, start, 8, 20), rho);
          near(knotsOf(params, start + 4, 8, 20), z);
        }
        const embedding = knotsOf(params, 8 + 4 * 19 * 8 + centre * 9 * 4, 4, 10);
        expect(embedding.slice(0, 9)).toEqual(column(centre * block + 3, 9));
      }
    }
  });

  it('reads carriage returns, Fortran exponents, and leaves text after the tables alone', () => {
    const wanted = parseSetfl(alloy).params;
    expect(parseSetfl(alloy.replaceAll('\n', '\r\n')).params).toEqual(wanted);
    expect(parseSetfl(alloy.replaceAll('e-', 'D-').replaceAll('e+', 'd+')).params).toEqual(wanted);
    expect(parseSetfl(`${alloy}# the end\n`).params).toEqual(wanted);
  });

  const grid = '10 0.05 20 0.26 5';
  const evil: [string, string, RegExp][] = [
    ['nothing', '', /:1: expected comment line 1/],
    ['only comments', 'a\nb\nc', /elements/],
    ['no elements', replaceLine(alloy, 4, '0'), /:4: .*number of elements/],
    ['fewer symbols than declared', replaceLine(alloy, 4, '3 Fe W'), /:4: expected 3 element symbols/],
    ['more symbols than declared', replaceLine(alloy, 4, '1 Fe W'), /:4: expected 1 element symbols/],
    ['an unknown element', replaceLine(alloy, 4, '2 Fe Ww'), /:4: .*Ww/],
    ['an element twice', replaceLine(alloy, 4, '2 Fe Fe'), /:4: expected different elements/],
    ['a missing cutoff', replaceLine(alloy, 5, '10 0.05 20 0.26'), /:5: expected the cutoff/],
    ['a negative spacing', replaceLine(alloy, 5, '10 0.05 20 -0.26 5'), /:5: .*dr/],
    ['a zero spacing of densities', replaceLine(alloy, 5, '10 0 20 0.26 5'), /:5: .*drho/],
    ['NaN in the grid', replaceLine(alloy, 5, '10 0.05 20 nan 5'), /:5: .*"nan"/],
    ['a negative count', replaceLine(alloy, 5, '10 0.05 -20 0.26 5'), /:5: .*nr/],
    ['a count that is no integer', replaceLine(alloy, 5, '10.5 0.05 20 0.26 5'), /:5: .*nrho/],
    ['two knots', replaceLine(alloy, 5, '10 0.05 2 0.26 5'), /:5: .*at least 5/],
    [
      'a gigantic count',
      replaceLine(alloy, 5, '10 0.05 900000000000 0.26 5'),
      /:5: expected 4500000000020 table values/,
    ],
    ['a count just too large', replaceLine(alloy, 5, '10 0.05 33 0.26 5'), /:5: expected .* found at most/],
    ['a count too small', replaceLine(alloy, 5, '10 0.05 15 0.35 5'), /more numbers|expected/],
    ['a cutoff outside the tables', replaceLine(alloy, 5, '10 0.05 20 0.26 50'), /:5: expected a cutoff within/],
    ['an infinite cutoff', replaceLine(alloy, 5, '10 0.05 20 0.26 1e999'), /:5: .*cutoff/],
    ['the format eam/he', replaceLine(alloy, 5, `${grid} 137.8`), /:5: expected nothing after the cutoff/],
    ['no mass', replaceLine(alloy, 6, '26'), /:6: expected the mass of Fe/],
    ['a negative mass', replaceLine(alloy, 6, '26 -55 2.8 bcc'), /:6: .*mass/],
    ['a word among the numbers', replaceLine(alloy, 9, 'abc'), /:9: .*"abc"/],
    ['NaN among the numbers', replaceLine(alloy, 9, 'NaN'), /:9: .*"NaN"/],
    ['an overflow among the numbers', replaceLine(alloy, 9, '1e999'), /:9: /],
    ['a truncated file', cut(alloy, 90), /expected/],
    ['a truncated fs file', cut(fs, 150), /expected|found/],
    ['numbers left over', `${fs}1 2 3\n`, /more numbers/],
    ['binary', '\u0000\u0001\u0002'.repeat(50), /expected/],
  ];
  for (const [what, text, message] of evil) {
    it(`refuses ${what}`, () => {
      const error = errorOf(() => parseSetfl(text, { file: 'x.eam' }));
      expect(error.message).toMatch(message);
      expect(error.file).toBe('x.eam');
    });
  }
});

describe('funcfl', () => {
  const text = funcflText(26, 40, 0.13);

  it('drops the last knot and multiplies the charges', () => {
    const { params, species, masses, cutoff } = parseFuncfl([{ text }]);
    expect([species, masses, cutoff, params[3], params[5]]).toEqual([[26], [52], 39 * 0.13, 39, 99]);
    expect(params[6]).toBe(99 * 0.04);
    const numbers = text.split('\n').slice(3).join(' ').split(/\s+/).filter(Boolean).map(Number);
    const start = 8;
    knotsOf(params, start + 4, 8, 39).forEach((z, k) => {
      expect(Math.abs(z - 27.2 * 0.529 * numbers[100 + k] ** 2)).toBeLessThan(1e-11);
    });
    knotsOf(params, start, 8, 39).forEach((rho, k) => {
      expect(Math.abs(rho - numbers[140 + k])).toBeLessThan(1e-13);
    });
  });

  it('brings two grids together with an error of fourth order', () => {
    const { params } = parseFuncfl([{ text: funcflText(26, 400, 0.0125) }, { text: funcflText(26 + 1, 300, 0.0166) }]);
    expect(params[2]).toBe(1 / 0.0166);
    const nr = params[3];
    expect(nr).toBe(Math.floor((399 * 0.0125) / 0.0166 + 0.5));
    const exact = (r: number) => 1.26 * Math.exp(-0.5 * r) * Math.max(0, 1 - r / (0.0125 * 392)) ** 5;
    knotsOf(params, 8, 8, nr).forEach((rho, k) => {
      expect(Math.abs(rho - exact(k * 0.0166))).toBeLessThan(3e-8);
    });
  });

  const evil: [string, string, RegExp][] = [
    ['nothing', '', /:1: expected a comment/],
    ['a comment alone', 'Fe', /atomic number/],
    ['atomic number 0', replaceLine(text, 2, '0 55 2.8 bcc'), /:2: .*1 to 118/],
    ['atomic number 119', replaceLine(text, 2, '119 55 2.8 bcc'), /:2: .*1 to 118/],
    ['a symbol for the atomic number', replaceLine(text, 2, 'Fe 55 2.8 bcc'), /:2: .*"Fe"/],
    ['no mass', replaceLine(text, 2, '26'), /:2: expected the mass/],
    ['mass 0', replaceLine(text, 2, '26 0'), /:2: .*mass/],
    ['an incomplete grid', replaceLine(text, 3, '100 0.04 40'), /:3: expected the spacing/],
    ['a negative spacing', replaceLine(text, 3, '100 -0.04 40 0.13 5'), /:3: .*drho/],
    ['infinity in the grid', replaceLine(text, 3, '100 inf 40 0.13 5'), /:3: .*"inf"/],
    ['a negative cutoff', replaceLine(text, 3, '100 0.04 40 0.13 -5'), /:3: .*cutoff/],
    ['hexadecimal', replaceLine(text, 3, '0x64 0.04 40 0.13 5'), /:3: .*"0x64"/],
    ['a gigantic count', replaceLine(text, 3, '100 0.04 4000000000 0.13 5'), /:3: expected 8000000100 table values/],
    ['a count beyond the file', replaceLine(text, 3, '100 0.04 41 0.13 5'), /end of the file/],
    ['a count short of the file', replaceLine(text, 3, '100 0.04 39 0.13 5'), /more numbers/],
    ['four knots', replaceLine(text, 3, '4 0.04 40 0.13 5'), /:3: .*at least 5/],
    ['NaN among the numbers', replaceLine(text, 50, 'nan'), /:50: .*"nan"/],
    ['a truncated file', cut(text, 100), /expected/],
    ['a number cut in two', `${text.slice(0, 1000)} 1.5e`, /expected/],
  ];
  for (const [what, bad, message] of evil) {
    it(`refuses ${what}`, () => {
      const error = errorOf(() => parseFuncfl([{ text: bad, file: 'x.eam' }]));
      expect(error.message).toMatch(message);
      expect(error.file).toBe('x.eam');
    });
  }

  it('refuses an element twice, and grids that do not go together', () => {
    expect(errorOf(() => parseFuncfl([{ text }, { text, file: 'b' }])).message).toMatch(/^b: a second file for Fe/);
    const coarse = replaceLine(replaceLine(text, 2, '74 183'), 3, '100 0.04 40 1e9 50');
    expect(errorOf(() => parseFuncfl([{ text }, { text: coarse }])).message).toMatch(/coarsest grid/);
    const fine = replaceLine(replaceLine(text, 2, '74 183'), 3, '100 0.04 40 1e-9 1e-8');
    expect(errorOf(() => parseFuncfl([{ text }, { text: fine }])).message).toMatch(/coarsest grid/);
  });
});

describe('inline potentials', () => {
  it('reads units, bare numbers, and units apart from their number', () => {
    const wanted = ljPotential({ species: [26], epsilon: 0.4, sigma: 2.3, cutoff: 6, shift: 'force' });
    for (const text of [
      'lj epsilon=0.4eV sigma=2.3A cutoff=6A shift=force',
      ' lj  cutoff=6 A epsilon=400 meV sigma=230pm shift=force ',
      'lj epsilon=0.4 sigma=2.3 cutoff=6 shift=force',
    ]) {
      expect(isInline(text)).toBe(true);
      expect(parseInline(text, { species: [26] }).params).toEqual(wanted.params);
    }
    const zbl = parseInline('zbl inner=4A outer=4.8A', { species: [74, 4] });
    expect([zbl.kernel, zbl.cutoff, zbl.species]).toEqual(['zbl', 4.8, [74, 4]]);
    for (const name of ['W.snapcoeff', 'Fe-Ackland-2004', 'my lj file.eam']) expect(isInline(name)).toBe(false);
  });

  const evil: [string, RegExp][] = [
    ['', /unknown inline potential/],
    ['ljj epsilon=1', /did you mean lj/],
    ['lj', /expected epsilon/],
    ['lj epsilon=0.4eV', /expected sigma/],
    ['lj epsilonn=0.4eV sigma=2A cutoff=6A', /"epsilonn" \(did you mean epsilon/],
    ['lj epsilon 0.4', /expected key=value, found "epsilon"/],
    ['lj epsilon=0.4eV epsilon=0.4eV sigma=2A cutoff=6A', /given twice/],
    ['lj epsilon=0.4A sigma=2A cutoff=6A', /no unit of energy/],
    ['lj epsilon=-1eV sigma=2A cutoff=6A', /positive/],
    ['lj epsilon=0eV sigma=2A cutoff=6A', /positive/],
    ['lj epsilon=nan sigma=2A cutoff=6A', /"nan"/],
    ['lj epsilon= sigma=2A cutoff=6A', /lj epsilon/],
    ['lj epsilon=1eV sigma=2A cutoff=0.1A', /inside the core/],
    ['lj epsilon=1eV sigma=2A cutoff=6A shift=forces', /did you mean force/],
    ['lj epsilon=1e999eV sigma=2A cutoff=6A', /finite/],
    ['zbl inner=4.8A outer=4A', /inner < outer/],
    ['zbl inner=-1A outer=4A', /zero or positive/],
    ['zbl inner=4A outer=4A', /inner < outer/],
    ['zbl inner=1A outer=2A cutoff=3A', /unknown key "cutoff"/],
    ['zbl inner=1A=2A outer=3A', /no unit of length/],
    ['__proto__ a=1', /unknown inline potential/],
    ['lj __proto__=1', /unknown key/],
  ];
  for (const [text, message] of evil) {
    it(`refuses '${text}'`, () => {
      expect(errorOf(() => parseInline(text, { species: [26] })).message).toMatch(message);
    });
  }
});

describe('embedded potentials', () => {
  it('are found by name or alias in any case, and refused with the nearest name', () => {
    for (const one of embeddedPotentials) {
      for (const name of [one.name, ...one.aliases]) expect(findEmbedded(name.toUpperCase())).toBe(one);
      expect(one.doi).toMatch(/^10\.\d{4,5}\//);
      for (const file of one.files) expect(embeddedFile(file).length).toBeGreaterThan(100);
    }
    expect(errorOf(() => loadEmbedded('Fe-Ackland-2003')).message).toMatch(/did you mean Fe-Ackland-2004/);
    expect(errorOf(() => embeddedFile('constructor')).message).toMatch(/no embedded file/);
  });

  it('carry their element, cutoff and citation', () => {
    const of = (name: string) => {
      const { species, cutoff, reference } = loadEmbedded(name);
      return [species, cutoff, /doi:10\./.test(reference)];
    };
    expect(of('Fe-Ackland-2004')).toEqual([[26], 5.3, true]);
    expect(of('Fe-FS-1984')).toEqual([[26], 3.569745, true]);
    expect(of('W-AT-1987')).toEqual([[74], 4.400224, true]);
    expect(of('Ar-LJ-1975')).toEqual([[18], 2.5 * 3.405, true]);
  });
});
