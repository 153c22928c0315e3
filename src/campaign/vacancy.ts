/**
 * The campaign that answers how many defects there are: from a potential to free energies of formation with error bars,
 * at zero pressure or constant volume, harmonic and anharmonic parts apart.
 */
import { InputError } from '../data/errors.ts';
import type { CampaignKind } from './job.ts';
import { fileResource } from './vacancy/cells.ts';
import { checkVacancy } from './vacancy/check.ts';
import { casesOf, fromFiles, type VacancyConfig, vacancySchema } from './vacancy/config.ts';
import { foreseeVacancy } from './vacancy/foresee.ts';
import { harmonicTask } from './vacancy/harmonic-task.ts';
import { methodsOf } from './vacancy/jobs.ts';
import { latticeTask } from './vacancy/lattice-task.ts';
import { recordOf } from './vacancy/lengths.ts';
import { checkPair, elementsOf } from './vacancy/pair.ts';
import { planVacancy } from './vacancy/plan.ts';
import { samplingTask } from './vacancy/sampling-task.ts';

const example = `campaign: vacancy
potential: Fe-Ackland-2004   # an embedded name, or a file: W.snap, Fe_QNML.pot
element: Fe
crystal: bcc
a: 2.8553 A                  # a guess: it is relaxed
defect: vacancy              # or {vacancies: [[0,0,0],[0.5,0.5,0.5]]}, {dumbbell: [1,1,0]}, {bulk: FILE, defect: FILE}
sizes: [4]                   # repeats of the cubic cell: 128 atoms
temperatures: [300 K, 600 K] # or {from: 100 K, to: 1200 K, step: 100 K}
pressure: zero               # or constant-volume
methods: [abf]               # none: quasi-harmonic only
replicas: 2
steps: 100000                # of every run; at most that many with:  error: 2 meV
seed: 1
`;

export const vacancyCampaign: CampaignKind<VacancyConfig> = {
  name: 'vacancy',
  description: 'formation free energies of a point defect, with anharmonicity and error bars',
  schema: vacancySchema,
  example,
  gather(config, read) {
    const { overlay, defect } = config;
    const resources: Record<string, unknown> = {};
    let elements = config.element === undefined ? {} : { elements: [config.element] };
    if (fromFiles(config) && typeof defect === 'object' && 'bulk' in defect) {
      const [bulk, other] = [read.structure(defect.bulk), read.structure(defect.defect)];
      checkPair(bulk, other, defect);
      resources[fileResource('bulk')] = bulk;
      resources[fileResource('defect')] = other;
      elements = { elements: elementsOf(bulk, other) };
    }
    for (const { potential, label } of casesOf(config)) {
      const what = label === undefined ? config.potential : config.potentials?.[label];
      if (what !== undefined) resources[potential] ??= read.potential(what, { overlay, ...elements });
    }
    return resources;
  },
  check: checkVacancy,
  plan: planVacancy,
  foresee: foreseeVacancy,
  tasks: new Map([latticeTask, harmonicTask, samplingTask].map((task) => [task.name, task])),
  longer: {
    key: 'steps',
    file(config, steps) {
      if (methodsOf(config).length === 0) throw new InputError('is quasi-harmonic only, and has no steps');
      if (!(steps > config.steps))
        throw new InputError(`has ${config.steps} steps already; more were expected, found ${steps}`);
      return { steps, record: recordOf(config) };
    },
  },
};
