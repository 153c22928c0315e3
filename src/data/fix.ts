/**
 * Which atoms are held: expressions such as 'z<5A', 'z<5A and element=W', 'index=0 or x>=2', 'z<5A:xy' (only x and y
 * are held), 'all:z'. Grammar: or > and > not > comparison | all | ( … ); x, y, z are Cartesian coordinates, Å without
 * a unit; index counts from 0.
 */
import type { Atoms } from './atoms.ts';
import { parseElement } from './elements.ts';
import { InputError } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { parseQuantity } from './units.ts';

type Test = (atom: number) => boolean;

interface Cursor {
  atoms: Atoms;
  flag: string;
  tokens: string[];
  at: number;
}

const fields = ['x', 'y', 'z', 'index', 'element'];

const compare: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

const operators: Record<string, string> = { '&': 'and', '&&': 'and', '|': 'or', '||': 'or' };

/** Parentheses and the words and, or, not are tokens; what lies between them is one, too. */
function tokenize(expression: string): string[] {
  return expression
    .split(/(\(|\)|&&?|\|\|?|\b(?:and|or|not)\b)/i)
    .map((token) => token.trim())
    .filter((token) => token !== '')
    .map((token) => operators[token] ?? (/^(and|or|not)$/i.test(token) ? token.toLowerCase() : token));
}

function comparison(cursor: Cursor, text: string): Test {
  const { atoms, flag } = cursor;
  if (text === 'all') return () => true;
  const parts = /^(\w+)\s*(<=|>=|==|!=|<|>|=)\s*([^<>=!]+)$/.exec(text);
  if (parts === null) {
    throw new InputError(
      `${flag}: found ${JSON.stringify(text)}; a comparison such as z<5A, index=0 or element=W was expected (several: z>5A and z<9A)`,
    );
  }
  const [, field, operator, value] = parts;
  const holds = compare[operator === '==' ? '=' : operator];
  if (field === 'element') {
    if (operator.startsWith('<') || operator.startsWith('>'))
      throw new InputError(`${flag}: element can only be = or !=`);
    const z = parseElement(value.trim(), flag);
    return (i) => holds(atoms.numbers[i], z);
  }
  if (field === 'index') {
    if (!/^\d{1,15}$/.test(value.trim()))
      throw new InputError(
        `${flag}: found index ${value.trim()}; a whole number from 0 was expected (a range: index>=3 and index<=9)`,
      );
    const index = Number(value);
    return (i) => holds(i, index);
  }
  const c = ['x', 'y', 'z'].indexOf(field);
  if (c < 0)
    throw new InputError(
      `${flag}: unknown ${JSON.stringify(field)}${didYouMean(field, fields)}; known: ${fields.join(', ')}`,
    );
  const bound = parseQuantity(value, { dimension: 'length', name: `${flag} ${field}` });
  return (i) => holds(atoms.positions[3 * i + c], bound);
}

function primary(cursor: Cursor): Test {
  const token = cursor.tokens[cursor.at++];
  if (token === 'not') {
    const inner = primary(cursor);
    return (i) => !inner(i);
  }
  if (token === '(') {
    const inner = either(cursor);
    if (cursor.tokens[cursor.at++] !== ')') throw new InputError(`${cursor.flag}: a parenthesis is not closed`);
    return inner;
  }
  if (token === undefined || token === ')' || token === 'and' || token === 'or') {
    throw new InputError(`${cursor.flag}: found ${token ?? 'the end'}; a comparison such as z<5A was expected`);
  }
  return comparison(cursor, token);
}

function both(cursor: Cursor): Test {
  const terms = [primary(cursor)];
  while (cursor.tokens[cursor.at] === 'and') {
    cursor.at++;
    terms.push(primary(cursor));
  }
  return (i) => terms.every((term) => term(i));
}

function either(cursor: Cursor): Test {
  const terms = [both(cursor)];
  while (cursor.tokens[cursor.at] === 'or') {
    cursor.at++;
    terms.push(both(cursor));
  }
  return (i) => terms.some((term) => term(i));
}

/**
 * (n,3) mask of held components, 1 = held, of an expression as in the header. Throws InputError that names the flag,
 * also where no atom is selected.
 */
export function fixMask(atoms: Atoms, expression: string, flag = '--fix'): Uint8Array {
  if (expression.length > 1000) throw new InputError(`${flag}: the expression is longer than 1000 characters`);
  const [selection, components, ...rest] = expression.split(':');
  const held = components === undefined ? 'xyz' : components.trim();
  if (rest.length > 0 || !/^[xyz]{1,3}$/.test(held)) {
    throw new InputError(
      `${flag}: found ${JSON.stringify(expression)}; after a colon the held components were expected, such as :xy`,
    );
  }
  const cursor: Cursor = { atoms, flag, tokens: tokenize(selection), at: 0 };
  const test = either(cursor);
  if (cursor.at < cursor.tokens.length) {
    throw new InputError(
      `${flag}: found ${JSON.stringify(cursor.tokens[cursor.at])}; and, or, or the end was expected`,
    );
  }
  const n = atoms.numbers.length;
  const mask = new Uint8Array(3 * n);
  const columns = ['x', 'y', 'z'].map((name) => Number(held.includes(name)));
  for (let i = 0; i < n; i++) if (test(i)) mask.set(columns, 3 * i);
  if (!mask.includes(1)) throw new InputError(`${flag}: no atom is selected by ${JSON.stringify(expression)}`);
  return mask;
}

/** The structure with the components of these expressions held besides those that already are. */
export function holdAtoms(atoms: Atoms, expressions: readonly string[], flag = '--fix'): Atoms {
  if (expressions.length === 0) return atoms;
  const fixed = new Uint8Array(3 * atoms.numbers.length);
  const masks = expressions.map((expression) => fixMask(atoms, expression, flag));
  if (atoms.fixed) masks.push(atoms.fixed);
  for (const mask of masks) for (let k = 0; k < fixed.length; k++) fixed[k] |= mask[k];
  return { ...atoms, fixed };
}
