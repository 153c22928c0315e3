// Which mutants are tried, and what is concluded from them.
import { createHash } from 'node:crypto';

const sha = (text) => createHash('sha256').update(text).digest('hex');
const round = (x) => Number(x.toFixed(4));
const brief = (text) => text.replace(/\s+/g, ' ').slice(0, 60);

/**
 * `count` mutants of each area (0: all), each as likely as any other, from every file in proportion to its number of mutants:
 * every N/count-th of a list in the order of the files. Returned in an order of chance, so that the first ones of a sample
 * that is stopped early are one, too.
 */
export function drawSample(all, count, seed) {
  const drawn = [...new Set(all.map(({ area }) => area))].flatMap((area) => {
    const own = all
      .filter((mutant) => mutant.area === area)
      .map((mutant) => ({ ...mutant, rank: sha(`${seed} ${mutant.key}`) }))
      .sort((a, b) => (a.file === b.file ? (a.rank < b.rank ? -1 : 1) : a.file < b.file ? -1 : 1));
    const n = count > 0 ? Math.min(count, own.length) : own.length;
    const first = Number.parseInt(sha(`${seed} ${area}`).slice(0, 8), 16) / 2 ** 32;
    const chosen = Array.from({ length: n }, (_, k) => own[Math.floor(((k + first) * own.length) / n)]);
    return chosen.map((mutant) => ({ ...mutant, of: own.length }));
  });
  return drawn.sort((a, b) => (a.rank < b.rank ? -1 : 1));
}

/** Wilson's 95 % interval of a share (doi:10.1080/01621459.1927.10502953). */
export function wilson(hits, of) {
  if (of === 0) return [0, 1];
  const z = 1.959964;
  const p = hits / of;
  const middle = (p + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const half = (z / (1 + z ** 2 / of)) * Math.sqrt((p * (1 - p)) / of + z ** 2 / (4 * of ** 2));
  return [round(Math.max(0, middle - half)), round(Math.min(1, middle + half))];
}

const isKilled = ({ how }) => how === 'killed' || how === 'timeout';

function scoreOf(tried, answers) {
  const killed = tried.filter(({ key }) => isKilled(answers[key])).length;
  return {
    tried: tried.length,
    killed,
    score: round(killed / (tried.length || 1)),
    interval: wilson(killed, tried.length),
  };
}

/** Scores of each area, also without the mutants that are no faults (`equivalent`: their keys with reasons); survivors. */
export function summarize(drawn, answers, equivalent) {
  const tried = drawn.filter(({ key }) => answers[key] !== undefined);
  const survived = tried.filter(({ key }) => !isKilled(answers[key]));
  const isFault = ({ key }) => !Object.hasOwn(equivalent, key) || isKilled(answers[key]);
  const scores = {};
  for (const { area, of } of drawn) {
    const own = tried.filter((mutant) => mutant.area === area);
    scores[area] ??= { mutants: of, ...scoreOf(own, answers), faultsAlone: scoreOf(own.filter(isFault), answers) };
  }
  const survivors = survived
    .map(({ key, file, line, kind, before, text }) => {
      const reason = Object.hasOwn(equivalent, key) ? `: ${equivalent[key]}` : '';
      const { how } = answers[key];
      return `${key.slice(0, 8)} ${file}:${line} ${kind}: ${brief(before)} → ${brief(text)} (${how})${reason}`;
    })
    .sort((a, b) => (a.slice(9) < b.slice(9) ? -1 : 1));
  return { scores, survivors };
}
