/** Where to begin: crystals with a defect, a potential and a task each. */
import type { Flags, Recipe, TaskName } from '../src/browser/protocol.ts';
import type { ColorMode, PerfectMode } from './shade.ts';

export interface Example {
  id: string;
  title: string;
  about: string;
  recipe: Recipe;
  potential: string;
  task: TaskName;
  flags: Flags;
  color: ColorMode;
  perfect: PerfectMode;
}

const iron: Recipe = { kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: 5, defect: 'vacancy' };

export const examples: Example[] = [
  {
    id: 'fe-vacancy',
    title: 'Vacancy in iron',
    about: 'EAM: its neighbours move in',
    recipe: iron,
    potential: 'Fe-Ackland-2004',
    task: 'relax',
    flags: { fmax: '1e-6 eV/A' },
    color: 'energy',
    perfect: 'faint',
  },
  {
    id: 'w-dumbbell',
    title: '½⟨111⟩ dumbbell in tungsten',
    about: 'SNAP: a crowdion forms along its row',
    recipe: { kind: 'bcc', element: 'W', a: '3.1805 A', repeat: 4, defect: 'dumbbell-111' },
    potential: 'W-Wood-2017',
    task: 'relax',
    flags: { fmax: '1e-3 eV/A' },
    color: 'energy',
    perfect: 'faint',
  },
  {
    id: 'fe-vacancy-md',
    title: 'Vacancy at 600 K',
    about: 'Langevin dynamics of 249 atoms',
    recipe: iron,
    potential: 'Fe-Ackland-2004',
    task: 'md',
    flags: { ensemble: 'langevin', temperature: '600 K', steps: '5000', timestep: '2 fs' },
    color: 'energy',
    perfect: 'faint',
  },
  {
    id: 'fe-migration',
    title: 'The vacancy jumps',
    about: 'nudged elastic band: its path and barrier',
    recipe: { ...iron, repeat: 4, to: 1 },
    potential: 'Fe-Ackland-2004',
    task: 'neb',
    flags: { climb: '' },
    color: 'displacement',
    perfect: 'faint',
  },
  {
    id: 'fe-screw',
    title: 'Screw dislocations in iron',
    about: '½⟨111⟩ dipole: its compact cores',
    recipe: {
      kind: 'bcc',
      element: 'Fe',
      a: '2.8553 A',
      repeat: 2,
      defect: 'screw-dipole',
      elastic: '243.342,145.144,116.231',
      size: '27,15',
    },
    potential: 'Fe-Ackland-2004',
    task: 'relax',
    flags: { fmax: '1e-3 eV/A' },
    color: 'energy',
    perfect: 'faint',
  },
  {
    id: 'fe-phonons',
    title: 'Phonons of iron',
    about: 'bands, density of states, heat capacity',
    recipe: { kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: 2 },
    potential: 'Fe-Ackland-2004',
    task: 'phonons',
    flags: {},
    color: 'species',
    perfect: 'shown',
  },
  {
    id: 'fe-entropy',
    title: 'Entropy of the vacancy',
    about: 'harmonic; which atoms it comes from',
    recipe: { ...iron, repeat: 4 },
    potential: 'Fe-Ackland-2004',
    task: 'entropy',
    flags: { relax: '', temperature: '300 K', local: 'local.csv' },
    color: 'energy',
    perfect: 'faint',
  },
  {
    id: 'fe-free-energy',
    title: 'Free energy at 600 K',
    about: 'adaptive biasing force, from harmonic',
    recipe: { ...iron, repeat: 3 },
    potential: 'Fe-Ackland-2004',
    task: 'free-energy',
    flags: { temperature: '600 K', steps: '40000', relax: '' },
    color: 'displacement',
    perfect: 'faint',
  },
  {
    id: 'fe-melting',
    title: 'Iron melts',
    about: 'constant pressure, heated to 4000 K',
    recipe: { kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: 6 },
    potential: 'Fe-Ackland-2004',
    task: 'md',
    flags: { ensemble: 'npt', temperature: '600 K -> 4000 K', steps: '20000', timestep: '1 fs' },
    color: 'displacement',
    perfect: 'shown',
  },
];
