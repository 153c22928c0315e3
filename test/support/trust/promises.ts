/**
 * The promises of docs/trust-table.md, in parts. A part is measured by a test that records its figure (record.ts), or by
 * the tests that `tests` names; or `gap` says why it is not measured.
 */

export interface Part {
  id: string;
  /** What is measured, and what it must be. */
  what: string;
  /** File and full name of the tests that stand for it. */
  tests?: RegExp;
  gap?: string;
}

export interface Promised {
  row: string;
  title: string;
  parts: Part[];
}

type How = { tests?: RegExp; gap?: string };
const part = (id: string, what: string, how: How = {}): Part => ({ id, what, ...how });
const row = (name: string, title: string, parts: Part[]): Promised => ({
  row: name,
  title,
  parts: parts.map((one) => ({ ...one, id: `${name}.${one.id}` })),
});

export const promises: Promised[] = [
  row('R1', "The accepted engine's numbers", [
    part('lammps', 'LAMMPS, pair potentials and EAM: eV/atom ≤ 1e-9, forces and virial ≤ 1e-8', {
      tests: /potentials-reference.*numbers of LAMMPS/,
    }),
    part('snap', 'SNAP of LAMMPS, MILADY: eV/atom ≤ 1e-12 (1 + abs E), forces and virial ≤ 1e-8', {
      tests: /snap-reference/,
    }),
    part('nist', "NIST's Lennard-Jones configurations: U ≤ 1e-11, W ≤ 1e-10"),
  ]),
  row('R2', 'Fast kernels are the slow sums', [
    part('direct', 'every form against sums over all pairs in TypeScript: E_i ≤ 1e-12 (1 + abs E_i)', {
      tests: /contract.*written apart/,
    }),
  ]),
  row('R3', "OpenKIM's verification checks", [
    part('shipped', 'potentials of the package that pass, forces and virial with grade A', {
      tests: /verify\.test.*with A$/,
    }),
    part('forms', 'every form of potential: derivatives, symmetries, continuity, threads', { tests: /contract\.test/ }),
  ]),
  row('R4', 'Energy is conserved', [
    part('drift', 'slope of the energy of iron at 300 K, 1 fs (short runs: their error)'),
    part(
      'energy',
      'NVE, 1 fs, eV/atom and eV/atom/ns: at 300 K RMS ≤ 2e-6, slope ≤ 1e-5 (error ≤ 3e-6), at 1000 K slope ≤ 1e-4 (long: SNAP, too)',
    ),
    part('lammps', "at most twice LAMMPS's slope (+ 2 σ) and RMS from the same start (long: whole runs, SNAP)"),
  ]),
  row('R5', 'The integrator has its order', [part('order', 'max of abs(ratio of scatters at 2 dt and dt / 4 − 1)')]),
  row('R6', 'The same bits everywhere', [
    part('repeats', 'SHA-256 of all state after 1,000 steps, repeated: 0 differ'),
    part('threads', 'on 1, 2, 3, 4 (long: 8) threads: 0 differ'),
    part('node', 'Node 20, 22, 24: 0 differ'),
    part('chromium', 'Chromium, with and without threads: the bits of Node', {
      tests: /browser.*(bits of Node|last bit|has them)/,
    }),
    part('firefox', 'Firefox, with and without threads: the bits of Node, 0 differ'),
    part('arm64', 'x64 and arm64 (emulated by QEMU where there is none): 0 differ'),
  ]),
  row('R7', 'A restart changes nothing', [
    part('stops', 'random stops (4; long: 50), state to bytes and back: 0 runs differ'),
    part('intervals', 'any interval of checkpoints: 0 differ'),
  ]),
  row('R8', 'kill -9', [
    part('kills', 'SIGKILLs of a real campaign, then the report of an undisturbed one (100; long: 1,000)'),
    part('lost', 'work that a kill costs at the default interval of checkpoints, 30 s: ≤ 60 s'),
    part('recovery', '10,000 jobs, 7,000 of them done: status, and until the next are at work after a kill'),
  ]),
  row('R9', 'Power loss', [
    part(
      'campaign',
      'a campaign, power cut at every change, of what was not synced nothing, names or all kept: 0 differ',
    ),
    part('runs', 'md, relax, neb, free-energy, fit, cut at some changes (long: at every one): 0 differ'),
  ]),
  row('R10', 'Full and failing disks', [
    part('campaign', 'a campaign, every change fails with EIO or ENOSPC, once and for good: 0 differ afterwards'),
    part('runs', 'md, relax, neb, free-energy, fit, some changes (long: every one): 0 differ afterwards'),
    part('full', 'a real file system of 2 MB that fills up under md'),
  ]),
  row('R11', 'Signals', [
    part('stops', 'a signal and kills in turn; a terminal that is closed: a checkpoint, equal bytes afterwards', {
      tests: /(cli\.test.*interrupted or killed|campaign-chaos.*SIGINT|signals\.test.*terminal)/,
    }),
    part('hundred', '100 signals (INT, TERM, HUP), each obeyed within 5 s with a checkpoint: equal bytes afterwards'),
  ]),
  row('R12', 'Damaged checkpoints', [
    part('flips', 'damaged checkpoints that are refused: all'),
    part('back', 'the one before serves', {
      tests: /(run-folder.*older generation|campaign-damage\.test.*newest checkpoint)/,
    }),
  ]),
  row('R13', 'Workers that die', [
    part(
      'campaign',
      'threads of jobs that exit, throw, hang, use up memory: three tries, then given up with the cause',
      {
        tests: /campaign\.test.*a thread > that/,
      },
    ),
    part(
      'deaths',
      'threads killed in the middle of writes (25; long: 200): 0 records lost or twice, others unaffected',
    ),
    part('engine', 'a thread of an engine that dies within a kernel: an error'),
  ]),
  row('R14', 'Traps and blow-ups', [
    part('traps', 'injected: named errors, right energies afterwards'),
    part(
      'injected',
      '20 kinds of traps and wrong numbers within runs and jobs: named with step and kernel or atom, no sample, equal bytes afterwards',
    ),
  ]),
  row('R15', 'Nothing leaks', [
    part('linear', 'kernel memory'),
    part('heap', 'heap'),
    part('steps', 'resident memory over the same steps'),
    part('jobs', 'resident memory'),
    part('handles', 'descriptors and threads after these jobs'),
  ]),
  row('R16', 'Hostile files', [
    part('mutants', 'crashes, hangs, NaN, untyped errors of mutants of texts: 0'),
    part('records', 'the same of run.json, the records of campaigns, the data and configurations of fits'),
    part('evil', 'files made by hand, 25 or more a format: all refused by name', { tests: /hostile.*evil files/ }),
  ]),
  row('R17', 'Paths', [
    part('outputs', 'names that lead elsewhere: none followed', {
      tests: /(run-folder.*outside its folder|frenkel serve.*outside)/,
    }),
    part('force', 'outputs are not overwritten without --force', {
      tests: /(refuses to write over|not overwrite|unless forced)/,
    }),
    part(
      'names',
      '40 ways for names in .snap, fit.yaml, campaigns, run.json, addresses and outputs to lead elsewhere: 0 followed',
    ),
  ]),
  row('R18', 'Pollution, bombs, slow parsing', [
    part('pollution', 'properties that mutants of any format add to all objects: 0', {
      tests: /hostile-(fuzz|records).*mutants/,
    }),
    part('bombs', 'lists 100,000 deep and bombs of aliases, each format: refused within 100 ms of CPU'),
    part('proto', 'commands of every kind run with --disable-proto=throw'),
    part('time', 'time of 8 times the text: at most 30 times (squared: 64)', {
      tests: /hostile.*in proportion to the size/,
    }),
  ]),
  row('R19', 'Supply chain', [
    part('scripts', 'dependencies that need an install script: 0'),
    part('wasm', 'two clean builds of the kernels: equal bytes'),
    part('package', 'the packed tarball, installed elsewhere without scripts, runs'),
    part('sbom', 'components of the bill of materials'),
    part('provenance', 'provenance, signatures, audit of a release', { gap: 'nothing is published yet' }),
  ]),
  row('R20', 'Browser', [
    part('bits', 'isolated, bare, service worker, ordinary memory: the bits of Node, no complaint of the policy', {
      tests: /browser\.test.*Chromium/,
    }),
  ]),
  row('R21', 'Honest error bars', [
    part('coverage', '95 % intervals of replicas that have the exact free energy'),
    part(
      'methods',
      'each sampler, 200 runs: 180 to 198 intervals hold the exact value; mean error ≤ 0.25 SE of one run',
    ),
  ]),
  row('R22', 'The right ensemble', [
    part('kinetic', 'least p of the distributions of kinetic energy'),
    part('ensembles', 'slopes of ln P₂/P₁, NVT and NPT'),
  ]),
  row('R23', 'One job, one owner', [
    part('races', 'claims are made once, taken over when gone; late owners do no harm', {
      tests: /campaign-owner\.test.*one job, one owner/,
    }),
    part('simultaneous', 'threads that begin on a campaign at the same moment, 100 times: two at work on a job in 0'),
    part('slurm', 'workers and failing nodes of Slurm: the numbers of an undisturbed run', {
      tests: /campaign-slurm.*array of 20/,
    }),
  ]),
  row('R24', 'Samples can be made again', [
    part('recomputed', '1 % of the records, drawn, computed again from their job alone: 0 differ'),
    part('again', 'damaged results are made again with equal bytes; a record that comes out otherwise stops the job', {
      tests: /campaign-damage\.test.*damage > of/,
    }),
  ]),
  row('R25', 'The tests are strong', [
    part('branches', 'branches of persistence, parsers, scheduling that tests come to: ≥ 95 %'),
    part('mutation', 'mutants of the same sources that tests notice: ≥ 80 %'),
  ]),
  row('R26', 'Endurance', [
    part('soak', '24 h of kills, signals, full disks, other numbers of threads: no difference, no hand needed'),
  ]),
];
