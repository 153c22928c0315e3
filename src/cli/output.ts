/** Standard output in pieces. */

/** Writes to stdout, waiting while the reader is slow. */
export async function print(pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (process.stdout.write(piece)) continue;
    await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
  }
}
