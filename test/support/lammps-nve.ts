/** The total energy of an NVE run of LAMMPS from the same start: the accepted engine's own drift and scatter. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Atoms } from '../../src/data/atoms.ts';
import { formatLammpsData } from '../../src/io/lammps-data-write.ts';

export interface LammpsNve {
  /** With velocities. */
  atoms: Atoms;
  /** Lines of pair_style and pair_coeff; files by absolute paths. */
  pair: string;
  /** ps. */
  timestep: number;
  steps: number;
  /** Steps between energies. */
  every: number;
}

/** eV, of steps 0, every, 2 every … */
export function lammpsEnergies({ atoms, pair, timestep, steps, every }: LammpsNve): Float64Array {
  const folder = mkdtempSync(join(tmpdir(), 'frenkel-lammps-'));
  try {
    writeFileSync(join(folder, 'data'), formatLammpsData(atoms));
    const lines = [
      ...['units metal', 'atom_style atomic', 'read_data data', pair, 'neighbor 0.5 bin'],
      ...['neigh_modify every 1 delay 0 check yes', `timestep ${timestep}`, 'fix 1 all nve', `thermo ${every}`],
      ...['thermo_style custom step etotal', 'thermo_modify format float %.17g', `run ${steps}`],
    ];
    writeFileSync(join(folder, 'in'), `${lines.join('\n')}\n`);
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const args = ['-in', 'in', '-log', 'none', '-nocite'];
    const { status, stdout, stderr } = spawnSync('lmp', args, { cwd: folder, encoding: 'utf8', env });
    if (status !== 0) throw new Error(`LAMMPS failed: ${stdout.slice(-600)} ${stderr.slice(-600)}`);
    const rows = [...stdout.matchAll(/^\s*(\d+)\s+(-?\d\S*)\s*$/gm)].map(([, step, energy]) => [+step, +energy]);
    const energies = rows.filter(([step], k) => step === k * every).map(([, energy]) => energy);
    if (energies.length !== 1 + steps / every) throw new Error(`LAMMPS gave ${energies.length} energies: ${stdout}`);
    return Float64Array.from(energies);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
