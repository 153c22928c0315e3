/**
 * Dense algebra against numpy (OpenBLAS on one thread), side by side, and one thread against several. Rounds alternate
 * between the peers; the least of the rounds' times counts, CPU seconds on one thread, wall seconds for the gain by
 * threads; only the ratios of one run mean anything on a shared machine.
 *
 *   node scripts/bench.mjs linalg [--n 1000] [--rounds 3] [--threads 2] [--python python3]
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Engine } from '../src/engine/engine.ts';
import { logDet } from '../src/linalg/cholesky.ts';
import { eigenSymmetric, eigenvaluesSymmetric } from '../src/linalg/eigen.ts';
import { gemm, syrk } from '../src/linalg/gemm.ts';
import { leastSquares } from '../src/linalg/qr.ts';
import { createEngine } from '../src/node/threads.ts';
import { cpu, type Row, report, row } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    n: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string', default: 'python3' },
  },
});
const [n, rounds, threads] = [flags.n, flags.rounds, flags.threads].map(Number);

type Times = Record<string, number>;

/** A symmetric matrix that any language makes alike, and one that is positive definite. */
const element = (i: number, j: number) => (((i + j) * 7919 + i * j * 104729) % 1013) / 1013 - 0.5;
const a = Float64Array.from({ length: n * n }, (_, p) => element(Math.floor(p / n), p % n));
const positive = a.map((x, p) => (p % (n + 1) === 0 ? x + n : x));
const b = Float64Array.from({ length: n }, (_, i) => (i % 7) - 3);

const cases: Record<string, { flops: number; run(engine: Engine): unknown }> = {
  gemm: { flops: 2, run: (engine) => gemm(engine, a, a, { m: n, n, k: n }) },
  syrk: { flops: 1, run: (engine) => syrk(engine, a, n, n) },
  logDet: { flops: 1 / 3, run: (engine) => logDet(engine, positive) },
  leastSquares: { flops: 4 / 3, run: (engine) => leastSquares(engine, positive, b, { m: n, n }) },
  values: { flops: 4 / 3, run: (engine) => eigenvaluesSymmetric(engine, a) },
  vectors: { flops: 4 / 3 + 4 / 3 + 2, run: (engine) => eigenSymmetric(engine, a) },
};

const PYTHON = `
import json, sys, time
import numpy as np
n = int(sys.argv[1])
i, j = np.meshgrid(np.arange(n), np.arange(n), indexing='ij')
a = (((i + j) * 7919 + i * j * 104729) % 1013) / 1013 - 0.5
p = a + n * np.eye(n)
b = (np.arange(n) % 7) - 3.0
def lstsq():
    q, r = np.linalg.qr(p)
    return np.linalg.solve(r, q.T @ b)
cases = {'gemm': lambda: a @ a, 'syrk': lambda: a.T @ a, 'logDet': lambda: np.linalg.cholesky(p), 'leastSquares': lstsq,
         'values': lambda: np.linalg.eigvalsh(a), 'vectors': lambda: np.linalg.eigh(a)}
times = {}
for name, run in cases.items():
    start = time.process_time()
    run()
    times[name] = time.process_time() - start
print(json.dumps(times))
`;

function numpy(): Times | undefined {
  try {
    const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
    return JSON.parse(execFileSync(flags.python, ['-c', PYTHON, String(n)], { env, encoding: 'utf8' }));
  } catch {
    return undefined;
  }
}

function measure(engine: Engine, clock: () => number): Times {
  const times: Times = {};
  for (const [name, { run }] of Object.entries(cases)) {
    const start = clock();
    run(engine);
    times[name] = clock() - start;
  }
  return times;
}

const wall = () => performance.now() / 1e3;
const least = (all: Times[], name: string) => Math.min(...all.map((times) => times[name]));

const one = await createEngine({ threads: 1 });
const several = await createEngine({ threads });
const ours: Times[] = [];
const ourWall: Times[] = [];
const parallel: Times[] = [];
const theirs: Times[] = [];
for (let round = 0; round < rounds; round++) {
  ours.push(measure(one, cpu));
  const peer = numpy();
  if (peer) theirs.push(peer);
  ourWall.push(measure(one, wall));
  parallel.push(measure(several, wall));
}
console.log(`n = ${n}; numpy ${theirs.length > 0 ? 'on one thread' : 'is not here'}`);
const rows: Row[] = [];
for (const [name, { flops }] of Object.entries(cases)) {
  const time = least(ours, name);
  const rate = (flops * n ** 3) / time / 1e9;
  const ratio = theirs.length > 0 ? `, ${(time / least(theirs, name)).toFixed(2)} × numpy` : '';
  const gain = least(ourWall, name) / least(parallel, name);
  console.log(
    `${name.padEnd(12)} ${time.toFixed(3)} s CPU, ${rate.toFixed(1)} GF/s${ratio}, ${threads} threads ${gain.toFixed(2)} × faster`,
  );
  const common = { section: 'dense algebra', name, size: n, unit: 's CPU' };
  const own = ours.map((times) => times[name]);
  rows.push(row({ ...common, who: 'frenkel', values: own }));
  if (theirs.length > 0) rows.push(row({ ...common, who: 'numpy', values: theirs.map((times) => times[name]) }, own));
}
one.close();
several.close();
report(rows);
