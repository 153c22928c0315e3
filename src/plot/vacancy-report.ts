/** The report of a vacancy campaign: figures, tables and a page, a pure function of its results: the same bytes everywhere. */
import type { CampaignView } from '../campaign/job.ts';
import { figuresOf } from './vacancy/figures.ts';
import { pageOf, withError } from './vacancy/page.ts';
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

function summary({ cases }: Study): string {
  const lines = cases.flatMap((one) => [
    `${one.title}${one.formationEnergy === undefined ? '' : `: E_f = ${one.formationEnergy.toFixed(4)} eV at 0 K`}`,
    ...one.temperatures.flatMap(({ temperature, harmonic, sampled, missing }) => {
      const T = `${temperature} K`.padStart(8);
      if (!harmonic) return [`${T}  missing: ${missing.slice(0, 3).join(', ')}`];
      const line = `quasi-harmonic ${harmonic.modeMatched.toFixed(4)} eV`;
      if (sampled.length === 0) return [`${T}  F_f  ${line}`];
      return sampled.map(({ method, values, trend }) => {
        const bad = failures(one, method, temperature);
        const verdict = bad.length === 0 ? '' : `  CHECKS FAILED: ${bad[0]}`;
        return `${T}  F_f = ${withError(values.modeMatched)} eV (${line}), S_f = ${withError(trend.entropy)} k_B, c = ${values.concentration.value.toExponential(2)}${verdict}`;
      });
    }),
  ]);
  return `${lines.join('\n')}\n`;
}
