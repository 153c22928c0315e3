/** What users of other programs call things: words that are no flags or ensembles here, and what is meant by them. */
import { Option } from 'commander';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import { type Ensemble, ensembles } from '../methods/dynamics.ts';

const NVT = 'constant temperature is nhc (Nosé–Hoover chains) or langevin';
const NPT = 'constant pressure and temperature is npt (MTK; --coupling iso or aniso)';
const NVE = 'constant energy is nve (velocity Verlet)';
const NOISE = 'noise and friction are langevin (BAOAB)';
const NPH = 'constant enthalpy is not there; npt holds pressure and temperature, weakly with a long --relaxation';

/** By the beginning of the word, in lower case, without separators. */
const meanings: [RegExp, string][] = [
  [/^(nph|isoenthalp)/, NPH],
  [/^(npt|mtk|mttk|parrinello|martyna|isothermalisobaric|crescale|stochasticcell|barostat|berendsennpt)/, NPT],
  [/^(lang|baoab|bbk|gjf|brownian|stochastic(dynamics)?$|sd$|bd$|noise)/, NOISE],
  [
    /^(nvt|nose|nosé|nh|canonical|csvr|bussi|vrescale|svr|stochasticvelocity|temp|berendsen|andersen|thermostat|gaussian|isokinetic)/,
    NVT,
  ],
  [/^(nve|verlet|velocityverlet|vv$|leapfrog|microcanonical|newton)/, NVE],
];

function meaningOf(word: string): string | undefined {
  const plain = word.toLowerCase().replace(/[^a-zé]/g, '');
  return meanings.find(([pattern]) => pattern.test(plain))?.[1];
}

/** --ensemble's argument. Throws InputError with what the word means elsewhere, or the nearest name. */
export function parseEnsemble(text: string): Ensemble {
  const found = ensembles.find((name) => name === text);
  if (found !== undefined) return found;
  const written = ensembles.some((name) => name === text.toLowerCase());
  const meaning = written ? undefined : meaningOf(text);
  const hint = meaning === undefined ? didYouMean(text, ensembles) : `: ${meaning}`;
  throw new InputError(`--ensemble: found ${JSON.stringify(text)}; one of ${ensembles.join(', ')} was expected${hint}`);
}

/** LAMMPS's fix styles, and the number that they begin with there. */
const style = /^(\d+$|nve|nvt|npt|nph|langevin|temp|press|berendsen|setforce|freeze|momentum|box\/relax)\b/i;

/** Throws InputError where --fix is told what LAMMPS's fix would be. */
export function refuseStyle(text: string): void {
  const word = text.trim();
  if (!style.test(word)) return;
  const meaning = /^(setforce|freeze|momentum|box|\d)/i.test(word) ? undefined : meaningOf(word);
  throw new InputError(
    `--fix: found ${JSON.stringify(word)}; here --fix holds atoms, as 'z<5A' or 'index=0:xy' does, and thermostats and barostats are md's --ensemble${meaning === undefined ? '' : `: ${meaning}`}`,
  );
}

const foreign: [string, string][] = [
  ['--dt', "the time step is --timestep '2 fs'"],
  ['--temp', "temperatures are -T '300 K', ramps -T '300 K -> 600 K'"],
  ['--press', "pressures are --pressure '1 GPa'"],
  ['--nsteps', 'the number of steps is --steps'],
  ['--run', 'the number of steps is --steps'],
  ['--tdamp', "thermostat times are --relaxation '0.1 ps' (nhc, npt) and --friction '1 1/ps' (langevin)"],
  ['--damp', "thermostat times are --relaxation '0.1 ps' (nhc, npt) and --friction '1 1/ps' (langevin)"],
  ['--pdamp', "the barostat's time is --cell-relaxation '1 ps'"],
  ['--thermostat', `--ensemble chooses it: ${NVT}`],
  ['--barostat', `--ensemble chooses it: ${NPT}`],
  ['--integrator', `--ensemble chooses it: ${NVE}, ${NOISE}`],
  ['--velocity', 'velocities are those of the structure, else drawn at -T from --seed'],
  ['--pair_style', 'potentials are -p: a name of `frenkel potentials`, a file, or an inline form'],
  ['--pair-style', 'potentials are -p: a name of `frenkel potentials`, a file, or an inline form'],
  ['--nve', `--ensemble nve: ${NVE}`],
  ['--nvt', `--ensemble nhc or langevin: ${NVT}`],
  ['--npt', `--ensemble npt: ${NPT}`],
  ['--langevin', `--ensemble langevin: ${NOISE}`],
];

/** Flags of other programs, hidden, which say what they are called here. */
export const foreignFlags = (): Option[] =>
  foreign.map(([flag, meaning]) =>
    new Option(`${flag} [value]`)
      .preset('')
      .hideHelp()
      .argParser(() => {
        throw new InputError(`${flag} is no flag here: ${meaning}`);
      }),
  );
