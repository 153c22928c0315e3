/** Setfl and funcfl files made up from smooth functions, different for every element and pair. */

interface TableOptions {
  /** The functions end as (1 − r/cutoff)^tail. */
  tail?: number;
  nr?: number;
  nrho?: number;
}

const CUTOFF = 5;

function row(count: number, f: (k: number) => number): string {
  return Array.from({ length: count }, (_, k) => f(k).toExponential(16)).join('\n');
}

export function setflText(symbols: string[], kind: 'alloy' | 'fs', options: TableOptions = {}): string {
  const { tail = 4, nr = 301, nrho = 120 } = options;
  const dr = CUTOFF / (nr - 1);
  // Exactly 0 at the last knot and, where smooth, at its neighbours: the one-sided slope there vanishes with them.
  const end = (k: number) => (tail >= 2 && k >= nr - 3 ? 0 : Math.max(0, 1 - k / (nr - 1)) ** tail);
  const density = (a: number, b: number) =>
    row(nr, (k) => (1 + 0.3 * a + (kind === 'fs' ? 0.17 * b : 0)) * Math.exp(-0.4 * k * dr) * end(k));
  const blocks = symbols.map((_, a) => {
    const embedding = row(nrho, (k) => -(1 + 0.2 * a) * Math.sqrt(k * 0.05 + 0.01) + 0.001 * k);
    const densities = kind === 'fs' ? symbols.map((_, b) => density(a, b)) : [density(a, 0)];
    return `${20 + a} ${50.5 + a} 2.8 bcc\n${embedding}\n${densities.join('\n')}`;
  });
  const pairs: string[] = [];
  for (let a = 0; a < symbols.length; a++) {
    for (let b = 0; b <= a; b++) {
      pairs.push(row(nr, (k) => (4 + a + 0.5 * b) * Math.exp(-0.7 * k * dr) * Math.cos(k * dr) * end(k)));
    }
  }
  const header = `made up\nfor tests\n\n${symbols.length} ${symbols.join(' ')}\n${nrho} 0.05 ${nr} ${dr} ${CUTOFF}`;
  return `${header}\n${blocks.join('\n')}\n${pairs.join('\n')}\n`;
}

/** One element on nr knots spaced by dr, smooth at its end. */
export function funcflText(z: number, nr: number, dr: number): string {
  const cutoff = (nr - 1) * dr;
  const end = (k: number) => Math.max(0, 1 - k / (nr - 8)) ** 5;
  return [
    'made up for tests',
    `${z} ${2 * z} 2.8 bcc`,
    `100 0.04 ${nr} ${dr} ${cutoff}`,
    row(100, (k) => -Math.sqrt(k * 0.04 + 0.01)),
    row(nr, (k) => (2 + z / 40) * Math.exp(-0.3 * k * dr) * end(k)),
    row(nr, (k) => (1 + z / 100) * Math.exp(-0.5 * k * dr) * end(k)),
    '',
  ].join('\n');
}
