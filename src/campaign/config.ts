/**
 * A campaign's YAML file: text → document with the place of every node → the kind's schema → configuration, or an error
 * with file, line and column. Unknown keys are refused with the nearest known one; sizes, depth and aliases are limited.
 */
import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { type ZodType, z } from 'zod';
import type { Json } from '../data/atoms.ts';
import { InputError, type Place } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import type { CampaignKind } from './job.ts';

/** Characters, lines, nesting and aliases beyond which a file is no configuration. */
const LIMITS = { characters: 1 << 15, lines: 4000, marks: 200, depth: 30, aliases: 20 };

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

export interface ParsedConfig {
  kind: CampaignKind;
  /** What the kind's schema made of the file. */
  config: unknown;
}

/**
 * Reads a campaign's file. Throws InputError with file, line and column: of the first thing that is wrong, the others
 * follow in the message.
 */
export function parseCampaign(text: string, file: string, kinds: ReadonlyMap<string, CampaignKind>): ParsedConfig {
  const { document, at } = parseYaml(text, file);
  const name: unknown = isMap(document.contents) ? document.contents.get('campaign') : undefined;
  const kind = typeof name === 'string' ? kinds.get(name) : undefined;
  if (kind === undefined) throw unknownKind(name, [...kinds.keys()], at);
  const found = kind.schema.safeParse(valuesOf(document, file));
  if (found.success) return { kind, config: found.data };
  throw report(found.error.issues, kind.schema, document, at);
}

/** The document's values; aliases that stand for too many nodes are the library's to count. */
function valuesOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: LIMITS.aliases });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new InputError(`its aliases cannot be followed: ${error.message}`, { file });
  }
}

/** The text of a campaign's file with some of its keys changed or added; comments stay. */
export function changeCampaign(text: string, changes: { [key: string]: Json }): string {
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(changes)) document.set(key, value);
  return String(document);
}

/** Reads any YAML configuration by a schema; errors as parseCampaign. */
export function parseConfig<T>(text: string, file: string, schema: ZodType<T>): T {
  const { document, at } = parseYaml(text, file);
  const found = schema.safeParse(valuesOf(document, file));
  if (found.success) return found.data;
  throw report(found.error.issues, schema, document, at);
}

function unknownKind(name: unknown, names: string[], at: (path: Path, key?: string) => Place): InputError {
  const known = names.join(', ');
  if (name === undefined)
    return new InputError(
      `says no kind of campaign; 'campaign: ${names[0]}' was expected (there are ${known})`,
      at([]),
    );
  const near = typeof name === 'string' ? didYouMean(name, names) : '';
  return new InputError(
    `campaign: found ${JSON.stringify(name)}; one of ${known} was expected${near}`,
    at(['campaign']),
  );
}

interface Parsed {
  document: Document;
  /** The place of a value, or of a key in it; of the nearest parent where there is no such node. */
  at(path: Path, key?: string): Place;
}

function parseYaml(text: string, file: string): Parsed {
  if (text.length > LIMITS.characters) throw new InputError('is too large for a configuration', { file });
  refuseBombs(text, file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const place = (offset: number | undefined): Place => {
    if (offset === undefined) return { file };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) throw new InputError(`is no valid YAML: ${broken.message}`, place(broken.pos[0]));
  limit(document, (node) => place(node.range?.[0]));
  return { document, at: (path, key) => place(offsetOf(document, path, key)) };
}

/**
 * The YAML library walks into nested lists by recursion: 16,000 times "- " end the whole process, as V8 cannot translate a
 * regular expression at the end of its stack; and it takes 10 µs for each sign that is out of place.
 */
function refuseBombs(text: string, file: string): void {
  if (depthOf(text) > LIMITS.depth || /^ {1000}/m.test(text))
    throw new InputError(`is nested deeper than ${LIMITS.depth} levels`, { file });
  if (/(?:[-?:]\s+){40}|(?:[[\]{},"'?:]\s*){40}/.test(text))
    throw new InputError('is no valid YAML: 40 signs of punctuation in a row', { file });
  if ((text.match(/(?:^|\s)[&*!]\S/g)?.length ?? 0) > LIMITS.marks)
    throw new InputError(`has more than ${LIMITS.marks} anchors, aliases and tags`, { file });
  if (text.split('\n').length > LIMITS.lines) throw new InputError(`has more than ${LIMITS.lines} lines`, { file });
}

/** Most brackets and braces that are open at once, wherever they stand. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0];
  for (const [sign] of text.matchAll(/[[\]{}]/g)) {
    depth = sign === '[' || sign === '{' ? depth + 1 : Math.max(0, depth - 1);
    most = Math.max(most, depth);
  }
  return most;
}

/** Throws InputError where aliases or nesting go beyond the limits. */
function limit(document: Document, place: (node: Node) => Place): void {
  let aliases = 0;
  visit(document, (_, node, path) => {
    if (!isNode(node)) return;
    if (path.length > 2 * LIMITS.depth) throw new InputError(`nested deeper than ${LIMITS.depth} levels`, place(node));
    if (isAlias(node) && node.resolve(document) === undefined)
      throw new InputError(`*${node.source}: no anchor &${node.source} stands before it`, place(node));
    if (isAlias(node) && ++aliases > LIMITS.aliases)
      throw new InputError(`more than ${LIMITS.aliases} aliases`, place(node));
  });
}

function offsetOf(document: Document, path: Path, key?: string): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (!isNode(node)) continue;
    const pair =
      key !== undefined && isMap(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
    const found = pair !== undefined && isNode(pair.key) ? pair.key : node;
    return found.range?.[0];
  }
  return undefined;
}

function report(issues: readonly Issue[], schema: ZodType, document: Document, at: Parsed['at']): InputError {
  const flat = issues.flatMap((issue) => flatten(issue, []));
  const all = flat.flatMap((issue) => sentences(issue, schema, document, at));
  const [first, ...others] = all.sort((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0));
  const more = others.slice(0, 9).map(({ text, place }) => `  and ${place.line}:${place.column}: ${text}`);
  return new InputError([first.text, ...more].join('\n'), first.place);
}

/** Of a union, what its best-fitting branch finds wrong: one that is wrong inside rather than as a whole. */
function flatten(issue: Issue, before: Path): Issue[] {
  const path = [...before, ...issue.path];
  if (issue.code !== 'invalid_union') return [{ ...issue, path }];
  const inside = issue.errors.filter((branch) =>
    branch.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'),
  );
  const [best] = inside.sort((a, b) => a.length - b.length);
  if (best !== undefined) return best.flatMap((each) => flatten(each, path));
  const message = issue.errors.map((branch) => lower(branch[0]?.message ?? '')).join('; or ');
  return [{ ...issue, path, message: message === '' ? issue.message : message }];
}

interface Sentence {
  text: string;
  place: Place;
}

const lower = (message: string) => message.replace(/^Invalid (input|option): /, '').replace(/, received .*$/, '');

function sentences(issue: Issue, schema: ZodType, document: Document, at: Parsed['at']): Sentence[] {
  const { path } = issue;
  const name = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => {
      const near = didYouMean(key, known);
      const list = near === '' && known.length > 0 ? `; there are ${known.join(', ')}` : near;
      return { text: `${name}unknown key ${JSON.stringify(key)}${list}`, place: at(path, key) };
    });
  }
  if (issue.code === 'custom') return [{ text: `${name}${issue.message}`, place: at(path) }];
  const node = document.getIn(path, true);
  if (node === undefined) return [{ text: `${name}is missing: ${lower(issue.message)}`, place: at(path) }];
  const value = isScalar(node) ? JSON.stringify(node.value) : isMap(node) ? 'a mapping' : undefined;
  const found = value === undefined ? '' : `found ${value}; `;
  return [{ text: `${name}${found}${lower(issue.message)}`, place: at(path) }];
}

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

/** Keys that the objects at this path may have. */
function knownKeys(schema: ZodType, path: Path): string[] {
  let here = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Schema];
  const branches = (one: Schema): Schema[] => [
    one,
    ...[one.anyOf, one.oneOf, one.allOf].flatMap((list) => list ?? []).flatMap(branches),
  ];
  for (const step of path) {
    here = here.flatMap(branches).flatMap((one) => {
      if (typeof step === 'number') return one.prefixItems?.[step] ?? one.items ?? [];
      const own =
        one.properties !== undefined && Object.hasOwn(one.properties, step) ? one.properties[String(step)] : [];
      return typeof one.additionalProperties === 'object' ? [one.additionalProperties].concat(own) : own;
    });
  }
  return [...new Set(here.flatMap(branches).flatMap((one) => Object.keys(one.properties ?? {})))];
}

/** JSON Schema (draft 2020-12) of the files of these kinds, for editors. */
export function campaignJsonSchema(kinds: Iterable<CampaignKind>): Record<string, unknown> {
  const schemas = [...kinds].map(({ schema, description }) => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return { description, ...rest };
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A campaign of frenkel',
    oneOf: schemas,
  };
}
