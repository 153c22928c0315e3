/** The same case for LAMMPS in WebAssembly, wherever it runs: EAM iron, NVE, its structure and table as files. */
import type { Atoms } from '../src/data/atoms.ts';
import { embeddedFile } from '../src/io/embedded.ts';
import { formatLammpsData } from '../src/io/lammps-data-write.ts';

/** Up to the first run, which may be of any length. */
export const lammpsSetup = (thermo: number): string => `units metal
atom_style atomic
atom_modify map array sort 1000 0
read_data /data
pair_style eam/fs
pair_coeff * * /Fe.eam.fs Fe
neighbor 0.5 bin
neigh_modify every 1 delay 0 check yes
timestep 0.001
fix 1 all nve
thermo ${thermo}
`;

/** By their names in the file system of the program. */
export const lammpsFiles = (atoms: Atoms): Record<string, string> => ({
  '/data': formatLammpsData(atoms),
  '/Fe.eam.fs': embeddedFile('Fe_Ackland_2004.eam.fs'),
});

/** Seconds of each run, by the program's own clock. */
export const loopTimes = (output: string): number[] =>
  [...output.matchAll(/Loop time of (\S+)/g)].map(([, seconds]) => Number(seconds));
