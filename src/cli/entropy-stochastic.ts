/** frenkel entropy --stochastic: entropies of cells too large for a dense matrix, with error bars. */
import {
  type Estimated,
  estimated,
  type Shared,
  type StochasticVibrations,
  sharedSites,
  stochasticClassical,
  stochasticFormation,
  stochasticVibrations,
} from '../analysis/stochastic-entropy.ts';
import type { Atoms } from '../data/atoms.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { createEngine } from '../node/threads.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

export interface StochasticFlags {
  threads?: number;
  stochastic?: number;
  moments: number;
  near: number;
  seed: number;
  step: number;
  relax?: boolean;
  temperature?: number;
  json?: boolean;
}

interface Named {
  name: string;
  atoms: Atoms;
}

export async function stochasticEntropy(
  defect: Named,
  bulk: Named | undefined,
  potential: Potential,
  flags: StochasticFlags,
): Promise<void> {
  const engine = await createEngine({ threads: flags.threads });
  const progress = createProgress(false);
  const of = ({ name, atoms }: Named, shared?: Shared): StochasticVibrations => {
    try {
      return stochasticVibrations(engine, atoms, potential, {
        vectors: flags.stochastic,
        moments: flags.moments,
        step: flags.step,
        seed: BigInt(flags.seed),
        relax: flags.relax,
        ...shared,
        progress: (done, total) => progress.update(() => `${name}: random vector ${done} of ${total}`),
      });
    } catch (error) {
      if (error instanceof PhysicsError) throw new PhysicsError(`${name}: ${error.message}`);
      if (error instanceof InputError) throw new InputError(error.message, { file: name });
      throw error;
    }
  };
  try {
    const shared = bulk && sharedSites(defect.atoms, bulk.atoms, flags.near);
    const found = of(defect, shared);
    const reference = bulk && of(bulk, { exact: shared?.exact });
    progress.end();
    const report = describe(found, reference, flags);
    await print([flags.json ? `${JSON.stringify(report)}\n` : summary(report)]);
  } finally {
    engine.close();
  }
}

const minus = ({ value, error }: Estimated): Estimated => ({ value: -value, error });

function describe(found: StochasticVibrations, bulk: StochasticVibrations | undefined, flags: StochasticFlags) {
  const { temperature } = flags;
  return {
    entropy: minus(estimated(found.sums)),
    ...(bulk ? { bulkEntropy: minus(estimated(bulk.sums)), formation: stochasticFormation(found, bulk) } : {}),
    atoms: found.atoms,
    modes: found.modes,
    ...(bulk ? { bulkAtoms: bulk.atoms, bulkModes: bulk.modes } : {}),
    vectors: found.sums.length,
    moments: flags.moments,
    fmax: Math.max(found.fmax, bulk?.fmax ?? 0),
    evaluations: found.evaluations + (bulk?.evaluations ?? 0),
    ...(temperature === undefined
      ? {}
      : { classical: { temperature, entropy: stochasticClassical(found, temperature) } }),
  };
}

function summary(report: ReturnType<typeof describe>): string {
  const k = ({ value, error }: Estimated) => `${value.toFixed(4)} ± ${error.toFixed(4)} k_B`;
  const { formation, classical } = report;
  const lines = [
    `entropy      ${k(report.entropy)}  (−Σ ln(ħω/1 eV), ${report.atoms} atoms, ${report.modes} modes)`,
    ...(report.bulkEntropy ? [`bulk         ${k(report.bulkEntropy)}  (${report.bulkAtoms} atoms)`] : []),
    ...(formation
      ? [
          `formation    ${k(formation.modeMatched)} mode matched, ${k(formation.asPublished)} as published (constant volume)`,
        ]
      : []),
    ...(classical ? [`classical    ${k(classical.entropy)} at ${classical.temperature} K`] : []),
    `± one standard error of ${report.vectors} random vectors, ${report.moments} moments; ${report.evaluations} evaluations, fmax ${report.fmax.toExponential(2)} eV/Å`,
  ];
  return `${lines.join('\n')}\n`;
}
