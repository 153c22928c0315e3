/** The report of a vacancy campaign: figures, tables and a page, a pure function of its results: the same bytes everywhere. */
import type { CampaignView } from '../campaign/job.ts';
import { figuresOf } from './vacancy/figures.ts';
import { brief, pageOf, withError } from './vacancy/page.ts';
import { type Study, studyOf } from './vacancy/study.ts';
import { failures, formationCsv, reportJson, runsCsv } from './vacancy/tables.ts';

export interface VacancyReport {
  /** By name: report.html, report.json, formation.csv, runs.csv and SVG figures. */
  files: Record<string, string>;
  /** What to say at the end of a run: one line for each temperature. */
  summary: string;
}

export function vacancyReport(view: CampaignView): VacancyReport {
  const study = studyOf(view);
  const figures = new Map(study.cases.map((one) => [one, figuresOf(study, one)] as const));
  const files: Record<string, string> = {
    'report.html': pageOf(study, figures),
    'report.json': reportJson(study),
    'formation.csv': formationCsv(study),
    'runs.csv': runsCsv(study),
  };
  for (const [one, drawn] of figures) for (const { name, svg } of drawn) files[`${one.prefix}${name}.svg`] = svg;
  return { files, summary: summary(study) };
}

function summary({ config, cases }: Study): string {
  const lines = cases.flatMap((one) => [
    `${one.title}${one.formationEnergy === undefined ? '' : `: E_f = ${one.formationEnergy.toFixed(4)} eV at 0 K`}`,
    ...one.temperatures.flatMap(({ temperature, harmonic, sampled, missing }) => {
      const T = `${temperature} K`.padStart(8);
      if (!harmonic) return [`${T}  missing: ${brief(missing)}`];
      const line = `quasi-harmonic ${harmonic.modeMatched.toFixed(4)} eV`;
      const lack = missing.length === 0 ? [] : [`${T}  sampling is missing: ${brief(missing)}`];
      if (sampled.length === 0) return [`${T}  F_f  ${line}`, ...lack];
      const rows = sampled.map(({ method, values, trend }) => {
        const bad = failures(one, method, temperature);
        const verdict = bad.length === 0 ? '' : `  CHECKS FAILED: ${bad[0]}`;
        const wide = config.error !== undefined && values.modeMatched.error > config.error;
        const short = wide ? `  error above ${(1000 * (config.error ?? 0)).toPrecision(3)} meV: allow more steps` : '';
        return `${T}  F_f = ${withError(values.modeMatched)} eV (${line}), S_f = ${withError(trend.entropy)} k_B, c = ${values.concentration.value.toExponential(2)}${short}${verdict}`;
      });
      return [...rows, ...lack];
    }),
  ]);
  return `${lines.join('\n')}\n`;
}
