/** SNAP and MILADY files: what is read, and that nothing wrong is read in silence. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { parsePot } from '../src/io/milady.ts';
import { parseSnap, parseSnapCompanion } from '../src/io/snap.ts';
import { cpuClock } from './support/cpu.ts';

/** The error that bad text gives; fails where there is none, and where it comes late. */
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

const param = '# W\nrcutfac 4.7\ntwojmax 2 # small\n\nrfac0 0.99363\nrmin0 0\nbzeroflag 0\n';
const block = (symbol: string, count = 6) =>
  `${symbol} 0.5 1\n${Array.from({ length: count }, (_, k) => `  ${(k + 1) / 100} # B[${k}]`).join('\n')}\n`;
const coeff = `# DATE: 2017 CITATION: A. Author, doi:10/x\n# more\n\n2 6\n${block('W')}${block('Be')}`;

const load = (c: string, p: string, elements?: string[]) =>
  parseSnap({ file: 'a.snapcoeff', text: c }, { file: 'a.snapparam', text: p }, { elements });

describe('.snapcoeff and .snapparam', () => {
  it('reads elements, coefficients, defaults and the citation', () => {
    const potential = load(coeff, param);
    expect(potential).toMatchObject({
      kernel: 'snap',
      species: [74, 4],
      cutoff: 4.7,
      reference: 'A. Author, doi:10/x',
    });
    const { params } = potential;
    expect([...params.subarray(params[18], params[18] + 6)]).toEqual([0.01, 0.02, 0.03, 0.04, 0.05, 0.06]);
    // bzeroflag is 1 unless given: b = l + 1 is subtracted.
    const defaults = load(coeff, 'twojmax 2\nrcutfac 4.7').params;
    expect([...defaults.subarray(defaults[14], defaults[14] + 5)]).toEqual([1, 2, 3, 3, 3]);
    expect([...params.subarray(params[14], params[14] + 5)]).toEqual([0, 0, 0, 0, 0]);
  });

  it('reads \\r\\n, and inner switching for every element', () => {
    const text = `${param}switchinnerflag 1\nsinner 1.1 1.2\ndinner 0.2 0.4\n`;
    const { params } = load(coeff.replaceAll('\n', '\r\n'), text.replaceAll('\n', '\r\n'));
    expect([...params.subarray(params[7] + 8 + 6, params[7] + 16)].map((x) => x.toFixed(6))).toEqual([
      '1.150000',
      '0.300000',
    ]);
  });

  it('takes some of the elements', () => {
    expect(load(coeff, param, ['Be']).species).toEqual([4]);
    expect(load(coeff, param, ['Be', 'W', 'W']).species).toEqual([4, 74]);
  });

  const edit = (text: string, from: string | RegExp, to: string) => {
    expect(text).toMatch(from);
    return text.replace(from, to);
  };
  const badParam: [string, string, RegExp, number | undefined][] = [
    ['empty', '', /twojmax/, undefined],
    ['no twojmax', 'rcutfac 4.7\n', /twojmax/, undefined],
    ['no rcutfac', 'twojmax 2\n', /rcutfac/, undefined],
    ['mistyped key', edit(param, 'rcutfac', 'rcutfact'), /did you mean rcutfac\?/, 2],
    ['unknown key', `${param}radelems 1\n`, /expected a keyword/, 8],
    ['key twice', `${param}rcutfac 4.7\n`, /once/, 8],
    ['no value', edit(param, 'rcutfac 4.7', 'rcutfac'), /end of the line/, 2],
    ['two values', edit(param, 'rcutfac 4.7', 'rcutfac 4.7 5'), /nothing after/, 2],
    ['NaN', edit(param, 'rcutfac 4.7', 'rcutfac nan'), /finite number/, 2],
    ['negative cutoff', edit(param, 'rcutfac 4.7', 'rcutfac -4.7'), /rcutfac > 0/, 2],
    ['huge number', edit(param, 'rcutfac 4.7', 'rcutfac 1e999'), /finite number/, 2],
    ['2J too large', edit(param, 'twojmax 2', 'twojmax 1000000'), /from 0 to 20/, 3],
    ['2J negative', edit(param, 'twojmax 2', 'twojmax -2'), /from 0 to 20/, 3],
    ['2J not whole', edit(param, 'twojmax 2', 'twojmax 2.5'), /integer/, 3],
    ['flag 2', edit(param, 'bzeroflag 0', 'bzeroflag 2'), /from 0 to 1/, 7],
    ['flag yes', edit(param, 'bzeroflag 0', 'bzeroflag yes'), /integer/, 7],
    ['rmin0 beyond the cutoff', edit(param, 'rmin0 0', 'rmin0 6'), /rmin0 below the cutoff/, undefined],
    ['inner switching without radii', `${param}switchinnerflag 1\n`, /sinner/, undefined],
    ['too many sinner', `${param}switchinnerflag 1\nsinner 1 2 3\ndinner 1 1\n`, /2 values of sinner/, undefined],
    ['binary', '\u0000\u0001\u0002', /keyword/, 1],
  ];
  it.each(badParam)('refuses a .snapparam: %s', (_, text, message, line) => {
    const error = errorOf(() => load(coeff, text));
    expect(error.message).toMatch(message);
    expect(error.file).toBe('a.snapparam');
    expect(error.line).toBe(line);
  });

  const badCoeff: [string, string, RegExp, number][] = [
    ['empty', '', /number of elements/, 1],
    ['comments only', '# a\n# b\n', /number of elements/, 2],
    ['no elements', edit(coeff, '2 6', '0 6'), /from 1 to 118/, 4],
    ['a billion elements', edit(coeff, '2 6', '1000000000 6'), /from 1 to 118/, 4],
    ['count missing', edit(coeff, '2 6', '2'), /end of the line/, 4],
    ['count of another 2J', edit(coeff, '2 6', '2 56'), /expected 6 coefficients .*twojmax 2.*found 56/, 4],
    ['quadratic count', edit(coeff, '2 6', '2 21'), /quadraticflag 0.*found 21/, 4],
    ['more elements than the file has', edit(coeff, '2 6', '100 6'), /expected 600 coefficients.*characters/, 4],
    ['truncated in the coefficients', coeff.slice(0, coeff.length - 20), /coefficient 6 of 6 of Be/, 17],
    ['truncated before an element', edit(coeff, /Be[\s\S]*/, ''), /characters|element 2 of 2/, 11],
    ['unknown element', edit(coeff, 'Be 0.5 1', 'Bx 0.5 1'), /Bx/, 12],
    ['element twice', edit(coeff, 'Be 0.5 1', 'W 0.5 1'), /once/, 12],
    ['no radius', edit(coeff, 'Be 0.5 1', 'Be'), /radius of Be/, 12],
    ['radius 0', edit(coeff, 'Be 0.5 1', 'Be 0 1'), /radius > 0/, 12],
    ['weight inf', edit(coeff, 'Be 0.5 1', 'Be 0.5 inf'), /weight of Be/, 12],
    ['two coefficients on a line', edit(coeff, '  0.03 ', '  0.03 7 '), /nothing after/, 8],
    ['text for a coefficient', edit(coeff, '  0.03 ', '  0.0.3 '), /finite number/, 8],
    ['NaN', edit(coeff, '  0.03 ', '  NaN '), /finite number/, 8],
    ['more than declared', `${coeff}0.07\n`, /nothing after/, 19],
    ['another file', 'ITEM: TIMESTEP\n0\n', /number of elements/, 1],
  ];
  it.each(badCoeff)('refuses a .snapcoeff: %s', (_, text, message, line) => {
    const error = errorOf(() => load(text, param));
    expect(error.message).toMatch(message);
    expect(error.file).toBe('a.snapcoeff');
    if (!/truncated/.test(_)) expect(error.line).toBe(line);
  });

  it('refuses elements that the file lacks, and part of the elements with chemistry', () => {
    expect(errorOf(() => load(coeff, param, ['Fe'])).message).toMatch(/expected one of W, Be/);
    const chem = `2 41\n${block('W', 41)}${block('Be', 41)}`;
    expect(load(chem, `${param}chemflag 1\n`).warnings?.length).toBe(1);
    expect(errorOf(() => load(chem, `${param}chemflag 1\n`, ['W'])).message).toMatch(/all elements/);
    expect(errorOf(() => load(coeff, `${param}chemflag 1\n`)).message).toMatch(/expected 41 .*chemflag 1 and 2/);
  });
});

const script = `# SNAP + ZBL
variable zblz1 equal 74
variable out equal 4.8
pair_style hybrid/overlay &
zbl 4 \${out} &
snap
pair_coeff 1 1 zbl \${zblz1} \${zblz1}
pair_coeff 2 2 zbl 4 4
pair_coeff * * snap a.snapcoeff a.snapparam W Be
`;
const files = new Map([
  ['a.snapcoeff', coeff],
  ['a.snapparam', param],
]);
const asked: string[] = [];
const read = (name: string) => {
  asked.push(name);
  const text = files.get(name);
  if (text === undefined) throw new InputError(`no file ${name}`);
  return text;
};
const run = (text: string) => parseSnapCompanion(text, read, { file: 'a.snap' });

describe('.snap companion', () => {
  it('gives the overlay of ZBL and SNAP', () => {
    const potential = run(script);
    expect(potential).toMatchObject({ kernel: 'overlay', cutoff: 4.8, species: [74, 4], name: 'a.snap' });
    expect(potential.parts?.map((part) => part.kernel)).toEqual(['zbl', 'snap']);
    expect(run('pair_style snap\npair_coeff * * a.snapcoeff a.snapparam Be\n')).toMatchObject({
      kernel: 'snap',
      species: [4],
    });
    const ranges = script.replace(
      `pair_coeff 1 1 zbl \${zblz1} \${zblz1}\npair_coeff 2 2 zbl 4 4`,
      'pair_coeff 1* 1* zbl 4 4',
    );
    expect(run(ranges.replace('W Be', 'Be')).species).toEqual([4]);
  });

  const change = (from: string, to: string) => {
    expect(script).toContain(from);
    return script.replace(from, to);
  };
  const bad: [string, string, RegExp, number | undefined][] = [
    ['empty', '', /pair_style/, undefined],
    ['no pair_style', 'pair_coeff * * a b W\n', /pair_style before/, 1],
    [
      'no snap coefficients',
      script.slice(0, script.indexOf('pair_coeff * *')),
      /pair_coeff command for snap/,
      undefined,
    ],
    ['unknown command', `${script}run 0\n`, /expected variable/, 10],
    ['mistyped command', change('pair_style', 'pair_stile'), /did you mean pair_style/, 4],
    ['undefined variable', change(`\${out}`, `\${aut}`), /did you mean out/, 4],
    ['formula', change('equal 4.8', 'equal 4*1.2'), /formulas/, 3],
    ['another style', change(`zbl 4 \${out}`, 'table linear 1000'), /table/, 4],
    ['zbl without radii', change(`zbl 4 \${out} &`, 'zbl &'), /INNER OUTER/, 4],
    ['zbl radii swapped', change(`zbl 4 \${out}`, `zbl \${out} 4`), /INNER < OUTER/, 4],
    ['continued past the end', 'pair_style hybrid/overlay &', /line after &/, 1],
    ['two pair_style', `pair_style snap\n${script}`, /once/, 5],
    ['charge of another element', change('zbl 4 4', 'zbl 5 5'), /charge of Be \(4\), found 5/, 8],
    ['type out of range', change('2 2 zbl', '2 3 zbl'), /types from 1 to 2/, 8],
    ['type 0', change('2 2 zbl', '0 2 zbl'), /types from 1 to 2/, 8],
    ['no core for an element', change('pair_coeff 2 2 zbl 4 4\n', ''), /pair_coeff 2 2 zbl for Be/, undefined],
    ['NULL', change('W Be', 'W NULL'), /NULL/, 9],
    ['unknown element', change('W Be', 'W Xx'), /Xx/, 9],
    ['element that the file lacks', change('W Be', 'W Fe'), /charge of Fe|one of W, Be/, undefined],
    ['folder', change('a.snapcoeff', '../a.snapcoeff'), /without folders/, 9],
    ['absolute', change('a.snapcoeff', '/etc/passwd'), /without folders/, 9],
    ['backslash', change('a.snapparam', '..\\a'), /without folders/, 9],
    ['parent', change('a.snapparam', '..'), /without folders/, 9],
  ];
  it.each(bad)('refuses: %s', (_, text, message, line) => {
    asked.length = 0;
    const error = errorOf(() => run(text));
    expect(error.message).toMatch(message);
    if (line !== undefined) expect(`${error.file}:${error.line}`).toBe(`a.snap:${line}`);
    for (const name of asked) expect(name).toMatch(/^a\.snap(coeff|param)$/);
  });
});

const comments = '# a\n# b\n# c\n# d\n# e\n# f\n';
const pot = `${comments}  1   Fe   1.0000\n   9   6   3\n  55.845\n   1  1.0   0\n   4.7\n -1.5\n 1.0D-02\n 2.0d-2\n 3E-2\n .04\n 5.\n`;

describe('.pot of MILADY', () => {
  it('reads version 1 with Fortran numbers', () => {
    const { kernel, species, cutoff, masses, params } = parsePot(pot);
    expect({ kernel, species, cutoff, masses }).toEqual({
      kernel: 'snap',
      species: [26],
      cutoff: 4.7,
      masses: [55.845],
    });
    expect([...params.subarray(params[18], params[18] + 6)]).toEqual([-1.5, 0.01, 0.02, 0.03, 0.04, 5]);
    expect(params[params[7] + 2]).toBeCloseTo((Math.PI - 0.02) / 4.7, 15);
    expect([...params.subarray(params[14], params[14] + 5)]).toEqual([0, 0, 0, 0, 0]);
  });

  it('symmetrises a quadratic form', () => {
    const Q = [1, 2, 30, 4];
    const text = `${comments}1 Fe 1\n9 7 3\n55.8\n2 0.5 0\n4\n0.5 0.1 0.2 ${Q.join('\n')}\n`;
    const { kernel, params } = parsePot(text);
    expect(kernel).toBe('snap-quadratic');
    expect([...params.subarray(params[19], params[19] + 4)]).toEqual([2, 32, 32, 8]);
  });

  it('reads version 2 with one channel, with and without the energy of the free atom', () => {
    for (const [line, shift] of [
      ['1 1 Fe 1.0 1.0', 0],
      ['1 1 Fe 1.0 1.0 -3.5', -3.5],
    ] as const) {
      const { params } = parsePot(pot.replace('1   Fe   1.0000', line).replace('1  1.0   0', '1\n 1.0   0'));
      expect(params[params[18]]).toBe(-1.5 + shift);
    }
  });

  const change = (from: string, to: string) => {
    expect(pot).toContain(from);
    return pot.replace(from, to);
  };
  const bad: [string, string, RegExp, number | undefined][] = [
    ['empty', '', /comment line 1 of 6/, 1],
    ['header only', comments, /number of elements/, 6],
    ['a comment line missing', pot.slice(4), /chemical symbol/, 7],
    ['two elements', change('1   Fe   1.0000', '2 Fe 1.0 W 1.0'), /2 elements are not supported/, 7],
    ['a billion elements', change('1   Fe   1.0000', '1000000000 Fe 1.0'), /not supported/, 7],
    ['a billion elements, version 2', change('1   Fe   1.0000', '1 1000000000 Fe 1 1'), /not supported/, 7],
    ['unknown element', change('Fe', 'Fx'), /Fx/, 7],
    ['weight 2', change('1.0000', '2.0'), /weight 1/, 7],
    ['no weight', change('1.0000', ''), /weight/, 7],
    ['four channels', change('1   Fe   1.0000', '4 1 Fe 1.0 1.0 0'), /4 channels are not supported/, 7],
    ['SOAP', change('9   6   3', '5 6 4'), /SOAP.*not supported/, 8],
    ['p-SO(4) in version 1', change('9   6   3', '8 6 4'), /pso4.*not supported in version 1/, 8],
    ['unknown descriptor', change('9   6   3', '77 6 3'), /type 77 is not supported/, 8],
    ['no parameters', change('9   6   3', '9 0 3'), /at least 1/, 8],
    ['a billion parameters', change('9   6   3', '9 1000000000 3'), /expected 6 parameters/, 10],
    ['count of another jmax', change('9   6   3', '9 56 3'), /expected 6 parameters .*jmax 1.*found 56/, 10],
    ['negative mass', change('55.845', '-55'), /mass of Fe/, 9],
    ['order 7', change('1  1.0   0', '7 1.0 0'), /order 7 is not supported/, 10],
    ['jmax 1.3', change('1  1.0   0', '1 1.3 0'), /multiple of 0.5/, 10],
    ['jmax 100', change('1  1.0   0', '1 100 0'), /from 0 to 10/, 10],
    ['diag 2', change('1  1.0   0', '1 1.0 2'), /diag/, 10],
    ['cutoff 0', change(' 4.7', ' 0'), /r_cut/, 11],
    ['NaN', change('3E-2', 'NaN'), /finite number/, 15],
    ['truncated', pot.slice(0, -10), /parameter 5 of 6|characters/, undefined],
    ['one parameter too many', `${pot}6\n`, /nothing after/, 18],
  ];
  it.each(bad)('refuses: %s', (_, text, message, line) => {
    const error = errorOf(() => parsePot(text, { file: 'a.pot' }));
    expect(error.message).toMatch(message);
    expect(error.file).toBe('a.pot');
    if (line !== undefined) expect(error.line).toBe(line);
  });
});
