/** The syntax of CIF 1.1: data blocks of tags with values, and loops. Every value knows its line. */
import { LineReader, quote } from './lines.ts';

export interface CifValue {
  text: string;
  line: number;
}

export interface CifBlock {
  name: string;
  line: number;
  /** By tag, in lower case; a single value is a column of one. Columns of one loop have the same length. */
  columns: Map<string, CifValue[]>;
}

interface Token extends CifValue {
  /** Quoted words and text blocks are values whatever they look like. */
  quoted: boolean;
}

/** All data blocks of a text. Throws InputError with file and line. */
export function parseCifBlocks(text: string, file?: string): CifBlock[] {
  const lines = new LineReader(text, { file });
  const tokens = tokenize(lines);
  const blocks: CifBlock[] = [];
  let token = tokens.next().value;
  while (token) {
    const at = new LineReader('', { file, firstLine: token.line + 1 });
    const word = token.quoted ? '' : token.text.toLowerCase();
    const block = blocks.at(-1);
    if (word.startsWith('data_')) {
      blocks.push({ name: token.text.slice(5), line: token.line, columns: new Map() });
      token = tokens.next().value;
    } else if (block === undefined) throw at.error(`expected data_…, found ${quote(token.text)}`);
    else if (word === 'loop_') token = readLoop(tokens, block, at);
    else if (word.startsWith('_')) {
      const value = tokens.next().value;
      if (!value || isKeyword(value)) throw at.error(`expected a value of ${quote(word)}, found none`);
      addColumn(block, word, [value], at);
      token = tokens.next().value;
    } else if (word.startsWith('save_')) throw at.error('expected a structure, found a dictionary (save_)');
    else throw at.error(`expected a tag, loop_ or data_, found ${quote(token.text)}`);
  }
  if (blocks.length === 0) throw lines.error('expected data_…, found the end of the file');
  return blocks;
}

/** Tags, then values in rows; returns the token after them. */
function readLoop(tokens: Iterator<Token, undefined>, block: CifBlock, at: LineReader): Token | undefined {
  const columns: CifValue[][] = [];
  let token = tokens.next().value;
  while (token && !token.quoted && token.text.startsWith('_')) {
    const column: CifValue[] = [];
    addColumn(block, token.text.toLowerCase(), column, at);
    columns.push(column);
    token = tokens.next().value;
  }
  if (columns.length === 0) throw at.error('expected tags after loop_, found none');
  let count = 0;
  let last = token;
  while (token && !isKeyword(token)) {
    columns[count++ % columns.length].push({ text: token.text, line: token.line });
    last = token;
    token = tokens.next().value;
  }
  if (count === 0 || count % columns.length !== 0) {
    const found = `${count} values for ${columns.length} tags`;
    const line = new LineReader('', { file: at.file, firstLine: (last?.line ?? at.line) + 1 });
    throw line.error(`expected whole rows of the loop_, found ${found}`);
  }
  return token;
}

function addColumn(block: CifBlock, tag: string, column: CifValue[], at: LineReader): void {
  if (block.columns.has(tag)) throw at.error(`expected ${quote(tag)} once in a data block, found it again`);
  block.columns.set(tag, column);
}

function isKeyword(token: Token): boolean {
  return !token.quoted && /^(_|loop_$|data_|save_|global_$|stop_$)/i.test(token.text);
}

/** Words, 'quoted' "values" and ;text blocks; without comments. */
function* tokenize(lines: LineReader): Generator<Token, undefined> {
  while (lines.next()) {
    const line = lines.whole();
    if (line.startsWith(';')) yield readTextBlock(lines);
    else yield* tokensOfLine(line, lines);
  }
  return undefined;
}

function readTextBlock(lines: LineReader): Token {
  const first = lines.line;
  const parts = [lines.whole().slice(1)];
  for (;;) {
    if (!lines.next())
      throw lines.error(`expected the ; that closes the text of line ${first}, found the end of the file`);
    if (lines.whole().startsWith(';')) break;
    parts.push(lines.whole());
  }
  return { text: parts.join('\n'), line: first, quoted: true };
}

function* tokensOfLine(line: string, lines: LineReader): Generator<Token> {
  let at = 0;
  while (at < line.length) {
    const char = line[at];
    if (line.charCodeAt(at) <= 32) at++;
    else if (char === '#') return;
    else if (char === "'" || char === '"') {
      let end = line.indexOf(char, at + 1);
      while (end >= 0 && end + 1 < line.length && line.charCodeAt(end + 1) > 32) end = line.indexOf(char, end + 1);
      if (end < 0) throw lines.error(`expected ${char} at the end of ${quote(line.slice(at))}`);
      yield { text: line.slice(at + 1, end), line: lines.line, quoted: true };
      at = end + 1;
    } else {
      let end = at;
      while (end < line.length && line.charCodeAt(end) > 32) end++;
      yield { text: line.slice(at, end), line: lines.line, quoted: false };
      at = end;
    }
  }
}
