/**
 * What a bench found, as rows: printed when it ends, and appended to the file that `npm run bench` collects into JSON,
 * Markdown and figures (bench/all.ts). A ratio is peer / frenkel of one run: above 1 frenkel is faster.
 */
import { appendFileSync } from 'node:fs';

export interface Row {
  /** Which figure and table it belongs to: 'MD step', 'list build', 'threads', 'SO(4) stages', 'dense algebra', 'memory'. */
  section: string;
  /** What was run: potential, size. */
  name: string;
  /** Atoms, or the order of a matrix. */
  size: number;
  /** 'frenkel', or the peer. */
  who: string;
  /** Of `median` and `least`: 'µs/atom CPU', 's CPU', 'MB'. */
  unit: string;
  median: number;
  least: number;
  /** peer / frenkel, by medians and by the least values; none in frenkel's own rows. */
  ratio?: number;
  ratioLeast?: number;
}

export const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
export const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

/** CPU seconds of this process so far, all threads. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export type Samples = Omit<Row, 'median' | 'least' | 'ratio' | 'ratioLeast'> & { values: number[] };

/** A row of samples; with `ours`, the samples of frenkel in the same run, also the ratios. */
export function row({ values, ...rest }: Samples, ours?: number[]): Row {
  const own = { ...rest, median: median(values), least: least(values) };
  return ours ? { ...own, ratio: own.median / median(ours), ratioLeast: own.least / least(ours) } : own;
}

const digits = (x: number) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toPrecision(3));

/** Prints the rows, and appends them to the file named by FRENKEL_BENCH_ROWS. */
export function report(rows: Row[]): void {
  for (const one of rows) {
    const ratio =
      one.ratio === undefined ? '' : `  ratio ${digits(one.ratio)} (least ${digits(one.ratioLeast ?? one.ratio)})`;
    const value = `${digits(one.median).padStart(8)} (least ${digits(one.least)}) ${one.unit}`;
    console.log(`${one.section.padEnd(13)} ${one.name.padEnd(30)} ${one.who.padEnd(34)} ${value}${ratio}`);
  }
  const file = process.env.FRENKEL_BENCH_ROWS;
  if (file) appendFileSync(file, rows.map((one) => `${JSON.stringify(one)}\n`).join(''));
}

/** The tables of a page, one for each section. */
export function markdown(rows: Row[]): string {
  const sections = new Set(rows.map((one) => one.section));
  return [...sections]
    .map((section) => {
      const lines = rows
        .filter((one) => one.section === section)
        .map(({ name, size, who, unit, median, least, ratio, ratioLeast }) => {
          const ratios = ratio === undefined ? ['', ''] : [digits(ratio), digits(ratioLeast ?? ratio)];
          return `| ${[name, size, who, digits(median), digits(least), unit, ...ratios].join(' | ')} |`;
        });
      const head =
        '| what | size | who | median | least | unit | ratio | by least |\n|---|---|---|---|---|---|---|---|';
      return `### ${section}\n\n${head}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}
