/** What is in a potential's file, alone or with the files that belong to it. */
import { existsSync } from 'node:fs';
import { InputError } from '../data/errors.ts';
import { MAX_TWOJMAX, snapCoefficients, snapSize } from '../data/potentials/snap.ts';
import type { PotentialFormat } from '../io/detect-potential.ts';
import { LineReader } from '../io/lines.ts';
import { readPotentialFile } from '../node/load.ts';
import { describePotential } from './describe-potential.ts';
import type { Report } from './inspect-text.ts';

const partners: Partial<Record<PotentialFormat, string>> = { snapcoeff: 'snapparam', snapparam: 'snapcoeff' };

/** A SNAP file is described with its partner of the same name where that lies beside it, else as far as it goes. */
export function inspectPotential(file: string, text: string, format: PotentialFormat): Report {
  const kind = { kind: 'potential', format };
  const wanted = partners[format];
  if (wanted === undefined) return { ...kind, ...describePotential(readPotentialFile(file)) };
  const partner = file.replace(new RegExp(`\\.${format}(\\.gz)?$`), `.${wanted}`);
  if (partner !== file && existsSync(partner)) {
    return { ...kind, with: partner, ...describePotential(readPotentialFile([file, partner])) };
  }
  const alone = format === 'snapcoeff' ? coefficients(file, text) : parameters(file, text);
  return { ...kind, ...alone, needs: `its .${wanted}: -p ${file} -p ${partner === file ? `FILE.${wanted}` : partner}` };
}

/** Elements with radii and weights, and the twojmax that the number of coefficients belongs to. */
function coefficients(file: string, text: string): Report {
  const lines = new LineReader(text, { file, comment: '#' });
  lines.needFilled('the number of elements and of coefficients');
  const count = lines.integer('the number of elements', 1, 118);
  const perElement = lines.integer('the number of coefficients per element', 1);
  lines.checkCount(count * (perElement + 1), 2, 'lines');
  const elements: Report[] = [];
  for (let e = 0; e < count; e++) {
    lines.needFilled(`element ${e + 1} of ${count}`);
    const symbol = lines.word('a symbol');
    elements.push({ symbol, radius: lines.number('the radius'), weight: lines.number('the weight') });
    for (let k = 0; k < perElement; k++)
      lines.needFilled(`coefficient ${k + 1} of ${perElement} of ${symbol}`).number('a coefficient');
  }
  const fits = [];
  for (let twojmax = 0; twojmax <= MAX_TWOJMAX; twojmax++) {
    for (const channels of count > 1 ? [1, count] : [1]) {
      for (const quadratic of [false, true]) {
        if (snapCoefficients(snapSize(twojmax, false, channels), quadratic) !== perElement) continue;
        fits.push(`twojmax ${twojmax}${quadratic ? ', quadraticflag 1' : ''}${channels > 1 ? ', chemflag 1' : ''}`);
      }
    }
  }
  return {
    elements: elements.map(({ symbol }) => symbol),
    radii: elements.map(({ radius }) => radius),
    weights: elements.map(({ weight }) => weight),
    coefficients: `${perElement} per element`,
    fits: fits.length > 0 ? fits : 'no twojmax that frenkel knows',
  };
}

/** Keywords and values as they stand. */
function parameters(file: string, text: string): Report {
  const lines = new LineReader(text, { file, comment: '#' });
  const found = new Map<string, string>();
  while (lines.nextFilled()) {
    const key = lines.word('a keyword');
    if (found.has(key)) throw new InputError(`expected ${key} once, found it again`, lines.place);
    found.set(key, lines.rest());
  }
  return { parameters: [...found].map(([key, value]) => `${key} ${value}`) };
}
