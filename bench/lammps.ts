/** LAMMPS as a peer: one short NVE run of a pair style, timed by LAMMPS itself, in CPU seconds. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LammpsRun {
  /** LAMMPS executable. */
  lmp: string;
  /** Where inputs and logs go. */
  folder: string;
  /** LAMMPS data file with velocities. */
  data: string;
  style: string;
  /** What follows `pair_coeff * *`, or whole arguments of several pair_coeff commands. */
  coefficients: string | string[];
  /** Å. */
  skin: number;
  /** ps. */
  timestep: number;
  steps: number;
  /** MPI ranks; default 1. */
  ranks?: number;
  /** More of the command line: ['-k', 'on', 't', '1', '-sf', 'kk']. */
  switches?: string[];
}

export interface LammpsTimes {
  /** CPU seconds of one rank per step (wall time × its CPU use). */
  step: number;
  wall: number;
  /** CPU seconds per build of the list. */
  build: number;
  builds: number;
  /** Potential energy after the last step, eV. */
  energy: number;
}

/** True where `lmp` starts and knows the pair style. */
export function lammpsHas(lmp: string, style: string): boolean {
  const help = spawnSync(lmp, ['-h'], { encoding: 'utf8', env: { ...process.env, PAGER: 'cat' } });
  return help.status === 0 && help.stdout.split(/\s+/).includes(style);
}

export function runLammps(run: LammpsRun): LammpsTimes {
  const input = join(run.folder, `in.${run.style.replaceAll(/[/ ]/g, '-')}`);
  const calls = typeof run.coefficients === 'string' ? [`* * ${run.coefficients}`] : run.coefficients;
  writeFileSync(
    input,
    `units metal
atom_style atomic
atom_modify map array sort 1000 0
read_data ${run.data}
pair_style ${run.style}
${calls.map((call) => `pair_coeff ${call}`).join('\n')}
neighbor ${run.skin} bin
neigh_modify every 1 delay 0 check yes
timestep ${run.timestep}
fix 1 all nve
thermo ${run.steps}
thermo_style custom step pe ke etotal press
thermo_modify format float %.12g
run ${run.steps}
`,
  );
  const args = ['-in', input, '-log', 'none', '-nocite', ...(run.switches ?? [])];
  const ranks = run.ranks ?? 1;
  const out =
    ranks > 1
      ? spawnSync('mpirun', ['--allow-run-as-root', '--oversubscribe', '-np', `${ranks}`, run.lmp, ...args], {
          encoding: 'utf8',
        })
      : spawnSync(run.lmp, args, { encoding: 'utf8', env: { ...process.env, OMP_NUM_THREADS: '1' } });
  if (out.status !== 0) throw new Error(`LAMMPS failed: ${out.stdout.slice(-600)} ${out.stderr.slice(-600)}`);
  const text = out.stdout;
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1]);
  const wall = number(/Loop time of (\S+)/);
  const use = number(/([\d.]+)% CPU use/) / 100;
  const builds = number(/Neighbor list builds = (\d+)/);
  const neigh = number(/Neigh\s*\|[^|]*\|\s*([\d.eE+-]+)/);
  const rows = text.split('\n').filter((line) => line.trim().startsWith(`${run.steps} `));
  return {
    step: (wall * use) / run.steps,
    wall: wall / run.steps,
    build: (neigh * use) / Math.max(1, builds),
    builds,
    energy: Number(rows[0]?.trim().split(/\s+/)[1]),
  };
}
