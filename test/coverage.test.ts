/** Honest error bars: 200 runs of each way to sample a free energy whose value is known to all digits. */
import { expect, it } from 'vitest';
import { methodNames } from '../src/free-energy/estimators.ts';
import { long } from './support/long.ts';
import { options, oscillator, sampled } from './support/quartic.ts';
import { record } from './support/trust/record.ts';

/** ½x² → ½x² + g x⁴ at kT = 1 eV, eV: spec/free-energy.md, 4.2. */
const cases = [
  { g: 0.1, deltaF: 0.153607478 },
  { g: 0.5, deltaF: 0.359925953 },
];
const RUNS = 200;
const STEPS = long ? 20_000 : 8_000;
/** Where 190 of 200 are expected: 95 times of 100 in 184–196. */
const [LEAST, MOST] = [180, 198];
/** Of the mean error of all runs, in standard errors of one: 3.5 of the mean's own. */
const BIAS = 0.25;

const found: { method: string; covered: number; bias: number; met: boolean }[] = [];
const range = (values: number[], digits: number) =>
  [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits)).join('–');

function recordAll(): void {
  const all = found.length === methodNames.length && found.every(({ met }) => met);
  const covered = range(
    found.map((one) => one.covered),
    0,
  );
  const bias = Math.max(...found.map((one) => Math.abs(one.bias)));
  const runs = `${found.length} methods × ${RUNS} runs of ${STEPS} steps`;
  record('R21.methods', `${covered} of ${RUNS}; mean error ≤ ${bias.toFixed(2)} SE; ${runs}`, all);
}

it.each(methodNames)(
  `%s: 95 %% intervals of ${RUNS} runs hold the exact value in ${LEAST} to ${MOST}, and their mean is not off`,
  (method) => {
    let [covered, off, variance] = [0, 0, 0];
    for (let run = 0; run < RUNS; run++) {
      const { g, deltaF } = cases[run % cases.length];
      const choice = options(method, STEPS, { seed: 1000n + BigInt(run) });
      const { interval, deltaA, error } = sampled(oscillator(g), choice).result;
      covered += Number(interval[0] <= deltaF && deltaF <= interval[1]);
      off += (deltaA - deltaF) / RUNS;
      variance += error ** 2 / RUNS;
    }
    const bias = off / Math.sqrt(variance);
    const met = covered >= LEAST && covered <= MOST && Math.abs(bias) <= BIAS;
    found.push({ method, covered, bias, met });
    recordAll();
    expect(covered).toBeGreaterThanOrEqual(LEAST);
    expect(covered).toBeLessThanOrEqual(MOST);
    expect(Math.abs(bias)).toBeLessThanOrEqual(BIAS);
  },
);
