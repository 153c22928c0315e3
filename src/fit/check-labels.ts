/** What training data lack, or have in another unit, group by group; and a reference potential that does not belong to them. */
import type { Prediction } from './evaluate.ts';
import { countRows, type Kind, kinds, type Weights } from './rows.ts';
import type { Sample } from './samples.ts';

const LISTED = 3;
/** eV/Å³: groups beyond the first beside groups below the second. */
const HIGH = 1;
const LOW = 0.1;
/** A reference that makes forces and energies of atoms so much larger does not belong to the data. */
const WORSE = 3;

const some = (names: string[]) =>
  `${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ` and ${names.length - LISTED} more` : ''}`;
const words: Record<Kind, string> = { energy: 'energies', force: 'forces', stress: 'stresses' };

function byGroup(samples: readonly Sample[]): Map<string, Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const known = groups.get(sample.group);
    if (known) known.push(sample);
    else groups.set(sample.group, [sample]);
  }
  return groups;
}

/** Sentences: labels that only some configurations of a group have, groups without any that has a weight. */
export function missingLabels(samples: readonly Sample[], weightsOf: (sample: Sample) => Weights): string[] {
  return [...byGroup(samples)].flatMap(([group, members]) => {
    const weights = weightsOf(members[0]);
    const partly = kinds.flatMap((kind) => {
      const without = members.filter((sample) => countRows(sample, kind) === 0);
      if (weights[kind] === 0 || without.length === 0 || without.length === members.length) return [];
      return [
        `${words[kind]} are missing in ${without.length} of ${members.length} of ${group}: ${some(without.map(({ name }) => name))}`,
      ];
    });
    const any = members.some((sample) => kinds.some((kind) => weights[kind] !== 0 && countRows(sample, kind) > 0));
    return any ? partly : [...partly, `group ${group} has no data with a weight`];
  });
}

/** Sentences: groups whose stresses look like another unit than those of others. */
export function mixedUnits(samples: readonly Sample[]): string[] {
  const sizes = [...byGroup(samples)].flatMap(([group, members]) => {
    const known = members.flatMap(({ stress }) =>
      stress ? [stress.reduce((most, s) => Math.max(most, Math.abs(s)), 0)] : [],
    );
    if (known.length === 0) return [];
    return [{ group, median: known.sort((a, b) => a - b)[known.length >> 1] }];
  });
  const high = sizes.filter(({ median }) => median > HIGH);
  const low = sizes.filter(({ median }) => median < LOW);
  if (high.length === 0 || low.length === 0) return [];
  const say = ({ group, median }: { group: string; median: number }) => `${group} (${median.toPrecision(3)} eV/Å³)`;
  return [
    `half of the stresses exceed ${HIGH} eV/Å³ in ${some(high.map(say))}, but not in ${some(low.map(say))}: are units mixed?`,
  ];
}

/** Sentences: a reference whose forces are far larger than the data's, after as before it is subtracted. */
export function foreignReference(known: readonly { sample: Sample; reference: Prediction }[]): string[] {
  let [count, before, after] = [0, 0, 0];
  let worst = { name: '', excess: 0 };
  for (const { sample, reference } of known) {
    for (const [i, f] of sample.forces?.entries() ?? []) {
      count++;
      before += f * f;
      after += (f - reference.forces[i]) ** 2;
      const excess = Math.abs(f - reference.forces[i]) - Math.abs(f);
      if (excess > worst.excess) worst = { name: sample.name, excess };
    }
  }
  const [own, left] = [before, after].map((sum) => Math.sqrt(sum / Math.max(1, count)));
  if (count === 0 || left <= WORSE * own || left < 1) return [];
  return [
    `the reference potential makes forces larger: ${left.toPrecision(3)} eV/Å remain of ${own.toPrecision(3)} (root mean ` +
      `square), most in ${worst.name}: is it the one that belongs to these data?`,
  ];
}
