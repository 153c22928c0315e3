/**
 * The .snap files that come with LAMMPS's SNAP potentials: the few commands (variable, pair_style, pair_coeff) that sum
 * a SNAP and a ZBL core. Anything else is refused, so that nothing is silently left out.
 */
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import type { Potential } from '../data/potential.ts';
import { overlayPotential } from '../data/potentials/overlay.ts';
import { zblPotential } from '../data/potentials/zbl.ts';
import { LineReader, parseNumber, quote } from './lines.ts';
import { parseSnap } from './snap-files.ts';
import { elementOf, unknownElement } from './species.ts';

export { parseSnap } from './snap-files.ts';

const COMMANDS = ['variable', 'pair_style', 'pair_coeff'];

/** One command: its words after substitution, where it began. */
interface Command {
  words: string[];
  line: number;
}

interface Styles {
  zbl?: { inner: number; outer: number };
  snap: boolean;
  hybrid: boolean;
  /** In the order of the file. */
  order: string[];
}

interface SnapCall {
  coefficients: string;
  parameters: string;
  symbols: string[];
  line: number;
}

interface ZblCall {
  from: [number, number];
  to: [number, number];
  charges: [number, number];
  /** Ranges with * are checked when the number of types is known. */
  line: number;
}

/**
 * SNAP, or the overlay of SNAP and ZBL. `read` returns the text of a file beside the .snap file; it is asked for plain
 * names only. Throws InputError with file and line.
 */
export function parseSnapCompanion(
  text: string,
  read: (name: string) => string,
  options: { file?: string; name?: string } = {},
): Potential {
  const { file } = options;
  const fail = (line: number, message: string) => new InputError(message, { file, line });
  let styles: Styles | undefined;
  let snap: SnapCall | undefined;
  const zbl: ZblCall[] = [];
  for (const { words, line } of readCommands(text, file)) {
    const [command, ...args] = words;
    if (command === 'pair_style') {
      if (styles) throw fail(line, 'expected pair_style once, found it again');
      styles = readStyles(args, (message) => fail(line, message));
    } else {
      if (!styles) throw fail(line, 'expected pair_style before pair_coeff');
      const call = readCoeff(args, styles, line, (message) => fail(line, message));
      if ('charges' in call) zbl.push(call);
      else if (snap) throw fail(line, 'expected one pair_coeff for snap, found another');
      else snap = call;
    }
  }
  if (!styles) throw new InputError('expected a pair_style command, found none', { file });
  if (!snap) throw new InputError('expected a pair_coeff command for snap, found none', { file });
  const { line } = snap;
  const term = parseSnap(
    { file: snap.coefficients, text: read(plainName(snap.coefficients, (message) => fail(line, message))) },
    { file: snap.parameters, text: read(plainName(snap.parameters, (message) => fail(line, message))) },
    { elements: [...new Set(snap.symbols)] },
  );
  const name = options.name ?? file?.replace(/^.*[/\\]/, '');
  if (!styles.zbl) return { ...term, ...(name === undefined ? {} : { name }) };
  const numbers = snap.symbols.map((symbol) => elementOf(symbol) ?? 0);
  checkCharges(zbl, numbers, file);
  const core = zblPotential({ species: term.species, ...styles.zbl });
  const parts = styles.order[0] === 'zbl' ? [core, term] : [term, core];
  return overlayPotential(parts, { name, reference: parts.map((part) => part.reference).join('; ') });
}

/** Lines joined at '&', without comments, with ${name} and $n replaced. */
function readCommands(text: string, file?: string): Command[] {
  const lines = new LineReader(text, { file, comment: '#' });
  const variables = new Map<string, string>();
  const commands: Command[] = [];
  while (lines.nextFilled()) {
    const { line } = lines;
    let whole = lines.rest();
    while (whole.endsWith('&')) whole = `${whole.slice(0, -1)} ${lines.need('the line after &').rest()}`;
    const words = substitute(whole, variables, (message) => new InputError(message, { file, line }))
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) continue;
    if (!COMMANDS.includes(words[0])) {
      const hint = didYouMean(words[0], COMMANDS);
      throw new InputError(`expected variable, pair_style or pair_coeff, found ${quote(words[0])}${hint}`, {
        file,
        line,
      });
    }
    if (words[0] !== 'variable') commands.push({ words, line });
    else defineVariable(words, variables, lines);
  }
  return commands;
}

function defineVariable(words: string[], variables: Map<string, string>, lines: LineReader): void {
  const [, name, style, value] = words;
  if (words.length !== 4 || !/^\w+$/.test(name) || !['equal', 'index', 'string'].includes(style)) {
    throw lines.error('expected: variable NAME equal NUMBER');
  }
  if (style === 'equal' && parseNumber(value) === undefined) {
    throw lines.error(`expected a number for variable ${name}, found ${quote(value)} (formulas are not evaluated)`);
  }
  variables.set(name, value);
}

function substitute(text: string, variables: Map<string, string>, fail: Fail): string {
  return text.replace(/\$(?:\{([^}]*)\}|(\w)|)/g, (_, long: string | undefined, short: string | undefined) => {
    const name = long ?? short ?? '';
    const value = variables.get(name);
    if (value !== undefined) return value;
    throw fail(`expected a variable defined above, found ${quote(name)}${didYouMean(name, variables.keys())}`);
  });
}

type Fail = (message: string) => InputError;

/** snap, or hybrid/overlay with zbl INNER OUTER and snap in either order. */
function readStyles(args: string[], fail: Fail): Styles {
  const hybrid = args[0] === 'hybrid/overlay';
  const words = hybrid ? args.slice(1) : args;
  const styles: Styles = { snap: false, hybrid, order: [] };
  for (let at = 0; at < words.length; at++) {
    const style = words[at];
    if (styles.order.includes(style)) throw fail(`expected ${style} once in pair_style, found it again`);
    if (style === 'snap') styles.snap = true;
    else if (style === 'zbl' && hybrid) {
      const [inner, outer] = [parseNumber(words[at + 1] ?? ''), parseNumber(words[at + 2] ?? '')];
      if (inner === undefined || outer === undefined || !(inner >= 0 && inner < outer)) {
        const found = words.slice(at + 1, at + 3).join(' ');
        throw fail(`expected zbl INNER OUTER with 0 <= INNER < OUTER, found ${quote(found)}`);
      }
      styles.zbl = { inner, outer };
      at += 2;
    } else
      throw fail(
        `expected snap, or hybrid/overlay of zbl and snap, found ${quote(style)}${didYouMean(style, ['snap', 'zbl', 'hybrid/overlay'])}`,
      );
    styles.order.push(style);
  }
  if (!styles.snap) throw fail('expected snap in pair_style, found none');
  return styles;
}

function readCoeff(args: string[], styles: Styles, line: number, fail: Fail): SnapCall | ZblCall {
  const [i, j] = args;
  const style = styles.hybrid ? args[2] : 'snap';
  const rest = args.slice(styles.hybrid ? 3 : 2);
  if (style === 'snap') {
    if (i !== '*' || j !== '*' || rest.length < 3) {
      throw fail('expected: pair_coeff * * snap COEFFICIENTS PARAMETERS ELEMENT …');
    }
    const [coefficients, parameters, ...symbols] = rest;
    for (const symbol of symbols) if (elementOf(symbol) === undefined) throw unknownSymbol(symbol, fail);
    return { coefficients, parameters, symbols, line };
  }
  if (style !== 'zbl' || !styles.zbl) {
    throw fail(`expected a pair_coeff for ${styles.order.join(' or ')}, found ${quote(style ?? '')}`);
  }
  const charges = rest.map((word) => parseNumber(word));
  if (charges.length !== 2 || charges.some((z) => z === undefined)) {
    throw fail(`expected two atomic numbers after zbl, found ${quote(rest.join(' '))}`);
  }
  return { from: typeRange(i, fail), to: typeRange(j, fail), charges: [charges[0] ?? 0, charges[1] ?? 0], line };
}

function unknownSymbol(symbol: string, fail: Fail): InputError {
  if (symbol === 'NULL') return fail('expected an element for every type; NULL is not supported');
  return fail(unknownElement(symbol, {}).message);
}

/** A type, *, n*, *n or m*n; open ends are 1 and Infinity. */
function typeRange(word: string, fail: Fail): [number, number] {
  const match = /^(\d{1,4})?(\*)?(\d{1,4})?$/.exec(word);
  if (!match || (match[2] === undefined && match[1] === undefined)) {
    throw fail(`expected an atom type such as 1, * or 1*2, found ${quote(word)}`);
  }
  const first = match[1] === undefined ? 1 : Number(match[1]);
  if (match[2] === undefined) return [first, first];
  return [first, match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3])];
}

/** The charges must be those of the elements: the core knows no others. Every element must have one. */
function checkCharges(calls: ZblCall[], numbers: number[], file?: string): void {
  const covered = new Set<number>();
  for (const { from, to, charges, line } of calls) {
    for (const [[low, high], charge] of [
      [from, charges[0]],
      [to, charges[1]],
    ] as const) {
      const last = Math.min(high, numbers.length);
      if (low < 1 || low > last || (Number.isFinite(high) && high > numbers.length)) {
        throw new InputError(`expected atom types from 1 to ${numbers.length} for zbl, found ${low}…${high}`, {
          file,
          line,
        });
      }
      for (let type = low; type <= last; type++) {
        if (charge === numbers[type - 1]) continue;
        const symbol = symbolOf(numbers[type - 1]);
        throw new InputError(`expected zbl's charge of ${symbol} (${numbers[type - 1]}), found ${charge}`, {
          file,
          line,
        });
      }
    }
    if (from[0] === to[0] && from[1] === to[1]) {
      for (let type = from[0]; type <= Math.min(from[1], numbers.length); type++) covered.add(type);
    }
  }
  numbers.forEach((number, i) => {
    if (covered.has(i + 1)) return;
    throw new InputError(`expected a pair_coeff ${i + 1} ${i + 1} zbl for ${symbolOf(number)}, found none`, { file });
  });
}

function plainName(name: string, fail: Fail): string {
  const plain = name !== '.' && name !== '..' && !/[/\\:]/.test(name) && ![...name].some((c) => c < ' ');
  if (plain) return name;
  throw fail(`expected the name of a file beside this one, without folders, found ${quote(name)}`);
}
