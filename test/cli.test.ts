import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { frenkel, program, scratch } from './support/cli.ts';
import { struckAndDone, untilMet } from './support/met.ts';

const iron = lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] });
const cell = vacancy(repeat(iron, [3, 3, 3]), 0);

function folderWith(files: Record<string, string>): string {
  const folder = scratch();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const sha = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('frenkel energy', () => {
  it('prints one JSON object in the shape that is documented', async () => {
    const folder = folderWith({ 'a.xyz': formatExtxyz(cell) });
    const { code, stdout, stderr } = await frenkel(folder, ['energy', 'a.xyz', '-p', 'Fe-Ackland-2004', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const { frames } = JSON.parse(stdout);
    expect(frames).toHaveLength(1);
    const [{ energy, energies, forces, virial }] = frames;
    expect(energies).toHaveLength(53);
    expect(energies.reduce((a: number, b: number) => a + b)).toBeCloseTo(energy, 9);
    expect(forces).toHaveLength(53);
    expect(forces[0]).toHaveLength(3);
    expect(virial.map((row: number[]) => row.length)).toEqual([3, 3, 3]);
  });

  it('says that the ZBL of a .snap beside the SNAP files is left out', async () => {
    const folder = folderWith({
      'a.xyz': formatExtxyz(lattice({ kind: 'bcc', a: 3.18, elements: ['W'] })),
      'W.snapcoeff': readFileSync('potentials/W_Wood_2017.snapcoeff', 'utf8'),
      'W.snapparam': readFileSync('potentials/W_Wood_2017.snapparam', 'utf8'),
      'W.snap': 'pair_style hybrid/overlay zbl 4 4.8 snap\n',
    });
    const files = ['a.xyz', '-p', 'W.snapcoeff', '-p', 'W.snapparam'];
    expect((await frenkel(folder, ['energy', ...files])).stderr).toMatch(/warning: SNAP without the ZBL of W\.snap/);
    const zbl = ['-p', 'zbl inner=4A outer=4.8A', '--overlay'];
    expect((await frenkel(folder, ['energy', ...files, ...zbl])).stderr).toBe('');
    expect((await frenkel(folder, ['describe', ...files])).stderr).toBe('');
  });

  it('answers a stream frame by frame', async () => {
    const folder = scratch();
    const input = formatExtxyz(cell) + formatExtxyz(iron);
    const { code, stdout } = await frenkel(folder, ['energy', '-', '--stream', '-p', 'Fe-Ackland-2004'], input);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(lines.map((line) => line.energies.length)).toEqual([53, 2]);
  });

  it('is an ASE calculator through examples/ase_calculator.py, its forces minus the gradient', async (context) => {
    const python = '/usr/bin/python3';
    const present = existsSync(python) && hasAse(python);
    if (!present && process.env.CI === 'true') throw new Error('python3-ase is missing');
    if (!present) context.skip('python3-ase is not installed');
    const code = `
import sys; sys.path.insert(0, ${JSON.stringify(resolve('examples'))})
from ase.build import bulk
from ase_calculator import Frenkel
import numpy as np
atoms = bulk('Fe', 'bcc', a=2.87, cubic=True) * (2, 2, 2)
atoms.rattle(0.05, seed=3)
atoms.calc = Frenkel(['-p', 'Fe-FS-1984'], [${JSON.stringify(process.execPath)}, ${JSON.stringify(program)}])
f, s, e = atoms.get_forces(), atoms.get_stress(), atoms.get_potential_energy()
h = 1e-4
x = atoms.positions.copy()
worst = 0
for i, k in [(0, 0), (3, 1), (7, 2)]:
    side = []
    for sign in (1, -1):
        atoms.positions = x; atoms.positions[i, k] += sign * h
        side.append(atoms.get_potential_energy())
    worst = max(worst, abs((side[1] - side[0]) / (2 * h) - f[i, k]))
atoms.positions = x
c = atoms.cell.copy()
side = []
for sign in (1, -1):
    atoms.set_cell(c * (1 + sign * 1e-5), scale_atoms=True)
    side.append(atoms.get_potential_energy())
atoms.set_cell(c, scale_atoms=True)
assert atoms.get_potential_energy(force_consistent=True) == atoms.get_potential_energy()
trace = (side[0] - side[1]) / 2e-5 / atoms.get_volume()
print(worst, abs(trace - s[:3].sum()), len(f))
atoms.calc.process.terminate()
`;
    const [force, stress, n] = execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim().split(' ').map(Number);
    expect(n).toBe(16);
    expect(force).toBeLessThan(1e-7);
    expect(stress).toBeLessThan(1e-8);
  });
});

function hasAse(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import ase'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('frenkel md', () => {
  const args = [
    'md',
    'a.xyz',
    '-p',
    'Fe-Ackland-2004',
    '--steps',
    '400',
    '--dump',
    '50',
    '--thermo',
    '10',
    '--trajectory',
    't.xyz.gz',
  ];
  const ensembles = [['nve'], ['langevin'], ['nhc'], ['npt', '--pressure', '0 -> 1 GPa']];
  const outputs = ['log.thermo', 't.xyz.gz', 'final.xyz', 'report.json', 'drift.svg'];

  it.each(ensembles)('%s: interrupted or killed at any moment, it ends with the same bytes', async (...ensemble) => {
    const line = [...args, '-T', ensemble[0] === 'nve' ? '600 K' : '600 K -> 300 K', '--ensemble', ...ensemble];
    const whole = folderWith({ 'a.xyz': formatExtxyz(cell) });
    expect((await frenkel(whole, [...line, '--out', 'r', '--threads', '1'])).code).toBe(0);
    const broken = await untilMet(async () => {
      const folder = folderWith({ 'a.xyz': formatExtxyz(cell) });
      const command = [...line, '--out', 'r'];
      const seen = await struckAndDone(folder, command, 'r/log.thermo', ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGTERM']);
      return seen.includes(143) ? folder : undefined;
    });
    for (const name of outputs)
      expect([name, sha(join(broken, 'r', name))]).toEqual([name, sha(join(whole, 'r', name))]);
    const again = await frenkel(broken, [...line, '--out', 'r']);
    expect([again.code, again.stdout.startsWith('already done')]).toEqual([0, true]);
  });

  it('warns where the time step is too long to conserve anything, or probably meant in ps', async () => {
    const folder = folderWith({ 'a.xyz': formatExtxyz(cell) });
    const line = ['md', 'a.xyz', '-p', 'Fe-Ackland-2004', '-T', '900', '--steps', '60', '--thermo', '1'];
    const long = await frenkel(folder, [...line, '--timestep', '18 fs', '--out', 'long']);
    expect(long.stderr).toMatch(/warning: the conserved quantity is not conserved.*--timestep/);
    const short = await frenkel(folder, [...line, '--timestep', '2 fs', '--out', 'short']);
    expect([short.code, short.stderr]).toEqual([0, '']);
    const bare = await frenkel(folder, [...line, '--timestep', '0.002', '--steps', '2', '--out', 'bare']);
    expect(bare.stderr).toMatch(/time step of 0.002 fs is very short.*'0.002 ps'/);
  });

  it('warns of pressures that were probably meant in bar', async () => {
    const folder = folderWith({ 'a.xyz': formatExtxyz(cell) });
    const line = ['a.xyz', '-p', 'Fe-FS-1984', '--dry-run', '--pressure'];
    const npt = await frenkel(folder, ['md', ...line, '0 -> 10000', '--ensemble', 'npt']);
    expect(npt.stderr).toMatch(/a pressure of 10000 GPa is very high.*'10000 bar'/);
    expect((await frenkel(folder, ['relax', ...line, '-10000', '--cell', 'iso'])).stderr).toMatch(/'10000 bar'/);
    expect((await frenkel(folder, ['relax', ...line, '10000 bar', '--cell', 'iso'])).stderr).toBe('');
  });

  it('refuses to write over another run', async () => {
    const folder = folderWith({ 'a.xyz': formatExtxyz(cell) });
    const line = ['md', 'a.xyz', '-p', 'Fe-FS-1984', '--steps', '2', '--out', 'r'];
    expect((await frenkel(folder, line)).code).toBe(0);
    const other = await frenkel(folder, [...line, '--seed', '2']);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/another run.*--force/);
    expect((await frenkel(folder, [...line, '--seed', '2', '--force'])).code).toBe(0);
  });

  it('stops with exit code 4 when overlapping atoms heat it beyond reason', async () => {
    const folder = folderWith({
      'a.xyz': formatExtxyz({
        ...cell,
        positions: cell.positions.map((x, i) => (i < 3 ? cell.positions[i + 3] + 0.5 : x)),
      }),
    });
    const args = ['md', 'a.xyz', '-p', 'Fe-Ackland-2004', '--timestep', '5 fs', '--steps', '500'];
    const { code, stderr } = await frenkel(folder, args);
    expect(code).toBe(4);
    expect(stderr).toMatch(/step \d+: the temperature is/);
  });

  it('stops with exit code 4 when the run explodes, and says at which step', async () => {
    const hot = { ...cell, velocities: new Float64Array(3 * 53).fill(1).map((_, i) => (i % 2 ? 1e5 : -1e5)) };
    const folder = folderWith({ 'a.xyz': formatExtxyz(hot) });
    const { code, stderr } = await frenkel(folder, [
      'md',
      'a.xyz',
      '-p',
      'Fe-FS-1984',
      '--timestep',
      '1 ps',
      '--steps',
      '500',
    ]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^frenkel: step \d+: /m);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('frenkel relax', () => {
  it('gives the documented JSON and exit code 3 when it does not converge', async () => {
    const folder = folderWith({ 'a.xyz': formatExtxyz(cell) });
    const line = ['relax', 'a.xyz', '-p', 'Fe-Ackland-2004', '--json'];
    const good = await frenkel(folder, [...line, '--out', 'good', '--method', 'lbfgs', '--cell', 'ortho']);
    const result = JSON.parse(good.stdout);
    expect(good.code).toBe(0);
    expect(result).toMatchObject({ status: 'converged' });
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining(['energy', 'fmax', 'steps', 'virial', 'cell', 'positions']),
    );
    expect(result.positions).toHaveLength(53);
    const short = await frenkel(folder, [...line, '--out', 'short', '--fmax', '1e-10', '--steps', '3']);
    expect(short.code).toBe(3);
    expect(JSON.parse(short.stdout).status).toBe('limit');
    expect(existsSync(join(folder, 'short', 'final.xyz'))).toBe(true);
    expect((await frenkel(folder, [...line, '--out', 'short', '--fmax', '1e-10', '--steps', '3'])).code).toBe(3);
  });

  it('names the folder of a structure from a pipe by its content', async () => {
    const folder = scratch();
    for (const atoms of [iron, cell, iron]) {
      const { code } = await frenkel(folder, ['relax', '-', '-p', 'Fe-FS-1984'], formatExtxyz(atoms));
      expect(code).toBe(0);
    }
    expect(readdirSync(join(folder, 'runs')).filter((name) => /^relax-stdin-[0-9a-f]{8}$/.test(name))).toHaveLength(2);
  });

  it('holds what --fix names', async () => {
    const folder = folderWith({ 'a.xyz': formatExtxyz(cell) });
    const { code, stdout } = await frenkel(folder, [
      'relax',
      'a.xyz',
      '-p',
      'Fe-Ackland-2004',
      '--fix',
      'z<3A',
      '--json',
    ]);
    expect(code).toBe(0);
    const positions: number[][] = JSON.parse(stdout).positions;
    let moved = 0;
    positions.forEach((position, i) => {
      const before = [...cell.positions.subarray(3 * i, 3 * i + 3)];
      if (before[2] < 3) expect(position).toEqual(before);
      else if (position[0] !== before[0]) moved++;
    });
    expect(moved).toBeGreaterThan(10);
  });
});

describe('bad input', () => {
  const good = formatExtxyz(iron);
  const cases: [string, Record<string, string>, string[], RegExp][] = [
    [
      'a missing file',
      {},
      ['energy', 'none.xyz', '-p', 'Fe-FS-1984'],
      /none\.xyz: cannot be read: there is no such file/,
    ],
    ['a mistyped flag', { 'a.xyz': good }, ['energy', 'a.xyz', '--potentail', 'x'], /Did you mean --potential/],
    ['a mistyped potential', { 'a.xyz': good }, ['energy', 'a.xyz', '-p', 'Fe-FS-1985'], /did you mean Fe-FS-1984/],
    ['a mistyped command', {}, ['relaxx', '--help'], /unknown command "relaxx" \(did you mean relax\?\)/],
    ['a broken number of steps', { 'a.xyz': good }, ['md', 'a.xyz', '--steps', '1.5'], /--steps.*integer/],
    ['no potential', { 'a.xyz': good }, ['energy', 'a.xyz'], /no potential: give -p/],
    [
      'an element that the potential lacks',
      { 'a.xyz': good },
      ['relax', 'a.xyz', '-p', 'W-AT-1987'],
      /contains Fe.*knows only W/,
    ],
    [
      'a pressure on a fixed cell',
      { 'a.xyz': good },
      ['relax', 'a.xyz', '-p', 'Fe-FS-1984', '--pressure', '10'],
      /--pressure: the cell is fixed; add --cell/,
    ],
    [
      'a flag of another ensemble',
      { 'a.xyz': good },
      ['md', 'a.xyz', '-p', 'Fe-FS-1984', '--friction', '2'],
      /--friction has no effect with --ensemble nve; it is for langevin/,
    ],
    [
      'a ramp without a thermostat',
      { 'a.xyz': good },
      ['md', 'a.xyz', '-p', 'Fe-FS-1984', '-T', '300 -> 600'],
      /--temperature: nve has no thermostat/,
    ],
    [
      'an output whose name says no format',
      {},
      ['build', 'bcc', '-e', 'Fe', '-a', '2.8', '-o', 'a.foo'],
      /a\.foo: its name says no format: end it in \.xyz/,
    ],
    [
      'too many threads',
      { 'a.xyz': good },
      ['energy', 'a.xyz', '-p', 'Fe-FS-1984', '--threads', '100000'],
      /threads: found 100000; 1 to 256/,
    ],
    ['negative steps', { 'a.xyz': good }, ['md', 'a.xyz', '-p', 'Fe-FS-1984', '--steps', '-3'], /--steps/],
    [
      'a wrong unit',
      { 'a.xyz': good },
      ['md', 'a.xyz', '-p', 'Fe-FS-1984', '--timestep', '1 eV'],
      /--timestep.*unit of time/,
    ],
    [
      'two potentials',
      { 'a.xyz': good },
      ['energy', 'a.xyz', '-p', 'Fe-FS-1984', '-p', 'Fe-Ackland-2004'],
      /--overlay/,
    ],
    ['a cut file', { 'a.xyz': good.slice(0, -20) }, ['energy', 'a.xyz', '-p', 'Fe-FS-1984'], /a\.xyz:\d+: /],
    [
      'atoms on top of each other',
      { 'a.xyz': good.replace('1.42765 1.42765 1.42765', '0 0 0.001') },
      ['energy', 'a.xyz', '-p', 'Fe-FS-1984'],
      /a\.xyz.*apart/,
    ],
    [
      'a potential that is none',
      { 'a.xyz': good, 'p.txt': 'hello\n' },
      ['energy', 'a.xyz', '-p', 'p.txt'],
      /p\.txt:1: not a potential/,
    ],
    [
      'an unknown key',
      { 'a.xyz': good },
      ['energy', 'a.xyz', '-p', 'lj epsilon=1eV sgima=2A cutoff=5A'],
      /sgima.*sigma/,
    ],
  ];

  it.each(cases)('%s: one sentence and exit code 2', async (_, files, args, message) => {
    const { code, stdout, stderr } = await frenkel(folderWith(files), args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
