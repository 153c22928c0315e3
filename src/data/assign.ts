/** The assignment problem, exactly, by shortest augmenting paths (Jonker, Volgenant 1987, 10.1007/BF02278710). */

/** For each row of a square matrix of costs the column it gets, so that the sum of costs is least. O(n³). */
export function assign(cost: readonly ArrayLike<number>[]): number[] {
  const n = cost.length;
  // prices of rows and columns; column n is where an augmenting path begins
  const rowPrice = new Float64Array(n);
  const columnPrice = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1).fill(-1);
  for (let row = 0; row < n; row++) {
    const slack = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    const cameFrom = new Int32Array(n).fill(n);
    const done = new Uint8Array(n + 1);
    rowOf[n] = row;
    let column = n;
    while (rowOf[column] >= 0) {
      done[column] = 1;
      const present = rowOf[column];
      let next = -1;
      for (let j = 0; j < n; j++) {
        if (done[j]) continue;
        const reduced = cost[present][j] - rowPrice[present] - columnPrice[j];
        if (reduced < slack[j]) {
          slack[j] = reduced;
          cameFrom[j] = column;
        }
        if (next < 0 || slack[j] < slack[next]) next = j;
      }
      const least = slack[next];
      for (let j = 0; j <= n; j++) {
        if (done[j]) {
          rowPrice[rowOf[j]] += least;
          columnPrice[j] -= least;
        } else if (j < n) slack[j] -= least;
      }
      column = next;
    }
    while (column !== n) {
      rowOf[column] = rowOf[cameFrom[column]];
      column = cameFrom[column];
    }
  }
  const columns = new Array<number>(n);
  for (let j = 0; j < n; j++) columns[rowOf[j]] = j;
  return columns;
}
