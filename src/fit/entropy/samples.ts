/**
 * What entropies are learned from: frames with a label in their header, and the perfect crystal that each refers to. A frame
 * names it (`bulk=ID`, the crystal has `reference=ID`), or there is one for all.
 */
import type { Atoms } from '../../data/atoms.ts';
import { InputError } from '../../data/errors.ts';

/** A frame and where it came from. */
export interface Frame {
  atoms: Atoms;
  file: string;
  /** From 0. */
  number: number;
}

export interface LabelledFrame extends Frame {
  /** k_B. */
  entropy: number;
  group: string;
  /** Of the perfect crystal. */
  reference: string;
}

export interface EntropyData {
  frames: LabelledFrame[];
  references: Map<string, Atoms>;
  /** Frames without a label, which were left out. */
  unlabelled: number;
}

/** Name of a perfect crystal that was given apart. */
export const GIVEN = 'bulk';

const whereOf = ({ file, number }: Frame) => ({ file, ...(number > 0 ? { frame: number } : {}) });
const fault = (frame: Frame, message: string) =>
  new InputError(frame.number > 0 ? `frame ${frame.number}: ${message}` : message, { file: whereOf(frame).file });

/** `key`: where labels are. Throws InputError, naming file and frame. */
export function entropyData(all: readonly Frame[], key: string, bulk?: Atoms): EntropyData {
  const references = new Map<string, Atoms>(bulk ? [[GIVEN, bulk]] : []);
  for (const frame of all) {
    const id = frame.atoms.info.reference;
    if (typeof id === 'string') references.set(id, frame.atoms);
  }
  const frames: LabelledFrame[] = [];
  let unlabelled = 0;
  for (const frame of all) {
    const { info } = frame.atoms;
    if (info.reference !== undefined || info.config_type === 'bulk') continue;
    const entropy = info[key];
    if (entropy === undefined) {
      unlabelled++;
      continue;
    }
    if (typeof entropy !== 'number' || !Number.isFinite(entropy))
      throw fault(frame, `${key}=${JSON.stringify(entropy)}: a finite number of k_B was expected`);
    frames.push({ ...frame, entropy, group: groupOf(info.config_type), reference: referenceOf(frame, references) });
  }
  if (frames.length > 0) return { frames, references, unlabelled };
  const [first] = all;
  throw new InputError(`no frame has a label ${key}=… in its header`, first && { file: first.file });
}

const groupOf = (name: unknown): string => (typeof name === 'string' && name !== '' ? name : 'all');

/** Throws InputError where a frame's perfect crystal is not known. */
export function referenceOf(frame: Frame, references: ReadonlyMap<string, unknown>): string {
  const named = frame.atoms.info.bulk;
  const given = references.has(GIVEN) ? GIVEN : undefined;
  if (typeof named === 'string') {
    if (references.has(named)) return named;
    if (given !== undefined) return given;
    throw fault(frame, `bulk=${named}: no frame has reference=${named}; give the perfect crystal with --bulk`);
  }
  const [only, ...others] = references.keys();
  if (given !== undefined) return given;
  if (only !== undefined && others.length === 0) return only;
  throw fault(
    frame,
    only === undefined
      ? 'its perfect crystal is missing: give it with --bulk, or as a frame with reference=ID and this one with bulk=ID'
      : `it names none of the perfect crystals ${[...references.keys()].join(', ')}: bulk=ID was expected, or --bulk`,
  );
}
