/** Bytes of a base64 string, in Node and in browsers. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** Little-endian doubles as base64: the same bits back by decodeFloats. */
export function encodeFloats(values: Float64Array): string {
  const bytes = new Uint8Array(values.slice().buffer);
  let text = '';
  for (let k = 0; k < bytes.length; k += 0x2000) text += String.fromCharCode(...bytes.subarray(k, k + 0x2000));
  return btoa(text);
}

/** Throws TypeError where the bytes are not whole doubles. */
export function decodeFloats(text: string): Float64Array {
  const bytes = decodeBase64(text);
  if (bytes.length % 8 !== 0) throw new TypeError(`${bytes.length} bytes are not whole doubles`);
  return new Float64Array(bytes.buffer);
}
