/**
 * What an entropy from positions alone costs beside one from a Hessian, V4 in iron: estimates by several descriptors (lists,
 * slabs, sums and error bar included, as `entropy predict` makes them), beside the Hessian of Fe-Ackland-2004 with its ln det,
 * with all eigenvalues, and beside a learned potential's evaluations. CPU seconds of one thread; all of them in every round,
 * so that their ratios of one run mean something on a busy machine.
 *
 *   node scripts/bench.mjs surrogate [--cells 8] [--rounds 5] [--potential ../shared/potentials/milady/Fe_LML.pot]
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { hessian } from '../src/analysis/hessian.ts';
import { logFrequencies, quanta } from '../src/analysis/modes.ts';
import { settle } from '../src/analysis/settle.ts';
import type { Atoms } from '../src/data/atoms.ts';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { fillGauss } from '../src/data/rng.ts';
import { repeat } from '../src/data/supercell.ts';
import type { Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { createEnvironment } from '../src/fit/entropy/describe.ts';
import { type EntropyRow, estimateEntropy, trainEntropy } from '../src/fit/entropy/train.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { readPotentialFile } from '../src/node/load.ts';
import { createEngine } from '../src/node/threads.ts';
import { massesOf } from '../src/tasks/masses.ts';
import { cpu, type Row, report, row } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    cells: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    potential: { type: 'string', default: '../shared/potentials/milady/Fe_LML.pot' },
  },
});
const [cells, rounds] = [flags.cells, flags.rounds].map(Number);
const A = 2.855312;
const DESCRIPTORS = ['bso4 jmax=3.5 set=diagonal rcut=5A', 'afs n=10 l=6 rcut=5A', 'afs n=20 l=10 rcut=5A'];
/** As many groups as iron's model has, and enough rows that its covariance is full. */
const [GROUPS, ROWS] = [10, 300];
const SAMPLE = 0.05;

const bulk = repeat(lattice({ kind: 'bcc', a: A, elements: ['Fe'] }), [cells, cells, cells]);
/** Four vacancies in a tetrahedron of first and second neighbours. */
function tetrahedron(): Atoms {
  const site = (x: number, y: number, z: number) =>
    bulk.numbers.findIndex((_, i) =>
      [x, y, z].every((want, c) => Math.abs(bulk.positions[3 * i + c] - want * A) < 1e-6),
    );
  const sites = [site(2, 2, 2), site(3, 2, 2), site(2.5, 2.5, 2.5), site(2.5, 2.5, 1.5)];
  return sites.sort((i, j) => j - i).reduce((atoms, index) => vacancy(atoms, index), bulk);
}

/** An estimate as `entropy predict` makes it; weights are of no matter to its cost. */
function estimator(engine: Engine, text: string, atoms: Atoms): () => number {
  const environment = createEnvironment(engine, text, [26]);
  const mean = environment.mean(bulk);
  const rows = Array.from({ length: ROWS }, (_, k): EntropyRow => {
    const numbers = new Float64Array(environment.size + 1);
    fillGauss(numbers, 1n, 'trials', k);
    return { row: numbers.slice(1), entropy: numbers[0], group: `g${k % GROUPS}` };
  });
  const model = trainEntropy(engine, rows, 1);
  return () => estimateEntropy(model, environment.row(atoms, mean)).entropy;
}

/** CPU seconds of one call, of as many as fill a sample. */
function timed(call: () => unknown): number {
  for (let count = 1; ; count *= 2) {
    const start = cpu();
    for (let k = 0; k < count; k++) call();
    const spent = cpu() - start;
    if (spent >= SAMPLE) return spent / count;
  }
}

const engine = await createEngine({ threads: 1 });
try {
  const iron = loadEmbedded('Fe-Ackland-2004');
  const start = createSystem(engine, tetrahedron(), iron, { skin: 0.1 });
  settle(start, true);
  const atoms: Atoms = { ...start.atoms, positions: start.x.slice() };
  const masses = massesOf(atoms, iron).values;
  let evaluations = 0;
  /** As `frenkel entropy` does it: [Hessian and ln det, all eigenvalues beside]. */
  const vibrations = (): [number, number] => {
    const mark = engine.mark();
    const begin = cpu();
    const found = hessian(createSystem(engine, atoms, iron, { skin: 0.1 }));
    evaluations = found.evaluations;
    engine.release(mark);
    logFrequencies(engine, { hessian: found, atoms, masses });
    const middle = cpu();
    quanta(engine, { hessian: found, atoms, masses });
    engine.release(mark);
    return [middle - begin, cpu() - begin];
  };
  const calls = DESCRIPTORS.map((text) => ({ text, call: estimator(engine, text, atoms), values: [] as number[] }));
  const learned = existsSync(flags.potential)
    ? createSystem(engine, atoms, readPotentialFile(flags.potential), { skin: 0.1 })
    : undefined;
  const [determinants, spectra, forces]: number[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    for (const { call, values } of calls) {
      call();
      values.push(timed(call));
    }
    const [determinant, spectrum] = vibrations();
    determinants.push(determinant);
    spectra.push(spectrum);
    if (learned) forces.push(timed(() => learned.evaluate()) * evaluations);
  }
  const n = atoms.numbers.length;
  const about = { section: 'entropies', size: n, unit: 's CPU' };
  const all: Row[] = calls.flatMap(({ text, values }) => [
    row({ ...about, name: text, who: 'estimate', values }),
    row({ ...about, name: text, who: 'EAM Hessian and ln det', values: determinants }, values),
    row({ ...about, name: text, who: 'EAM Hessian and eigenvalues', values: spectra }, values),
    ...(learned
      ? [row({ ...about, name: text, who: 'evaluations of a learned potential', values: forces }, values)]
      : []),
  ]);
  report(all);
  console.log(
    `${n} atoms, ${evaluations} evaluations; estimates ${calls.map(({ call }) => call().toPrecision(9)).join(' ')}`,
  );
} finally {
  engine.close();
}
