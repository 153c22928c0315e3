/** States that nobody's encodeState wrote, though they come close. */
import { expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { decodeState } from '../src/data/state.ts';

function forged(header: string, extra = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(24 + Math.ceil(text.length / 8) * 8 + extra);
  bytes.set(new TextEncoder().encode('frenkel state 1\n'));
  new DataView(bytes.buffer).setUint32(16, text.length, true);
  bytes.set(text, 24);
  return bytes;
}

it('sound ones of the same kind are read', () => {
  expect(decodeState(forged('["t","Uint8Array",2]', 8))).toEqual(Uint8Array.of(0, 0));
  expect(decodeState(forged('["t","Float64Array",0]'))).toEqual(new Float64Array(0));
  expect(decodeState(forged('["u"]'))).toBeUndefined();
  expect(decodeState(forged('["b","-12"]'))).toBe(-12n);
});

it.each([
  // lengths
  '["t","Uint8Array",1.5]',
  '["t","Uint8Array","2"]',
  '["t","Uint8Array",null]',
  '["t","Uint8Array",true]',
  '["t","Uint8Array",-1]',
  '["t","Uint8Array",9]',
  '["t","Float64Array",2]',
  '["t",1,2]',
  // tags with the wrong company
  '["x"]',
  '["u",1]',
  '["u",1,2]',
  '["t","Uint8Array"]',
  '["t","Uint8Array",2,3]',
  '["b"]',
  '["b",12]',
  '["b","12x"]',
  '["b","x12"]',
  '["n","NaN",1]',
  '["n",7]',
  '["a",1]',
  '["a",[],1]',
  '["o",[["a",1,2]]]',
  '["o",["ab"]]',
  '["o",[null]]',
  '["m",[["a",1,2]]]',
  '["m",["ab"]]',
  '["m",[[true,1]]]',
  '["m",[[1,2],[1,3]]]',
  '["o",[[1,2]]]',
  '["m",[["a"]]]',
  '["m",1]',
])('refuses %s', (header) => {
  for (const extra of [0, 8]) expect(() => decodeState(forged(header, extra))).toThrow(InputError);
});
