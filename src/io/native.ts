/**
 * frenkel's own format of potentials over any descriptor, JSON:
 *
 *     { "format": "frenkel-potential", "version": 1, "name": …, "reference": …, "descriptor": "afs rcut=5A n=3 l=4",
 *       "quadratic": false, "core": "zbl inner=4A outer=4.8A",
 *       "elements": [ { "symbol": "Fe", "mass": 55.845, "coefficients": [ … ] } ] }
 *
 * Coefficients, eV: β₀, β in the order of the descriptor's components, and of a quadratic potential the upper triangle of α
 * row by row, E = β₀ + β·D + Σ_k ½ α_kk D_k² + Σ_{k<l} α_kl D_k D_l. `core`, a sum with a ZBL potential, `name`, `reference`,
 * `quadratic` and `mass` may be left out; other keys are errors. Numbers are the shortest that read back as the same double.
 */
import { parseElement, symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import type { Potential } from '../data/potential.ts';
import { coefficientsOf, type DescriptorElement, fastestPotential } from '../data/potentials/descriptor.ts';
import { overlayPotential } from '../data/potentials/overlay.ts';
import { formatDescriptor, parseDescriptor } from './descriptor.ts';
import { parseInline } from './inline.ts';

const FORMAT = 'frenkel-potential';
const VERSION = 1;

export const isNative = (text: string): boolean => /^\s*\{/.test(text) && text.slice(0, 2000).includes(`"${FORMAT}"`);

class Reader {
  private readonly file: string | undefined;

  constructor(file: string | undefined) {
    this.file = file;
  }

  error(message: string): InputError {
    return new InputError(message, this.file === undefined ? undefined : { file: this.file });
  }

  /** With the file in its errors. */
  attempt<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw this.error(error.message);
    }
  }

  /** The object's own keys, all among `known`. */
  object(value: unknown, what: string, known: readonly string[]): Map<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.error(`${what}: expected an object`);
    const found = new Map<string, unknown>(Object.entries(value));
    for (const key of found.keys())
      if (!known.includes(key))
        throw this.error(`${what}: unknown key '${key}'${didYouMean(key, known)}; accepted: ${known.join(', ')}`);
    return found;
  }

  text(value: unknown, what: string): string {
    if (typeof value === 'string') return value;
    throw this.error(`${what}: expected text, found ${value === undefined ? 'nothing' : typeof value}`);
  }

  numbers(value: unknown, what: string): Float64Array {
    if (!Array.isArray(value)) throw this.error(`${what}: expected a list of numbers`);
    const bad = value.findIndex((x) => typeof x !== 'number' || !Number.isFinite(x));
    if (bad >= 0) throw this.error(`${what}: number ${bad + 1} is ${JSON.stringify(value[bad])}`);
    return Float64Array.from(value as number[]);
  }
}

/** Throws InputError that names the key. */
export function parseNative(text: string, options: { file?: string; name?: string } = {}): Potential {
  const reader = new Reader(options.file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw reader.error(`not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const keys = ['format', 'version', 'name', 'reference', 'descriptor', 'quadratic', 'core', 'elements'];
  const found = reader.object(json, 'potential', keys);
  if (found.get('format') !== FORMAT) throw reader.error(`format: expected '${FORMAT}'`);
  if (found.get('version') !== VERSION)
    throw reader.error(`version: expected ${VERSION}, found ${JSON.stringify(found.get('version'))}`);
  const quadratic = found.get('quadratic') ?? false;
  if (typeof quadratic !== 'boolean') throw reader.error('quadratic: expected true or false');
  const list = found.get('elements');
  if (!Array.isArray(list) || list.length === 0) throw reader.error('elements: expected a list of one or more');
  const elements = list.map((one, k) => readElement(reader, one, `elements[${k}]`));
  const optional = (key: string) => (found.has(key) ? reader.text(found.get(key), key) : undefined);
  const name = options.name ?? optional('name') ?? options.file?.replace(/^.*[/\\]/, '');
  const [descriptor, core, reference] = [
    reader.text(found.get('descriptor'), 'descriptor'),
    optional('core'),
    optional('reference'),
  ];
  return reader.attempt(() => {
    const potential = fastestPotential({
      descriptor: parseDescriptor(descriptor),
      elements,
      quadratic,
      reference,
      name,
    });
    if (core === undefined) return potential;
    if (!/^\s*zbl\b/.test(core)) throw new InputError(`core: expected 'zbl inner=… outer=…', found '${core}'`);
    return overlayPotential([parseInline(core, { species: potential.species }), potential], { name });
  });
}

function readElement(reader: Reader, json: unknown, what: string): DescriptorElement {
  const found = reader.object(json, what, ['symbol', 'mass', 'coefficients']);
  const symbol = reader.text(found.get('symbol'), `${what}.symbol`);
  const mass = found.get('mass');
  if (mass !== undefined && !(typeof mass === 'number' && mass > 0 && mass < 1e4))
    throw reader.error(`${what}.mass: expected a number > 0, amu`);
  return {
    number: reader.attempt(() => parseElement(symbol, `${what}.symbol`)),
    coefficients: reader.numbers(found.get('coefficients'), `${what}.coefficients`),
    ...(mass === undefined ? {} : { mass }),
  };
}

/** Throws InputError for a potential that is not over a descriptor of the registry, alone or with a ZBL core. */
export function formatNative(potential: Potential): string {
  const terms = potential.parts ?? [potential];
  const core = terms.find(({ kernel }) => kernel === 'zbl');
  const rest = terms.filter((term) => term !== core);
  const [term] = rest;
  if (rest.length !== 1 || term.descriptor === undefined)
    throw new InputError('only a potential over a descriptor, alone or with a ZBL core, can be written as JSON');
  const { species, masses, reference } = term;
  const name = potential.name ?? term.name;
  const coefficients = coefficientsOf(term);
  const elements = species.map((z, t) => {
    const mass = masses ? ` "mass": ${masses[t]},` : '';
    return `    { "symbol": "${symbolOf(z)}",${mass} "coefficients": [\n${coefficients[t].join(',\n')}\n    ] }`;
  });
  const lines = [
    `  "format": "${FORMAT}"`,
    `  "version": ${VERSION}`,
    ...(name === undefined ? [] : [`  "name": ${JSON.stringify(name)}`]),
    `  "reference": ${JSON.stringify(reference)}`,
    `  "descriptor": ${JSON.stringify(formatDescriptor(term.descriptor))}`,
    `  "quadratic": ${term.kernel.endsWith('-quadratic')}`,
    ...(core === undefined ? [] : [`  "core": "zbl inner=${core.params[2]}A outer=${core.cutoff}A"`]),
    `  "elements": [\n${elements.join(',\n')}\n  ]`,
  ];
  return `{\n${lines.join(',\n')}\n}\n`;
}
