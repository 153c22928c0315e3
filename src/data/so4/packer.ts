/** Arrays of any type one after the other in f64 numbers, as a kernel's params, each at a multiple of 16 bytes. */
export class Packer {
  private readonly parts: [number, ArrayBufferView][] = [];

  private end: number;

  /** Leaves `begin` bytes for the header. */
  constructor(begin: number) {
    this.end = begin;
  }

  /** Returns the byte offset of the copy. */
  add(part: ArrayBufferView): number {
    const at = this.end;
    this.parts.push([at, part]);
    this.end = Math.ceil((at + part.byteLength) / 16) * 16;
    return at;
  }

  pack(header: number[]): Float64Array {
    const bytes = new Uint8Array(this.end);
    for (const [at, { buffer, byteOffset, byteLength }] of this.parts) {
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    }
    const params = new Float64Array(bytes.buffer);
    params.set(header);
    return params;
  }
}
