/** frenkel analyze msd: mean square displacement and diffusion coefficient. */
import { diffusion, meanSquareDisplacement } from '../analysis/displacements.ts';
import { linePlot } from '../plot/line-plot.ts';
import { analysisCommand, readPaths, saveBoth, type TimedFlags, timestepFlag } from './analyze-input.ts';
import { print } from './output.ts';

export function displacementCommand() {
  return analysisCommand('msd', 'mean square displacement over all time origins, and D from its slope')
    .addOption(timestepFlag())
    .option('--unwrap', 'follow atoms across the boundaries: for files with wrapped positions')
    .option('--drift', 'keep the motion of the centre of mass')
    .addHelpText(
      'after',
      `
Lags reach to half of the trajectory; D is a sixth of the slope over the second half of these, in Å²/ps (1e-8 m²/s).
Trajectories of \`frenkel md\` are unwrapped, and their folder knows the time step. --timestep is multiplied by the steps
between frames (LAMMPS: ITEM: TIMESTEP); without one the frames' own times count, or else the lags are in frames and D is
not given.
--json prints {"time" or "lag","msd","x","y","z","D"}.

Example:
  frenkel analyze msd runs/md-vacancy/trajectory.xyz --svg msd.svg`,
    )
    .action(msd);
}

async function msd(file: string, flags: TimedFlags): Promise<void> {
  const { frames, path } = readPaths(file, flags);
  const found = meanSquareDisplacement(path);
  const { lag, total, along } = found;
  const time = path.spacing === undefined ? undefined : Float64Array.from(lag, (k) => k * (path.spacing ?? 0));
  const D = path.spacing === undefined ? undefined : diffusion(found, path.spacing);
  const axis = time ?? Float64Array.from(lag);
  const [x, y, z] = along;
  const label = time ? 'time (ps)' : 'frames';
  const figure = () =>
    linePlot({
      title: 'Mean square displacement',
      x: { label },
      y: { label: 'MSD (Å²)' },
      series: [
        { name: 'total', x: axis, y: total },
        { name: 'x', x: axis, y: x },
        { name: 'y', x: axis, y: y },
        { name: 'z', x: axis, y: z },
      ],
    });
  await saveBoth(flags, { [label]: axis, 'msd (A^2)': total, x, y, z }, figure);
  if (flags.json) {
    const key = time ? 'time' : 'lag';
    const values = {
      [key]: [...axis],
      msd: [...total],
      x: [...x],
      y: [...y],
      z: [...z],
      ...(D === undefined ? {} : { D }),
    };
    await print([`${JSON.stringify(values)}\n`]);
    return;
  }
  const last = total.length - 1;
  await print([
    `${frames.length} frames; after ${axis[last].toFixed(time ? 3 : 0)} ${time ? 'ps' : 'frames'} ${total[last].toFixed(5)} Å²\n`,
    D === undefined
      ? 'D needs --timestep\n'
      : `D = ${D.toExponential(4)} Å²/ps = ${(D * 1e-8).toExponential(4)} m²/s\n`,
  ]);
}
