/** What a potential must meet exactly, as rows of constraints: labels of configurations, and coefficients. */
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import type { Constraints } from './constraints.ts';
import type { Designer } from './design.ts';
import { kinds as all, countRows, type Kind, rowsOf } from './rows.ts';
import type { Sample } from './samples.ts';

/**
 * All rows of these kinds of a configuration; the energy of one less that of as many atoms of another, as labelled or of a
 * value (eV): a formation energy, a difference of phases; or the value of a coefficient by its name.
 */
export type Requirement =
  | { sample: Sample; kinds: readonly Kind[] }
  | { difference: readonly [Sample, Sample]; value?: number }
  | { coefficient: string; value: number };

const COMPONENTS = ['xx', 'yy', 'zz', 'yz', 'xz', 'xy'];

function nameOf(sample: Sample, kind: Kind, i: number): string {
  if (kind === 'energy') return `the energy of ${sample.name}`;
  if (kind === 'stress') return `stress ${COMPONENTS[i]} of ${sample.name}`;
  return `force ${'xyz'[i % 3]} on atom ${Math.floor(i / 3)} of ${sample.name}`;
}

function requireLabel(sample: Sample, kind: Kind): void {
  if (countRows(sample, kind) === 0) throw new InputError(`constraints: ${sample.name} has no ${kind}`);
}

/** E(A) − N(A)/N(B) E(B). Throws InputError where A and B are not of the same composition: elements have no energy of their own. */
function differenceRow(
  engine: Engine,
  designer: Designer,
  { difference: [first, second], value }: { difference: readonly [Sample, Sample]; value?: number },
  reference: Potential | undefined,
): { row: Float64Array; target: number; name: string } {
  const name = `the energy of ${first.name} less that of ${second.name}`;
  const share = first.atoms.numbers.length / second.atoms.numbers.length;
  const count = ({ atoms }: Sample, z: number) => atoms.numbers.filter((one) => one === z).length;
  if (designer.species.some((z) => Math.abs(count(first, z) - share * count(second, z)) > 1e-9))
    throw new InputError(`constraints: ${name}: the two have not the same composition`);
  const row = new Float64Array(designer.columns);
  let target = value ?? 0;
  for (const [sample, weight] of [
    [first, 1],
    [second, -share],
  ] as const) {
    if (value === undefined) requireLabel(sample, 'energy');
    // only the reference's share of a value is to be known
    const labelled = { ...sample, energy: value === undefined ? sample.energy : 0 };
    const n = sample.atoms.numbers.length;
    rowsOf(engine, labelled, designer, reference).each('energy', (part, at, energy, unit) => {
      for (let k = 0; k < row.length; k++) row[k] += weight * n * unit * part[at + k];
      target += weight * n * unit * energy;
    });
  }
  return { row, target, name };
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
    if ('difference' in requirement) {
      const { row, target, name } = differenceRow(engine, designer, requirement, reference);
      add(row, target, name);
      continue;
    }
    const { sample, kinds } = requirement;
    for (const kind of kinds) requireLabel(sample, kind);
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

/** Ends of two names; the energy as labelled, or a value, eV. */
export interface DifferenceChoice {
  difference: readonly [string, string];
  energy: true | number;
}

function theOne(name: string, samples: readonly Sample[]): Sample {
  const found = samples.filter((sample) => sample.name.endsWith(name));
  if (found.length === 0) throw new InputError(`constraints: no configuration is called ${name}`);
  if (found.length > 1) throw new InputError(`constraints: ${found[0].name} and ${found[1].name} both end in ${name}`);
  return found[0];
}

/** Throws InputError where nothing is chosen, or a name could be of several. */
export function chooseRequirements(
  choice: Choice | DifferenceChoice | { coefficient: string; value: number },
  samples: readonly Sample[],
): Requirement[] {
  if ('coefficient' in choice) return [choice];
  if ('difference' in choice) {
    const { difference, energy } = choice;
    const [first, second] = difference.map((name) => theOne(name, samples));
    return [{ difference: [first, second], ...(energy === true ? {} : { value: energy }) }];
  }
  const { configuration, group } = choice;
  const wanted = all.filter((kind) => choice[kind]);
  const what = configuration ?? group ?? 'data';
  if (wanted.length === 0)
    throw new InputError(`constraints: ${what}: nothing is wanted (energy, force or stress: true)`);
  const chosen =
    configuration === undefined
      ? samples.filter((sample) => group === undefined || sample.group === group)
      : [theOne(configuration, samples)];
  if (chosen.length === 0) throw new InputError(`constraints: no configuration is called ${what}`);
  return chosen.map((sample) => ({ sample, kinds: wanted }));
}
