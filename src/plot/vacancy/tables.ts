/** The numbers of a report: report.json, formation.csv (one line per temperature and method) and runs.csv. */
import type { GatheredCell } from '../../campaign/vacancy/gather.ts';
import type { Json } from '../../data/atoms.ts';
import type { Study, StudyCase } from './study.ts';

/** Failed checks in words: which, where, the number that decided, and what to change. */
export function failures(one: StudyCase, method: string, temperature: number): string[] {
  const quality = one.quality.find((q) => q.method === method && q.temperature === temperature);
  const checks = (quality?.failed ?? []).map(
    ({ pool, check }) =>
      `${pool.which} cell at k = ${pool.k}: ${check.name} ${check.value.toPrecision(3)} (limit ${check.limit.toPrecision(3)}): ${check.advice}`,
  );
  const found = one.temperatures.find((row) => row.temperature === temperature);
  const gathered = found?.sampled.find((each) => each.method === method)?.gathered;
  const scattered = (gathered?.inconsistent ?? []).map(
    (where) => `${where}: replicas scatter more than their errors allow; errors were widened: run more replicas`,
  );
  return [...checks, ...scattered];
}

export function reportJson({ view, config, cases }: Study): string {
  const report = {
    campaign: view.kind,
    config: config as unknown as Json,
    identity: view.identity,
    cases: cases.map((one) => ({
      name: one.one.id,
      potential: { name: one.potential.name ?? null, reference: one.potential.reference },
      lattice: one.lattice ?? null,
      atoms: one.atoms ?? null,
      formationEnergy: one.formationEnergy ?? null,
      temperatures: one.temperatures.map(({ temperature, harmonic, sampled, missing }) => ({
        temperature,
        harmonic: harmonic ?? null,
        sampled: sampled.map(({ method, values, trend, gathered }) => ({
          method,
          passed: failures(one, method, temperature).length === 0,
          failed: failures(one, method, temperature),
          ...values,
          curve: trend,
          volumes: { bulk: volumesOf(gathered.bulk), defect: volumesOf(gathered.defect) },
        })),
        missing,
      })),
    })),
    failed: Object.fromEntries([...view.failed].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Sampled volumes, Å^3, by k. */
const volumesOf = ({ sampled }: GatheredCell) =>
  Object.fromEntries([...sampled].map(([k, { volume }]) => [String(k), volume]));

const formationColumns = [
  'case',
  'method',
  'T (K)',
  'F_f (eV)',
  'error (eV)',
  'low 95 % (eV)',
  'high 95 % (eV)',
  'F_f quasi-harmonic (eV)',
  'F_f as published (eV)',
  'F_f as published quasi-harmonic (eV)',
  'S_f (k_B)',
  'error (k_B)',
  'H_f (eV)',
  'formation volume (A^3)',
  'error (A^3)',
  'concentration',
  'a bulk (A)',
  'error (A)',
  'a defect cell (A)',
  'expansion (1/K)',
  'error (1/K)',
  'bulk modulus (GPa)',
  'checks',
];

/** Methods, and the quasi-harmonic values alone as method 'harmonic'. */
export function formationCsv({ cases }: Study): string {
  const lines = cases.flatMap((one) =>
    one.temperatures.flatMap(({ temperature, harmonic, sampled }) => {
      if (!harmonic) return [];
      const own = harmonic;
      const plain = [
        ...[one.one.id, 'harmonic', temperature, own.modeMatched, 0, own.modeMatched, own.modeMatched],
        ...[own.modeMatched, own.asPublished, own.asPublished, own.entropy, 0, own.enthalpy],
        ...[own.formationVolume, 0, own.concentration, own.bulkA, 0, own.defectA, own.expansion, 0],
        ...[own.bulkModulus, ''],
      ];
      const rows = sampled.map(({ method, values, trend }) => {
        const { value, error, interval } = values.modeMatched;
        return [
          ...[one.one.id, method, temperature, value, error, ...interval, own.modeMatched],
          ...[
            values.asPublished.value,
            own.asPublished,
            trend.entropy.value,
            trend.entropy.error,
            trend.enthalpy.value,
          ],
          ...[values.formationVolume.value, values.formationVolume.error, values.concentration.value],
          ...[values.bulkA.value, values.bulkA.error, values.defectA.value],
          ...[trend.expansion.value, trend.expansion.error],
          ...[values.bulkModulus.value, failures(one, method, temperature).length === 0 ? 'passed' : 'failed'],
        ];
      });
      return [plain, ...rows];
    }),
  );
  return csv([formationColumns, ...lines]);
}

const runColumns = [
  'job',
  'T (K)',
  'cell',
  'k',
  'replica',
  'DeltaA (eV)',
  'error (eV)',
  'steps',
  'steps counted',
  'independent samples',
  'steps per sample',
  'reflections',
];

export function runsCsv({ cases }: Study): string {
  const rows = cases.flatMap((one) =>
    one.temperatures.flatMap(({ temperature, sampled }) =>
      sampled.flatMap(({ gathered }) =>
        (['bulk', 'defect'] as const).flatMap((which) =>
          gathered[which].runs.map(({ id, k, replica, result }) => [
            ...[id, temperature, which, k, replica + 1, result.deltaA, result.error],
            ...[result.steps, result.counted, result.independentSamples, result.inefficiency, result.reflections],
          ]),
        ),
      ),
    ),
  );
  return csv([runColumns, ...rows]);
}

const csv = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.join(',')}\n`).join('');
