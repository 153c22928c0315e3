/**
 * Starts from files: frames such as an earlier search's report has, taken into the cells of this one by fractional
 * coordinates, so that the same minima can be relaxed again at other strains. Nothing is drawn for them.
 */
import { wignerSeitz } from '../../analysis/wigner-seitz.ts';
import type { Atoms, Json } from '../../data/atoms.ts';
import { inverse, transformRows } from '../../data/cell.ts';
import { symbolOf } from '../../data/elements.ts';
import { InputError } from '../../data/errors.ts';
import { pow } from '../../data/math.ts';
import type { ResourceReader, Results, Task } from '../job.ts';
import { once } from '../vacancy/once.ts';
import { perfectOf } from './cells.ts';
import { type FileStarts, type Frames, framesName, isFile, type SearchConfig, type StartFrame } from './config.ts';

/** One configuration to begin with. A resource is the list of those of one file. */
export interface GivenFrame extends Pick<Atoms, 'numbers' | 'positions' | 'cell'> {
  /** Of the cubic cell. */
  repeat: number;
  /** In its file, from 0. */
  number: number;
}

export interface FramesResult {
  frames: StartFrame[];
}

/** Relative: how far a cell may be from cubic. */
const CUBIC = 1e-6;
/** Share of the sites that may be empty or crowded before it is another lattice, or its origin lies elsewhere. */
const MOST_DEFECTS = 0.25;

/** By the name of the resource. Throws InputError, naming file and frame. */
export function gatherFrames(config: SearchConfig, read: ResourceReader): Record<string, GivenFrame[]> {
  const files = config.defects.flatMap((defect, d) => (isFile(defect) ? [{ defect, name: framesName(d) }] : []));
  return Object.fromEntries(files.map(({ defect, name }) => [name, framesOf(config, defect, read)]));
}

function framesOf(config: SearchConfig, { file, only }: FileStarts, read: ResourceReader): GivenFrame[] {
  const chosen = read.structures(file).flatMap((atoms, number) => {
    const { reference, config_type: type } = atoms.info;
    const perfect = reference !== undefined || type === 'bulk';
    const wanted = only === undefined || (typeof type === 'string' && type.includes(only));
    return perfect || !wanted ? [] : [{ atoms, number }];
  });
  if (chosen.length === 0)
    throw new InputError(
      only === undefined
        ? 'has no frame to begin with: perfect crystals (reference=…) are left out'
        : `has no frame whose config_type has ${JSON.stringify(only)} in it`,
      { file },
    );
  return chosen.map(({ atoms, number }) => {
    const wrong = faultOf(config, atoms);
    if (wrong !== undefined) throw new InputError(`frame ${number}: ${wrong}`, { file });
    const { numbers, positions, cell } = atoms;
    return { number, repeat: repeatOf(config, numbers.length), numbers, positions, cell };
  });
}

/** What keeps a structure from being begun with. */
function faultOf(config: SearchConfig, { numbers, positions, cell, pbc }: Atoms): string | undefined {
  const foreign = numbers.find((z) => symbolOf(z) !== config.element);
  if (foreign !== undefined) return `${symbolOf(foreign)} is in it; only ${config.element} was expected`;
  const length = cell[0];
  const cubic = cell.every((x, k) => Math.abs(x - (k % 4 === 0 ? length : 0)) <= CUBIC * length);
  if (!(length > 0 && cubic && pbc.every(Boolean)))
    return 'a cubic cell along x, y and z was expected, periodic in all directions';
  if (!positions.every(Number.isFinite)) return 'its positions are not finite';
  const repeat = repeatOf(config, numbers.length);
  if (config.sizes.includes(repeat)) return undefined;
  return `${numbers.length} atoms are a cell of ${repeat} × ${repeat} × ${repeat}, and sizes has ${config.sizes.join(', ')}; 'only: TEXT' chooses frames by their config_type`;
}

/** Repeats of the cubic cell whose sites are nearest to the atoms. */
function repeatOf({ crystal }: SearchConfig, atoms: number): number {
  return Math.max(1, Math.round(pow(atoms / (crystal === 'bcc' ? 2 : 4), 1 / 3)));
}

/** Throws InputError where frames are not of this crystal: other sites, or another origin. */
export function checkFrames(config: SearchConfig, resource: (name: string) => unknown): void {
  config.defects.forEach((defect, d) => {
    if (!isFile(defect)) return;
    for (const frame of resource(framesName(d)) as GivenFrame[]) {
      const { number, repeat, numbers, positions, cell } = frame;
      const perfect = perfectOf({ ...config, repeat, a: cell[0] / repeat });
      const { vacancies, interstitials } = wignerSeitz({ ...perfect, numbers, positions, cell }, perfect);
      const sites = perfect.numbers.length;
      if (vacancies.length + interstitials > MOST_DEFECTS * sites)
        throw new InputError(
          `${defect.file}: frame ${number}: ${vacancies.length} of ${sites} sites of the ${config.crystal} crystal are empty; a crystal with an atom at the origin, along x, y and z, was expected`,
        );
    }
  });
}

/** What is known of the files' frames; undefined while one is missing. */
export function knownFrames({ defects }: SearchConfig, results: Results): Frames | undefined {
  const found = new Map<number, StartFrame[]>();
  for (const [d, defect] of defects.entries()) {
    if (!isFile(defect)) continue;
    const result = results.get(framesName(d)) as unknown as FramesResult | undefined;
    if (!result) return undefined;
    found.set(d, result.frames);
  }
  return found;
}

/** A frame in the cell of `perfect`, by fractional coordinates. */
export function placedFrame(perfect: Atoms, { numbers, positions, cell }: GivenFrame): Atoms {
  const scaled = transformRows(transformRows(positions, inverse(cell)), perfect.cell);
  return { ...perfect, numbers, positions: scaled };
}

/** Which frames a file has: of what size, with how many atoms. The plan of the walks needs no more. */
export const framesTask: Task = {
  name: 'frames',
  start: ({ input, resource }) =>
    once(() => {
      const given = resource((input as { name: string }).name) as GivenFrame[];
      const frames = given.map(({ repeat, numbers }): StartFrame => ({ repeat, atoms: numbers.length }));
      return { result: { frames } satisfies FramesResult as unknown as Json };
    }, 'frames'),
  restore: (context) => framesTask.start(context),
  cost: () => ({ evaluations: 0 }),
};
