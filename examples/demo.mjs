// The monovacancy in bcc Fe and W, relaxed, and 2 ps of molecular dynamics with W SNAP+ZBL. All files go to runs/demo/.
//   npm ci && npm run build && node examples/demo.mjs
import { writeFileSync } from 'node:fs';
import { createSystem, lattice, loadEmbedded, minimize, repeat, strained, vacancy } from 'frenkel';
import { createEngine, runMd, runRelax, startRun } from 'frenkel/node';

const out = 'runs/demo';
const engine = await createEngine();

// E_f of the same potential in LAMMPS (5×5×5 cells, constant volume); for Fe also the enthalpy by positron annihilation in
// the ferromagnetic state (1.79 ± 0.10 eV in the paramagnetic one), De Schepper et al., Phys. Rev. B 27, 5257 (1983).
const cases = [
  { name: 'Fe-Ackland-2004', element: 'Fe', a: 2.8553, lammps: 1.7219881, measured: '2.0 ± 0.2' },
  { name: 'W-Wood-2017', element: 'W', a: 3.1805, lammps: 3.231056, measured: '–' },
];

/** Lattice constant (Å) and cohesive energy (eV/atom) at zero pressure. */
function equilibrium(potential, element, guess) {
  const mark = engine.mark();
  const crystal = createSystem(engine, lattice({ kind: 'bcc', a: guess, elements: [element] }), potential);
  const { energy } = minimize(strained(crystal, { mode: 'iso' }), 'cg', { fmax: 1e-8 });
  const result = { a: crystal.cell[0], cohesive: energy / 2 };
  engine.release(mark);
  return result;
}

/** Drives a job in its folder; a finished one gives its result again, so the demo can be repeated or interrupted. */
async function perform(drive, command, folder, job) {
  const run = startRun(command, `${out}/${folder}`, job);
  try {
    return run.status === 'finished' ? run.result : (await drive(engine, job, run)).result;
  } finally {
    run.close();
  }
}

const files = { trajectory: 'trajectory.xyz', checkpointSeconds: 30 };
const rows = [];
let tungsten;
for (const { name, element, a: guess, lammps, measured } of cases) {
  const potential = loadEmbedded(name);
  const { a, cohesive } = equilibrium(potential, element, guess);
  const atoms = vacancy(repeat(lattice({ kind: 'bcc', a, elements: [element] }), [5, 5, 5]), 0);
  const options = { method: 'cg', fmax: 1e-5, steps: 1000, cell: 'fixed', pressure: 0 };
  const job = { atoms, potential, options, skin: 0.5, dumpEvery: 1, ...files };
  const relaxed = await perform(runRelax, 'relax', `${element}-vacancy`, job);
  const formation = relaxed.energy - atoms.numbers.length * cohesive;
  rows.push({ element, name, a, cohesive, formation, lammps, measured });
  if (element === 'W') tungsten = { potential, a };
}

const cell = vacancy(repeat(lattice({ kind: 'bcc', a: tungsten.a, elements: ['W'] }), [3, 3, 3]), 0);
const md = await perform(runMd, 'md', 'W-md', {
  atoms: cell,
  potential: tungsten.potential,
  options: {
    ensemble: 'nve',
    steps: 2000,
    timestep: 0.001,
    temperature: [600, 600], // half goes into potential energy: 300 K on average
    pressure: [0, 0],
    friction: 1,
    relaxation: 0.1,
    cellRelaxation: 1,
    coupling: 'iso',
    seed: 1n,
  },
  skin: 0.5,
  thermoEvery: 10,
  dumpEvery: 100,
  ...files,
});
engine.close();

const table = rows.map((r) => {
  const numbers = [r.a, r.cohesive, r.formation, r.lammps].map((x) => x.toFixed(5));
  return `| ${[r.element, r.name, ...numbers, r.measured].join(' | ')} |`;
});
const text = `# Monovacancy in bcc Fe and W, 249 atoms, constant volume

| | potential | a0 (Å) | E_coh (eV) | E_f (eV) | E_f, LAMMPS | E_f, measured |
|---|---|---|---|---|---|---|
${table.join('\n')}

# ${md.time.toFixed(1)} ps of NVE, W with a vacancy, ${cell.numbers.length} atoms

mean temperature ${md.meanTemperature.toFixed(1)} K
conserved energy: drift ${md.drift.toExponential(2)} eV/atom/ns, RMS ${md.rms.toExponential(2)} eV/atom
`;
writeFileSync(`${out}/summary.md`, text);
console.log(`${text}\nFiles and figures (SVG) are in ${out}/`);
