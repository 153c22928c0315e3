/**
 * What every force kernel sees: one block of pointers, filled by the host (src/engine/frame.ts, same order).
 *
 * Sites are the atoms in cell order (k < n, "locals", wrapped into the cell) followed by the periodic images that
 * lie within the list's reach (n <= k < m). A kernel
 *
 *     form(begin, end, frame, params, work, scratch)
 *
 * adds the energies, forces and virials of the locals [begin, end) and writes nothing else: the owner computes, so
 * the sums have one order whatever the number of threads. `params` are the potential's flat numbers, `work` arrays
 * shared by all threads between the stages of one potential, `scratch` a block of the calling thread's own.
 *
 * Where all terms of a potential have kernels for it, the list is a half list (assembly/fill.ts) and some stages are
 * called with a range of chunks instead of locals (assembly/chunks.ts).
 */

// @ts-ignore: decorator
@unmanaged
export class Frame {
  /** Number of locals. */
  n: i32;
  /** Number of sites, locals and images. */
  m: i32;
  /** f64[4m]: x, y, z (Å) and an unused lane. */
  x: usize;
  /** i32[m]: the local that a site is an image of; home[k] = k for locals. */
  home: usize;
  /** i32[m]: index of the site's element in this potential's `species`. */
  types: usize;
  /** i32[n+1]: start of each local's neighbours in `neighbors`. */
  first: usize;
  /**
   * i32[first[n]]: sites closer than the list's reach, images of the atom itself included; in a row locals, then images,
   * each ascending. Full list, or half list where all stages are made for it, with gaps between the chunks (writePairs).
   */
  neighbors: usize;
  /** i32[first[n]]: the same pair seen from its other end, or -1 at the very rim of the list. Only for pair gradients. */
  reverse: usize;
  /** f64[n]: energy of each local, eV. */
  energy: usize;
  /** f64[4n]: force on each local, eV/Å, stride 4. */
  force: usize;
  /** f64[6n]: virial of each local, xx yy zz yz xz xy, eV: minus its share of the strain derivative. */
  virial: usize;
  /** f64[4 first[n]]: ∂E_i/∂d of each pair, d = x_neighbor − x_i, stride 4. Only for pair gradients. */
  gradient: usize;
  /** i32[n]: the user's index of each local. */
  order: usize;
  /** f64[3n]: the user's positions, in the user's order and not wrapped. */
  positions: usize;
  /** Number of chunks that the locals are divided into, in equal parts (assembly/chunks.ts). */
  chunkCount: i32;
  /** Chunk[chunkCount + 1]. */
  chunks: usize;
  /** f64[4 × total reach]: the chunks' windows. Only for half lists. */
  windows: usize;
  /** Room for 8 bytes per pair, which the stages of a potential share: pairs within the cutoff. Only for half lists. */
  kept: usize;
  /** Pair[first[n] + 1] (assembly/chunks.ts): the neighbours as the kernels of half lists want them. */
  pairs: usize;
  /** f64 for each kept pair: what the density pass leaves of its distance. Only for half lists. */
  distances: usize;
}
