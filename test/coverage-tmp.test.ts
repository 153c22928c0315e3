import { expect, it } from 'vitest';
import { methodNames } from '../src/free-energy/estimators.ts';
import { options, oscillator, sampled } from './support/quartic.ts';
const quartic = [ { g: 0.1, deltaF: 0.153607478 }, { g: 0.5, deltaF: 0.359925953 } ];
it.each(methodNames)('%s', (method) => {
  for (const steps of [4000, 20000]) {
  const c = process.cpuUsage();
  const N = 40;
  let covered = 0; const z: number[] = [];
  for (let run = 0; run < N; run++) {
    const { g, deltaF } = quartic[run % 2];
    const { interval, deltaA, error } = sampled(oscillator(g), options(method, steps, { seed: 1000n + BigInt(run) })).result;
    covered += Number(interval[0] <= deltaF && deltaF <= interval[1]);
    z.push((deltaA - deltaF) / error);
  }
  const u = process.cpuUsage(c);
  console.log(method, steps, covered, 'of', N, 'mean z', (z.reduce((a, b) => a + b) / N).toFixed(3), 'cpu', (u.user + u.system) / 1e6);
  }
}, 1e6);
