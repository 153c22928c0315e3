/** frenkel analyze vacf: velocity autocorrelation and spectrum of vibrations. */
import { checkSameAtoms, spacingOf } from '../analysis/trajectory.ts';
import { velocityCorrelation, vibrationSpectrum } from '../analysis/velocity-correlation.ts';
import { InputError } from '../data/errors.ts';
import { linePlot } from '../plot/line-plot.ts';
import {
  analysisCommand,
  massesIn,
  readPathFrames,
  saveBoth,
  type TimedFlags,
  timestepFlag,
  timestepOf,
} from './analyze-input.ts';
import { print } from './output.ts';

export function velocityCommand() {
  return analysisCommand('vacf', 'velocity autocorrelation, and its spectrum: the vibrational density of states')
    .addOption(timestepFlag())
    .addHelpText(
      'after',
      `
Mass-weighted; lags reach to a third of the trajectory. Frames closer than half the shortest period are needed: 10 fs
for metals. --csv has the correlation, --svg the spectrum. --json prints {"time","vacf","frequency" (THz),"spectrum"}.

Example:
  frenkel md vacancy.xyz -p Fe-Ackland-2004 --ensemble nve -T 300 --steps 5000 --dump 10 --out runs/vacf
  frenkel analyze vacf runs/vacf/trajectory.xyz --svg spectrum.svg`,
    )
    .action(vacf);
}

async function vacf(file: string, flags: TimedFlags): Promise<void> {
  const frames = readPathFrames(file, flags);
  checkSameAtoms(frames);
  const spacing = spacingOf(frames, timestepOf(file, flags));
  if (spacing === undefined) throw new InputError("--timestep is needed for times and frequencies: '1 fs'");
  const { values, scale } = velocityCorrelation(frames, massesIn(frames[0]));
  const { frequency, density } = vibrationSpectrum(values, spacing);
  const time = values.map((_, k) => k * spacing);
  const figure = () =>
    linePlot({
      title: 'Spectrum of velocities',
      x: { label: 'frequency (THz)' },
      y: { label: 'density (1/THz)' },
      series: [{ name: 'spectrum', x: frequency, y: density }],
      plain: true,
    });
  await saveBoth(flags, { 'time (ps)': time, vacf: values }, figure);
  if (flags.json) {
    const report = { time: [...time], vacf: [...values], frequency: [...frequency], spectrum: [...density] };
    await print([`${JSON.stringify(report)}\n`]);
    return;
  }
  const peak = density.reduce((best, value, k) => (value > density[best] ? k : best), 0);
  await print([
    `${frames.length} frames, ${spacing * 1000} fs apart; m v² = ${scale.toExponential(4)} amu Å²/ps² per degree of freedom\n`,
    `spectrum highest at ${frequency[peak].toFixed(2)} THz; resolved up to ${(1 / (2 * spacing)).toFixed(1)} THz\n`,
  ]);
}
