/** report.html: one file with its figures inside, that needs nothing else and says how every number was made. */

import { methods } from '../../free-energy/estimators.ts';
import type { Interval } from '../../free-energy/statistics/interval.ts';
import { defectName, type Study, type StudyCase } from './study.ts';
import { failures } from './tables.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => escapes[c]);

/** 1.5548 ± 0.0040: the error with two digits, the value with as many places. */
export function withError({ value, error }: Pick<Interval, 'value' | 'error'>, digits = 2): string {
  if (!(error > 0 && error < Infinity)) return value.toPrecision(6);
  const places = Math.max(0, Math.min(12, digits - 1 - Math.floor(order(error))));
  return `${value.toFixed(places)} ± ${error.toFixed(places)}`;
}

/** Power of ten of a number, from its text. */
const order = (x: number) => Number(x.toExponential().split('e')[1]);

const style = `
body{font:15px/1.5 'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif;color:#222;max-width:1360px;margin:2em auto;padding:0 1.5em}
h1{font-size:1.7em;margin-bottom:.2em}h2{font-size:1.25em;margin-top:2em;border-bottom:1px solid #ddd;padding-bottom:.2em}
table{border-collapse:collapse;margin:1em 0;font-variant-numeric:tabular-nums}th,td{padding:.35em .8em;text-align:right;border-bottom:1px solid #e4e4e4}
th{font-weight:600;border-bottom:2px solid #888;vertical-align:bottom}td:first-child,th:first-child{text-align:left}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(480px,1fr));gap:1.2em}figure{margin:0}figure svg{width:100%;height:auto}
figcaption{font-size:.88em;color:#555}.bad{color:#b00020}.good{color:#00753a}.note{color:#555}code{font-size:.9em}li{margin:.3em 0}.wide{overflow-x:auto}
`;

interface Figure {
  name: string;
  caption: string;
  svg: string;
}

export function pageOf(study: Study, figures: ReadonlyMap<StudyCase, readonly Figure[]>): string {
  const { config } = study;
  const title = `Free energy of formation: ${defectName(config)}${config.element ? ` in ${config.element}` : ''}`;
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="note">${config.pressure === 'zero' ? 'Zero pressure' : 'Constant volume (lattice constant of 0 K)'}; ${config.quantum ? 'quantum' : 'classical'} vibrations; errors are one standard error.</p>`,
    ...study.cases.map((one) => caseHtml(study, one, figures.get(one) ?? [])),
    methodsHtml(study),
    provenanceHtml(study),
  ];
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${escapeHtml(title)}</title>\n<style>${style}</style>\n</head>\n<body>\n${body.join('\n')}\n</body>\n</html>\n`;
}

function caseHtml(study: Study, one: StudyCase, figures: readonly Figure[]): string {
  const facts = [
    ...(one.formationEnergy === undefined ? [] : [`E_f(0 K) = ${one.formationEnergy.toFixed(4)} eV`]),
    ...(one.lattice ? [`a(0 K) = ${one.lattice.a.toFixed(5)} Å`] : []),
  ];
  return [
    `<h2>${escapeHtml(one.title)}</h2>`,
    `<p>${facts.join(', ')}</p>`,
    `<div class="wide">${resultTable(study, one)}</div>`,
    checksHtml(one),
    '<div class="figures">',
    ...figures.map(({ caption, svg }) => `<figure>${svg}<figcaption>${escapeHtml(caption)}</figcaption></figure>`),
    '</div>',
    samplingTable(one),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>\n<thead>${line('th', head)}</thead>\n<tbody>\n${rows.map((row) => line('td', row)).join('\n')}\n</tbody>\n</table>`;
}

function resultTable({ config }: Study, one: StudyCase): string {
  const zero = config.pressure === 'zero';
  const rows = one.temperatures.flatMap(({ temperature, harmonic, sampled, missing }) => {
    const T = `${temperature} K`;
    if (!harmonic) return [[T, '', `<span class="bad">missing: ${escapeHtml(brief(missing))}</span>`]];
    const base = [harmonic.modeMatched.toFixed(4)];
    if (sampled.length === 0) {
      const { asPublished, entropy, concentration, bulkA } = harmonic;
      const state = missing.length > 0 ? `<span class="bad">missing: ${escapeHtml(brief(missing))}</span>` : '';
      const rest = [asPublished.toFixed(4), entropy.toFixed(3), concentration.toExponential(2)];
      return [[T, 'quasi-harmonic', base[0], ...base, '', ...rest, ...(zero ? [bulkA.toFixed(4)] : []), state]];
    }
    return sampled.map(({ method, values, trend }) => {
      const { modeMatched, asPublished, concentration, bulkA } = values;
      const bad = failures(one, method, temperature).length;
      return [
        ...[T, method, `<b>${withError(modeMatched)}</b>`, ...base],
        (1000 * (modeMatched.value - harmonic.modeMatched)).toFixed(1),
        ...[asPublished.value.toFixed(4), withError(trend.entropy), concentration.value.toExponential(2)],
        ...(zero ? [withError(bulkA)] : []),
        bad === 0 ? '<span class="good">passed</span>' : `<span class="bad">${bad} failed</span>`,
      ];
    });
  });
  const head = ['T', 'method', 'F_f (eV)', 'quasi-harmonic (eV)', 'anharmonic (meV)', 'as published (eV)'];
  return table([...head, 'S_f (k_B)', 'concentration per site', ...(zero ? ['a (Å)'] : []), 'checks'], rows);
}

/** The first of them, and how many more. */
export const brief = (missing: readonly string[]) =>
  missing.length > 3 ? `${missing.slice(0, 3).join(', ')} and ${missing.length - 3} more` : missing.join(', ');

function checksHtml(one: StudyCase): string {
  const items = one.temperatures.flatMap(({ temperature, sampled }) =>
    sampled.flatMap(({ method }) =>
      failures(one, method, temperature).map(
        (text) => `<li class="bad">${temperature} K, ${method}: ${escapeHtml(text)}</li>`,
      ),
    ),
  );
  return items.length === 0 ? '' : `<p>Numbers whose checks failed are not results:</p><ul>${items.join('')}</ul>`;
}

/** What a sample costs, and what would halve the error. */
function samplingTable(one: StudyCase): string {
  const rows = one.quality.map((quality) => {
    const sum = (of: (pool: (typeof quality.pools)[number]) => number) =>
      quality.pools.reduce((total, pool) => total + of(pool), 0);
    const steps = sum(({ estimate }) => estimate.steps);
    const fewest = quality.pools.reduce(
      (least, { estimate }) => Math.min(least, estimate.independentSamples),
      Infinity,
    );
    const runs = sum(({ runs: own }) => own.length);
    const most = quality.pools.reduce((worst, { estimate }) => Math.max(worst, estimate.inefficiency), 0);
    const reflections = sum(({ runs: own }) => own.reduce((count, { result }) => count + result.reflections, 0));
    return [
      ...[`${quality.temperature} K`, quality.method, String(runs), steps.toPrecision(3), fewest.toFixed(0)],
      ...[most.toFixed(0), String(reflections)],
    ];
  });
  if (rows.length === 0) return '';
  const head = ['T', 'method', 'runs', 'steps counted', 'independent samples, least', 'steps per sample, most'];
  return `<div class="wide">${table([...head, 'reflections'], rows)}</div><p class="note">Four times the steps halve the errors.</p>`;
}

function methodsHtml({ config, cases }: Study): string {
  const used = [...new Set(cases.flatMap(({ curves }) => curves.map(({ method }) => method)))];
  const { grid } = config;
  const items = [
    'Mode matched: F_f = U_d − (N_d/N_b) U_b + A_d − (M_d/M_b) A_b with A = F − U and M = 3N − 3 modes; it does not depend on the unit of energy. As published: F_f = F_d − (N_d/N_b) F_b (Goryaeva et al. 2021).',
    'Harmonic reference: Hessian by central differences at the relaxed atoms, rigid translations projected out; F_HA = U0 + k_B T Σ ln(ħω/k_B T). The centre of mass moves in neither system.',
    ...(config.pressure === 'zero'
      ? [
          `Zero pressure: for each cell third-order Birch–Murnaghan through F_HA at ${grid.points} volumes, ${(100 * grid.strain).toFixed(2)} % of strain apart, around the minimum. With sampling: the same through U0, and the free energy of vibration as a polynomial of degree ${grid.degree} through sampled volumes ${(100 * grid.strain * grid.sampling).toFixed(2)} % apart. Volumes are added until the minimum is among them.`,
        ]
      : ['Constant volume: the lattice constant of 0 K at every temperature.']),
    ...used.map(
      (method) =>
        `${method}: ${methods[method].what}. ${config.replicas} replicas, ${config.error === undefined ? `${config.steps} steps each` : `rounds of up to ${config.steps} steps each until the error of F_f is ${(1000 * config.error).toPrecision(3)} meV`}, time step ${(1000 * config.timestep).toFixed(2)} fs, friction ${config.friction} /ps; ${config.walls ? 'atoms kept in the Wigner–Seitz cells of their sites' : 'no walls'}.`,
    ),
    ...(used.length > 0
      ? [
          'Errors: blocks of each run, through all fits to first order; runs of one replica share their random numbers, so that errors of bulk and defect cancel in part: their correlation is that of their blocks. Intervals by Student’s t. Entropies and expansion: the quasi-harmonic derivative plus that of c₁T + c₂T² (+ c₃T³, from four temperatures on) through what sampling adds.',
        ]
      : []),
  ];
  const sources = [
    ...new Set(cases.map(({ potential }) => `${potential.name ?? potential.kernel}: ${potential.reference}`)),
    'Goryaeva et al., Phys. Rev. Materials 5, 103803 (2021), doi:10.1103/PhysRevMaterials.5.103803',
    'Cao, Stoltz, Lelièvre, Marinica, Athènes, J. Chem. Phys. 140, 104108 (2014), doi:10.1063/1.4866811',
    'Birch, Phys. Rev. 71, 809 (1947), doi:10.1103/PhysRev.71.809',
  ];
  const list = (texts: readonly string[]) => `<ul>${texts.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`;
  return `<h2>Methods</h2>${list(items)}<h2>To cite</h2>${list(sources)}`;
}

function provenanceHtml({ view }: Study): string {
  const { identity, failed, jobs, results } = view;
  const rows = [
    ['frenkel', escapeHtml(identity.version)],
    ['kernels', `<code>${escapeHtml(identity.kernels)}</code>`],
    ['configuration', `<code>${escapeHtml(identity.config)}</code>`],
    ...Object.entries(identity.resources).map(([name, hash]) => [escapeHtml(name), `<code>${escapeHtml(hash)}</code>`]),
    ['jobs', `${results.size} of ${jobs.length} with a result`],
  ];
  const lost = [...failed].map(([id, { message }]) => `<li class="bad">${escapeHtml(id)}: ${escapeHtml(message)}</li>`);
  return `<h2>Provenance</h2>${table(['', 'SHA-256'], rows)}${lost.length > 0 ? `<p>Jobs that failed:</p><ul>${lost.join('')}</ul>` : ''}`;
}
