/**
 * Exact bytes of a state: nested plain objects, maps with numbers or strings as keys, and arrays of numbers (also -0, NaN, infinities), bigints, strings,
 * booleans, null, undefined and typed arrays. What comes back has the same bits.
 *
 *   'frenkel state 1\n', 16 bytes | u32 length of the header, 4 zero bytes | JSON header | raw little-endian buffers
 *
 * every part padded to 8 bytes with zeros. In the header composites are tagged lists: ["o",[[key,value]…]], ["m",[[key,value]…]],
 * ["a",[value…]], ["t",type,length] (the next buffer), ["b",digits], ["n",name], ["u"].
 */
import { InputError } from './errors.ts';

const magic = 'frenkel state 1\n';
const deepest = 100;

const arrays = {
  Float64Array,
  Float32Array,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
} as const;
type Typed = InstanceType<(typeof arrays)[keyof typeof arrays]>;

type Node = null | boolean | number | string | Node[];

const special = new Map<string, number>([
  ['-0', -0],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

const padded = (n: number) => Math.ceil(n / 8) * 8;

function checkEndian(): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw new Error('states need a little-endian machine');
}

function encodeNumber(x: number): Node {
  if (Object.is(x, -0)) return ['n', '-0'];
  return Number.isFinite(x) ? x : ['n', String(x)];
}

function encodeNode(value: unknown, buffers: Typed[], depth: number): Node {
  if (depth > deepest) throw new TypeError(`a state nested deeper than ${deepest}`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'bigint') return ['b', String(value)];
  if (value === undefined) return ['u'];
  if (Array.isArray(value)) return ['a', Array.from(value, (item) => encodeNode(item, buffers, depth + 1))];
  if (ArrayBuffer.isView(value)) {
    const name = Object.prototype.toString.call(value).slice(8, -1);
    if (!Object.hasOwn(arrays, name)) throw new TypeError(`a state cannot hold a ${name}`);
    buffers.push(value as Typed);
    return ['t', name, (value as Typed).length];
  }
  if (value instanceof Map) return ['m', Array.from(value, (entry) => encodeEntry(entry, buffers, depth))];
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      `a state cannot hold ${typeof value === 'object' ? 'instances of classes' : `a ${typeof value}`}`,
    );
  }
  const entries = Object.entries(value as object).map(([key, item]): Node => {
    if (key === '__proto__') throw new TypeError('a state cannot have a key __proto__');
    return [key, encodeNode(item, buffers, depth + 1)];
  });
  return ['o', entries];
}

function encodeEntry([key, item]: [unknown, unknown], buffers: Typed[], depth: number): Node {
  if (typeof key !== 'string' && !(typeof key === 'number' && Number.isFinite(key)))
    throw new TypeError('a state cannot hold maps with other keys than finite numbers and strings');
  return [key, encodeNode(item, buffers, depth + 1)];
}

/** The bytes of a state; throws TypeError where it holds what is not plain data. */
export function encodeState(value: unknown): Uint8Array<ArrayBuffer> {
  checkEndian();
  const buffers: Typed[] = [];
  const header = new TextEncoder().encode(JSON.stringify(encodeNode(value, buffers, 0)));
  const start = 24 + padded(header.length);
  const out = new Uint8Array(buffers.reduce((sum, buffer) => sum + padded(buffer.byteLength), start));
  out.set(new TextEncoder().encode(magic));
  new DataView(out.buffer).setUint32(16, header.length, true);
  out.set(header, 24);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of buffers) {
    out.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += padded(byteLength);
  }
  return out;
}

class Decoder {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next buffer, copied, so that it is aligned and owned. */
  typed(name: Node, length: Node): Typed {
    if (typeof name !== 'string' || !Object.hasOwn(arrays, name)) throw damaged('unknown kind of array');
    const type = arrays[name as keyof typeof arrays];
    const left = this.bytes.length - this.at;
    if (
      typeof length !== 'number' ||
      !Number.isInteger(length) ||
      length < 0 ||
      length * type.BYTES_PER_ELEMENT > left
    ) {
      throw damaged('an array longer than the data');
    }
    const size = length * type.BYTES_PER_ELEMENT;
    const copy = new Uint8Array(size);
    copy.set(this.bytes.subarray(this.at, this.at + size));
    this.at += padded(size);
    return new type(copy.buffer);
  }

  node(node: Node, depth: number): unknown {
    if (depth > deepest) throw damaged('nested too deeply');
    if (!Array.isArray(node)) {
      if (typeof node === 'object' && node !== null) throw damaged('unknown entry');
      return node;
    }
    const [tag, first, second] = node;
    if (tag === 'u' && node.length === 1) return undefined;
    if (tag === 't' && node.length === 3) return this.typed(first, second);
    if (node.length !== 2) throw damaged('unknown entry');
    if (tag === 'n' && typeof first === 'string' && special.has(first)) return special.get(first);
    if (tag === 'b' && typeof first === 'string' && /^-?\d{1,1000}$/.test(first)) return BigInt(first);
    if (tag === 'a' && Array.isArray(first)) return first.map((item) => this.node(item, depth + 1));
    if (tag === 'o' && Array.isArray(first)) return this.object(first, depth);
    if (tag === 'm' && Array.isArray(first)) return this.map(first, depth);
    throw damaged('unknown entry');
  }

  map(entries: Node[], depth: number): Map<unknown, unknown> {
    const result = new Map<unknown, unknown>();
    for (const entry of entries) {
      const [key, item] = Array.isArray(entry) && entry.length === 2 ? entry : [];
      if ((typeof key !== 'string' && typeof key !== 'number') || item === undefined || result.has(key))
        throw damaged('a bad or repeated key');
      result.set(key, this.node(item, depth + 1));
    }
    return result;
  }

  object(entries: Node[], depth: number): object {
    const result: Record<string, unknown> = {};
    for (const entry of entries) {
      const [key, item] = Array.isArray(entry) && entry.length === 2 ? entry : [];
      if (typeof key !== 'string' || item === undefined || key === '__proto__' || Object.hasOwn(result, key)) {
        throw damaged('a bad or repeated key');
      }
      result[key] = this.node(item, depth + 1);
    }
    return result;
  }
}

const damaged = (what: string) => new InputError(`the state is damaged: ${what}`);

/** The state of these bytes; throws InputError for anything that encodeState did not write. Never reads outside them. */
export function decodeState(bytes: Uint8Array): unknown {
  checkEndian();
  if (bytes.length < 24 || new TextDecoder().decode(bytes.subarray(0, 16)) !== magic) {
    throw new InputError('this is no state that this version can read');
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(16, true);
  if (24 + padded(length) > bytes.length) throw damaged('it ends within the header');
  let header: Node;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(24, 24 + length)));
  } catch {
    throw damaged('unreadable header');
  }
  const decoder = new Decoder(bytes, 24 + padded(length));
  const value = decoder.node(header, 0);
  if (decoder.at !== bytes.length) throw damaged('the length is wrong');
  return value;
}
