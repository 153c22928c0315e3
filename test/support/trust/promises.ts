/** The promises of docs/trust-table.md, in parts that a test measures each. `gap`: what is promised but not measured yet. */

export interface Part {
  id: string;
  /** What is measured, and what it must be. */
  what: string;
  gap?: string;
}

export interface Promised {
  row: string;
  title: string;
  parts: Part[];
}

const row = (
  name: string,
  title: string,
  parts: Record<string, string>,
  gaps: Record<string, [string, string]> = {},
) => ({
  row: name,
  title,
  parts: [
    ...Object.entries(parts).map(([id, what]) => ({ id: `${name}.${id}`, what })),
    ...Object.entries(gaps).map(([id, [what, gap]]) => ({ id: `${name}.${id}`, what, gap })),
  ],
});

export const promises: Promised[] = [
  row('R1', "The accepted engine's numbers", {
    lammps: 'configurations of LAMMPS, seven potentials: eV/atom ≤ 1e-9, forces and virial ≤ 1e-8',
    snap: 'the same, SNAP',
    nist: "NIST's Lennard-Jones configurations: U ≤ 1e-11",
  }),
  row('R2', 'Fast kernels are the slow sums', {
    direct: 'every form against sums over all pairs in TypeScript, random configurations: ≤ 1e-12 (1 + |E_i|)',
  }),
  row('R3', "OpenKIM's verification checks", {
    shipped: 'potentials of the package that pass, forces with grade A: all',
  }),
  row('R4', 'Energy is conserved', {
    drift: 'slope of the energy of iron at 300 K, 1 fs: within 1e-5 eV/atom/ns (4 ps: 3e-5)',
  }),
  row('R5', 'The integrator has its order', { order: 'max |ratio of scatters at 2 dt and dt / 4 − 1| ≤ 0.25' }),
  row(
    'R6',
    'The same bits everywhere',
    {
      repeats: 'SHA-256 of all state after 1,000 steps, repeated: 0 differ',
      threads: 'on 1, 2, 3, 4 (long: 8) threads: 0 differ',
      node: 'Node 20, 22, 24: 0 differ',
      chromium: 'Chromium, with and without threads: 0 differ',
    },
    {
      firefox: ['Firefox', 'no Firefox at hand that can be driven'],
      arm64: ['x64 and arm64', 'no arm64 machine at hand'],
    },
  ),
  row('R7', 'A restart changes nothing', {
    stops: 'random stops (4; long: 50), state to bytes and back: 0 runs differ',
    intervals: 'any interval of checkpoints: 0 differ',
  }),
  row('R8', 'kill -9', {
    kills: 'SIGKILLs of a real campaign (28; long: 240) with the report of an undisturbed run: all',
  }),
  row('R9', 'Power loss', {
    campaign:
      'a campaign, power cut at every change, of what was not synced nothing, names or all kept: 0 results differ',
    runs: 'md, relax, neb, fit, free-energy: the same',
  }),
  row('R10', 'Full and failing disks', {
    campaign: 'a campaign, every change fails with EIO or ENOSPC, once and for good: 0 results differ after',
    runs: 'md, relax, neb, fit, free-energy: the same',
    full: 'a real file system of 2 MB that fills up',
  }),
  row('R11', 'Signals', {
    stops: 'random SIGINT and SIGTERM that end within 5 s, 130 or 143, and go on with equal bytes',
  }),
  row('R12', 'Damaged checkpoints', { flips: 'damaged checkpoints of 10,000 that are refused: all' }),
  row('R13', 'Workers that die', {
    campaign: 'threads of jobs that exit, throw, hang, use up memory: tried three times, then given up with the cause',
    engine: 'a thread of an engine that dies while it works: an error within 5 s',
  }),
  row('R14', 'Traps and blow-ups', {
    traps: 'traps and NaN injected: named errors, the engine lives',
  }),
  row('R15', 'Nothing leaks', {
    linear: 'kernel memory over 1e4 (long: 1e5) steps: 0 bytes',
    heap: 'heap: at most 10 B/step',
    jobs: 'resident memory over 1,000 (long: 10,000) small jobs: at most 20 MiB',
    handles: 'descriptors and threads after 1,000 (10,000) jobs: none more',
  }),
  row('R16', 'Hostile files', {
    mutants: 'mutants of every text format (10,000 each; long: 100,000): 0 crashes, hangs, NaN, untyped errors',
    records: 'mutants of run.json, the logs and records of campaigns, the data of fits',
    evil: 'files made by hand, 25 or more a format: all refused by name',
  }),
  row('R17', 'Paths', {
    traversal: 'names inside files that lead elsewhere: 0 followed',
  }),
  row('R18', 'Pollution, bombs, slow parsing', {
    pollution: 'properties that any file adds to Object.prototype: 0',
    time: 'time of 8 times the text: at most 30 times (squared: 64)',
  }),
  row(
    'R19',
    'Supply chain',
    {
      scripts: 'dependencies that need an install script: 0',
      wasm: 'two clean builds of the kernels: equal bytes',
      package: 'the packed tarball, installed elsewhere, runs',
      sbom: 'components of the bill of materials',
    },
    { provenance: ['provenance of a release', 'nothing is published yet'] },
  ),
  row('R20', 'Browser', {
    bits: 'isolated, bare, service worker, ordinary memory: the bits of Node, no complaint of the policy',
  }),
  row('R21', 'Honest error bars', { coverage: '95 % intervals of replicas that have the exact free energy' }),
  row('R22', 'The right ensemble', {
    kinetic: 'least p of the distributions of kinetic energy: at least 0.01',
    ensembles: 'slopes of ln P₂/P₁, NVT and NPT: at most 4 σ',
  }),
  row('R23', 'One job, one owner', { races: 'claims of one job by 20 at once: 1 made' }),
  row('R24', 'Samples can be made again', { again: 'a job done again from its records alone: equal bytes' }),
  row(
    'R25',
    'The tests are strong',
    {},
    {
      branches: ['branches of persistence, parsers, scheduling: ≥ 95 %', 'measured by hand: docs/trust.md'],
      mutation: ['mutation score ≥ 80 % there', 'not measured'],
    },
  ),
  row('R26', 'Endurance', {}, { soak: ['24 h of restarts, kills, disk pressure', 'not run yet'] }),
];
