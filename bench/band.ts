/**
 * Seven moving images of 128 atoms (a band of nine): one after the other on one thread, each image split among the threads, and whole
 * images shared among them. Best of interleaved rounds: node scripts/bench.mjs band [threads]
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { displace } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createSystem } from '../src/engine/system.ts';
import { evaluateTogether } from '../src/engine/together.ts';
import { readPotentialFile } from '../src/node/load.ts';
import { createEngine } from '../src/node/threads.ts';

const threads = Number(process.argv[2] ?? availableParallelism());
const cases: [string, string, string, number, number, number][] = [
  ['Fe-Ackland-2004', 'Fe-Ackland-2004', 'Fe', 26, 2.8553, 200],
  ['W_QNML', '../shared/potentials/milady/W_QNML.pot', 'W', 74, 3.1854, 10],
];
const ROUNDS = 9;

for (const [name, file, element, z, a, repeats] of cases) {
  if (file.endsWith('.pot') && !existsSync(file)) continue;
  const potential = readPotentialFile(file, { species: [z] });
  const crystal = repeat(lattice({ kind: 'bcc', a, elements: [element] }), [4, 4, 4]);
  const [serial, shared] = [await createEngine({ threads: 1 }), await createEngine({ threads })];
  const [alone, together] = [serial, shared].map((engine) =>
    Array.from({ length: 7 }, (_, k) =>
      createSystem(engine, displace(crystal, { sigma: 0.03 }, BigInt(k + 1)), potential),
    ),
  );
  const ways: [string, () => void][] = [
    ['one thread', () => alone.forEach((system) => void system.evaluate())],
    ['atoms split', () => together.forEach((system) => void system.evaluate())],
    ['images shared', () => void evaluateTogether(shared, together)],
  ];
  const best = ways.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    ways.forEach(([, run], way) => {
      run();
      const begin = performance.now();
      for (let k = 0; k < repeats; k++) run();
      best[way] = Math.min(best[way], (performance.now() - begin) / repeats);
    });
  }
  const words = ways.map(([way], k) => `${way} ${best[k].toFixed(3)} ms`).join(', ');
  console.log(
    `${name}, ${threads} threads: ${words}; shared ${(best[0] / best[2]).toFixed(2)} times as fast as one thread`,
  );
  serial.close();
  shared.close();
}
