/** What the report shows: for each case its results, and how good the sampling behind them was. */

import type { CampaignView } from '../../campaign/job.ts';
import { assemble, type CaseResult } from '../../campaign/vacancy/assemble.ts';
import type { VacancyConfig } from '../../campaign/vacancy/config.ts';
import { type Quality, qualityOf } from '../../campaign/vacancy/quality.ts';
import type { Potential } from '../../data/potential.ts';

export interface Study {
  view: CampaignView;
  config: VacancyConfig;
  cases: StudyCase[];
}

export interface StudyCase extends CaseResult {
  /** Begins file names: '' where there is one case. */
  prefix: string;
  /** 'Fe-Ackland-2004, 128 atoms'. */
  title: string;
  potential: Potential;
  quality: Quality[];
}

export function studyOf(view: CampaignView): Study {
  const config = view.config as VacancyConfig;
  const found = assemble(config, view.results);
  const cases = found.map((one): StudyCase => {
    const potential = view.resource(one.one.potential) as Potential;
    const name = one.one.label ?? potential.name ?? potential.kernel;
    return {
      ...one,
      potential,
      prefix: found.length > 1 ? `${one.one.id}-` : '',
      title: one.atoms ? `${name}, ${one.atoms.bulk} atoms` : name,
      quality: one.temperatures.flatMap(({ sampled }) =>
        sampled.map(({ method, gathered }) => qualityOf(view, method, gathered)),
      ),
    };
  });
  return { view, config, cases };
}

/** What the defect is called. */
export function defectName({ defect }: VacancyConfig): string {
  if (defect === 'vacancy') return 'vacancy';
  if ('vacancies' in defect) return `cluster of ${defect.vacancies.length} vacancies`;
  if ('dumbbell' in defect) return `⟨${defect.dumbbell.join('')}⟩ dumbbell`;
  if ('interstitial' in defect) return `${defect.interstitial} interstitial`;
  return 'defect';
}
