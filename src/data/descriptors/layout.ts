/** Arrays one behind the other in a block's numbers, scratch or own: each begins at an even f64. */
export class Layout {
  /** f64 so far, an even number. */
  size: number;
  private readonly sections: { at: number; numbers: ArrayLike<number> }[] = [];

  constructor(header = 0) {
    this.size = header + (header % 2);
  }

  /** Where an array of n f64 begins. */
  take(n: number): number {
    const at = this.size;
    this.size += n + (n % 2);
    return at;
  }

  /** Where these numbers begin. */
  add(numbers: ArrayLike<number>): number {
    const at = this.take(numbers.length);
    this.sections.push({ at, numbers });
    return at;
  }

  /** All that was added behind the header. */
  with(header: ArrayLike<number>): Float64Array {
    const all = new Float64Array(this.size);
    all.set(header);
    for (const { at, numbers } of this.sections) all.set(numbers, at);
    return all;
  }
}
