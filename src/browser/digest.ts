/** SHA-256 of doubles, by which runs on other machines are told to have the same bits. */

/** Hex, of the bytes of the arrays one after the other; '' where the page is not in a secure context. */
export async function digestOf(arrays: readonly ArrayLike<number>[]): Promise<string> {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) return '';
  const all = new Float64Array(arrays.reduce((sum, a) => sum + a.length, 0));
  let at = 0;
  for (const a of arrays) {
    all.set(a, at);
    at += a.length;
  }
  const hash = new Uint8Array(await subtle.digest('SHA-256', all));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
