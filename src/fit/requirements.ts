/** What a potential must meet exactly, as rows of constraints: labels of configurations, and coefficients. */
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import type { Constraints } from './constraints.ts';
import type { Designer } from './design.ts';
import { kinds as all, countRows, type Kind, rowsOf } from './rows.ts';
import type { Sample } from './samples.ts';

/** All rows of these kinds of a configuration; or the value of a coefficient by its name. */
export type Requirement = { sample: Sample; kinds: readonly Kind[] } | { coefficient: string; value: number };

const COMPONENTS = ['xx', 'yy', 'zz', 'yz', 'xz', 'xy'];

function nameOf(sample: Sample, kind: Kind, i: number): string {
  if (kind === 'energy') return `the energy of ${sample.name}`;
  if (kind === 'stress') return `stress ${COMPONENTS[i]} of ${sample.name}`;
  return `force ${'xyz'[i % 3]} on atom ${Math.floor(i / 3)} of ${sample.name}`;
}

/** Throws InputError for a label that the configuration does not have, and for a coefficient that there is not. */
export function requirementRows(
  engine: Engine,
  designer: Designer,
  requirements: readonly Requirement[],
  reference?: Potential,
): Constraints {
  const { columns, names: known } = designer;
  const rows: Float64Array[] = [];
  const targets: number[] = [];
  const names: string[] = [];
  const add = (row: Float64Array, target: number, name: string) => {
    rows.push(row);
    targets.push(target);
    names.push(name);
  };
  for (const requirement of requirements) {
    if ('coefficient' in requirement) {
      const { coefficient, value } = requirement;
      const at = known.indexOf(coefficient);
      if (at < 0)
        throw new InputError(`constraints: no coefficient is called ${coefficient}; the first is ${known[0]}`);
      add(
        Float64Array.from(known, (_, k) => Number(k === at)),
        value,
        coefficient,
      );
      continue;
    }
    const { sample, kinds } = requirement;
    const missing = kinds.find((kind) => countRows(sample, kind) === 0);
    if (missing) throw new InputError(`constraints: ${sample.name} has no ${missing}`);
    const made = rowsOf(engine, sample, designer, reference);
    for (const kind of kinds) {
      let i = 0;
      made.each(kind, (row, at, target, unit) =>
        add(
          row.slice(at, at + columns).map((x) => x * unit),
          target * unit,
          nameOf(sample, kind, i++),
        ),
      );
    }
  }
  const matrix = new Float64Array(rows.length * columns);
  for (const [k, row] of rows.entries()) matrix.set(row, k * columns);
  return { rows: matrix, targets: Float64Array.from(targets), names };
}

/** Which configurations, by the end of their name or by group (neither: all of them), and which of their labels. */
export interface Choice {
  configuration?: string;
  group?: string;
  energy?: boolean;
  force?: boolean;
  stress?: boolean;
}

/** Throws InputError where nothing is chosen, or a name could be of several. */
export function chooseRequirements(
  choice: Choice | { coefficient: string; value: number },
  samples: readonly Sample[],
): Requirement[] {
  if ('coefficient' in choice) return [choice];
  const { configuration, group } = choice;
  const wanted = all.filter((kind) => choice[kind]);
  const what = configuration ?? group ?? 'data';
  if (wanted.length === 0)
    throw new InputError(`constraints: ${what}: nothing is wanted (energy, force or stress: true)`);
  const chosen = samples.filter(
    (sample) =>
      (configuration === undefined || sample.name.endsWith(configuration)) &&
      (group === undefined || sample.group === group),
  );
  if (chosen.length === 0) throw new InputError(`constraints: no configuration is called ${what}`);
  if (configuration !== undefined && chosen.length > 1)
    throw new InputError(`constraints: ${chosen[0].name} and ${chosen[1].name} both end in ${what}`);
  return chosen.map((sample) => ({ sample, kinds: wanted }));
}
