/**
 * exp, log, sin, cos, pow with the same bits in every host: compiled from assembly/math.ts. The host's own Math.* are
 * implementation-defined (ECMA-262), so anything that touches state uses these. sqrt and the operators are exact IEEE.
 */
import { math } from '../generated/math.ts';
import { decodeBase64 } from './base64.ts';

type Unary = (x: number) => number;

const instance = new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(math)), {
  env: {
    abort: () => {
      throw new Error('assembly/math.ts aborted');
    },
  },
});
const exported = instance.exports as unknown as {
  exp: Unary;
  log: Unary;
  sin: Unary;
  cos: Unary;
  pow: (x: number, y: number) => number;
};

export const { exp, log, sin, cos, pow } = exported;
