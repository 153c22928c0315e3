/** Evil changes of the first seeds of formats-records.ts. */
import type { Change } from './evil.ts';

const DEEP = '['.repeat(100_000) + ']'.repeat(100_000);
const ofRecord: [string, Change][] = [
  ['another schema', [/frenkel (run|campaign) 1/, 'frenkel $1 9']],
  ['a key of another', [/"key": "\w/, '"key": "z']],
  ['no key', [/"key": "\w+",?/, '']],
  ['a list around it', (text) => `[${text}]`],
  ['a text', (text) => JSON.stringify(text)],
  ['null', () => 'null'],
  ['two of it', (text) => text + text],
  ['an edit of the kernels', [/"kernelHash": "k"/, '"kernelHash": 7']],
  ['cut in half', (text) => text.slice(0, text.length >> 1)],
];

export const specificRecords = new Map<string, [string, Change][]>([
  [
    'labels',
    [
      ['an energy that is text', ['energy=-8.02', 'energy=low']],
      ['an infinite energy', ['energy=-8.02', 'energy=1e999']],
      ['an energy that is a list', ['energy=-8.02', 'energy="1 2"']],
      ['two energies', ['energy=-8.02', 'energy=-8.02 dft_energy=-8']],
      ['a stress of five numbers', ['1e-3 0 0 0 2e-3 0 0 0 1e-3', '1 2 3 4 5']],
      ['a stress that is text', ['1e-3 0 0 0 2e-3 0 0 0 1e-3', 'a b c d e f g h i']],
      ['a force that is no number', ['-0.1 0 0', 'nan 0 0']],
      ['forces of two components', ['forces:R:3', 'forces:R:2']],
      ['nothing to learn', (text) => text.replace('forces:R:3', 'f:R:3').replace(/energy=.*config/, 'config')],
      ['4 billion atoms', [/^2/, '4294967295']],
    ],
  ],
  [
    'FitSNAP',
    [
      ['lists 100,000 deep', ['"W"', DEEP]],
      ['positions 100,000 deep', [/"Positions": \[[^"]*\],/, `"Positions": ${DEEP},`]],
      ['an energy of 1e999', ['-12.5', '1e999']],
      ['an energy that is text', ['-12.5', '"-12.5"']],
      ['an energy in kcal', ['"electronvolt"', '"kcal"']],
      ['a stress of no unit', ['"bar"', '"smoots"']],
      ['stresses beyond all numbers', (text) => text.replace('"bar"', '"GPa"').replace('3000', '1e999')],
      ['an unknown element', ['"Be"', '"Qq"']],
      ['more atoms than positions', ['"Be"', '"Be", "Be"']],
      ['4 billion atoms', ['"NumAtoms": 2', '"NumAtoms": 4294967295']],
      ['a flat cell', [/0,\s*3\.2,\s*0/, '3.2, 0, 0']],
      ['data that is an object', [/"Data": \[/, '"Data": {}, "x": [']],
    ],
  ],
  [
    'fit.yaml',
    [
      ['an alias of nobody', ['seed: 3', 'seed: *a']],
      [
        'a bomb of aliases',
        (text) => `${text}x: &a [1,2]\ny: &b [*a,*a,*a,*a,*a,*a,*a]\nz: [*b,*b,*b,*b,*b,*b,*b,*b]\n`,
      ],
      ['a merge key', ['seed: 3', '<<: {seed: 3}']],
      ['a tag', ['seed: 3', 'seed: !!js/function "x"']],
      ['an unknown key', ['seed: 3', 'sead: 3']],
      ['the same key twice', ['seed: 3', 'seed: 3\nseed: 4']],
      ['a weight below zero', ['energy: 100', 'energy: -100']],
      ['an infinite weight', ['energy: 100', 'energy: .inf']],
      ['a weight that is no number', ['energy: 100', 'energy: .nan']],
      ['a weight of 1e999 /bar', ['1e-8 /bar', '1e999 /bar']],
      ['all data held out', ['test: 0.1', 'test: 1']],
      ['twojmax of 10^9', ['twojmax: 8', 'twojmax: 1000000000']],
      ['a cutoff that is no number', ['4.7 A', '.nan']],
      ['a name that is a path', ['name: Ta', 'name: ../../Ta']],
      ['no data', ['data: [a.xyz, b]', 'data: []']],
    ],
  ],
  ['run.json', ofRecord.filter(([what]) => !/edit of the kernels/.test(what))],
  ['campaign.json', ofRecord],
  [
    'job.json',
    [
      ['a number', () => '1e999'],
      ['null', () => 'null'],
      ['a list', (text) => `[${text}]`],
      ['another job', ['count-0', 'count-1']],
      ['no input', [/"input":.*\},/, '']],
      ['an input of 1e999', ['0.5', '1e999']],
      ['needs that are text', ['["a","b"]', '"ab"']],
      ['needs that lead elsewhere', ['["a","b"]', '["../../../etc/passwd"]']],
      ['a task that is a number', ['"task":"count"', '"task":7']],
      ['cut in half', (text) => text.slice(0, text.length >> 1)],
    ],
  ],
]);
