/**
 * A configuration of a MILADY database (.poscar): a POSCAR without a line of elements whose first line is
 *
 *     EFS n (symbol mass) × n  E_1 E_2 E_3
 *
 * (E, F, S: 1 where energy, forces, stress count; E_1 total, E_2 what is fitted, E_3 another choice), followed, each after an
 * empty line, by forces (eV/Å), the stress xx yy zz yz xz xy (eV/Å³, tension positive) and the spin. Files are called
 * CCKLMXXXXXX.poscar: class, type, number. https://ai-atoms.github.io/milady-docs, "Database files".
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { parsePoscar } from './poscar.ts';

const COUNTS = 5;

/** Labels are info.energy (E_2), info.energy_total, info.energy_other, arrays.forces, info.stress. Throws InputError. */
export function parseMiladyDatabase(text: string, { file }: { file?: string } = {}): Atoms {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*/, '').trim());
  const wrong = (line: number, message: string) => new InputError(message, { file, line: line + 1 });
  const { tag, symbols, energies } = readTitle(lines[0] ?? '', (message) => wrong(0, message));
  const counts = (lines[COUNTS] ?? '').split(/\s+/).map(Number);
  if (counts.length !== symbols.length || !counts.every((n) => Number.isInteger(n) && n > 0))
    throw wrong(
      COUNTS,
      `expected the numbers of atoms of ${symbols.join(', ')}, found ${JSON.stringify(lines[COUNTS] ?? '')}`,
    );
  const n = counts.reduce((sum, count) => sum + count, 0);
  const end = COUNTS + 2 + n;
  if (lines.length < end) throw wrong(lines.length - 1, `expected the positions of ${n} atoms, found the end`);
  const atoms = parsePoscar(`${lines.slice(0, end).join('\n')}\n`, { file, types: symbols });
  const rows = lines.flatMap((line, k) => (k >= end && line !== '' ? [{ k, words: line.split(/\s+/) }] : []));
  const numbers = ({ k, words }: (typeof rows)[number], count: number, what: string) => {
    const values = words.slice(0, count).map((word) => Number(word.replace(/[dD]/, 'e')));
    if (values.length === count && values.every(Number.isFinite)) return values;
    throw wrong(k, `expected ${count} numbers (${what}), found ${JSON.stringify(words.join(' '))}`);
  };
  const info: Atoms['info'] = { milady_tag: tag };
  if (tag[0] === '1')
    Object.assign(info, { energy: energies[1], energy_total: energies[0], energy_other: energies[2] });
  const forces = rows.length > 0 && rows[0].words.length === 3 ? rows.splice(0, n) : [];
  if (tag[1] === '1' && forces.length < n)
    throw wrong(end, `expected the forces on ${n} atoms, found ${forces.length}`);
  const arrays: Atoms['arrays'] =
    tag[1] === '1' ? { forces: Float64Array.from(forces.flatMap((row) => numbers(row, 3, 'a force'))) } : {};
  if (tag[2] === '1') {
    if (rows.length === 0) throw wrong(lines.length - 1, 'expected the stress, found the end');
    info.stress = numbers(rows[0], 6, 'the stress');
  }
  return { ...atoms, info, arrays };
}

function readTitle(line: string, wrong: (message: string) => InputError) {
  const [tag = '', count = '', ...words] = line.split(/\s+/);
  const n = Number(count);
  if (!/^[01]{3}$/.test(tag) || !(n >= 1 && n <= 118) || words.length < 2 * n + 3)
    throw wrong(`expected 'EFS n (symbol mass) × n E_1 E_2 E_3' of a MILADY database, found ${JSON.stringify(line)}`);
  const symbols = Array.from({ length: n }, (_, k) => words[2 * k]);
  const energies = words.slice(2 * n, 2 * n + 3).map((word) => Number(word.replace(/[dD]/, 'e')));
  if (!energies.every(Number.isFinite))
    throw wrong(`expected three energies, found ${words.slice(2 * n, 2 * n + 3).join(' ')}`);
  return { tag, symbols, energies };
}

/** 'CC_KLM' of a file's name, or undefined where it is not called so. */
export const miladyClass = (name: string): string | undefined => {
  const [, cls, type] = /^(\d\d)_?(\d\d\d)_?\d+\.poscar(?:\.gz)?$/.exec(name) ?? [];
  return cls === undefined ? undefined : `${cls}_${type}`;
};
