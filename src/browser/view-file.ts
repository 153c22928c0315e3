/** A file of structures as frames to look at, without a potential. */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { createExtxyzReader } from '../io/extxyz.ts';
import { detectStructure, parseStructures } from '../io/structure.ts';
import type { Frame, Opened, TextFile } from './protocol.ts';

/** Bytes of frames that a page keeps, and how many there are at most. */
const MOST_BYTES = 128 * 2 ** 20;
const MOST_FRAMES = 3000;

/** Throws InputError as the command line does. Frames of other atoms than the last one's are left out. */
export function viewFile({ name, text }: TextFile): { opened: Opened; frames: Frame[] } {
  const all = detectStructure(text) === 'extxyz' ? wholeFrames(name, text) : parseStructures(text, { file: name });
  const last = all.at(-1);
  if (!last) throw new InputError('no whole structure in it', { file: name });
  const alike = all.filter((atoms) => sameNumbers(atoms, last));
  const most = Math.min(MOST_FRAMES, Math.max(2, MOST_BYTES / (16 * last.numbers.length)));
  const every = Math.ceil(alike.length / most);
  const kept = alike.filter((_, k) => k % every === 0 || k === alike.length - 1);
  const frames = kept.map((atoms, k) => frameOf(atoms, k));
  return {
    opened: {
      type: 'opened',
      title: name,
      perfect: false,
      numbers: last.numbers,
      symbols: [...new Set(last.numbers)].map(symbolOf),
      pbc: last.pbc,
      potential: '',
      reference: '',
      warnings: [],
      frame: frameOf(kept[0], 0),
    },
    frames,
  };
}

/** Without the last one where it is still written. */
function wholeFrames(file: string, text: string): Atoms[] {
  const reader = createExtxyzReader({ file });
  const frames = reader.push(text);
  try {
    return [...frames, ...reader.end()];
  } catch (error) {
    if (frames.length === 0) throw error;
    return frames;
  }
}

const sameNumbers = (a: Atoms, b: Atoms) =>
  a.numbers.length === b.numbers.length && a.numbers.every((z, i) => z === b.numbers[i]);

function frameOf({ positions, cell, info, numbers }: Atoms, k: number): Frame {
  const step = Number.isInteger(info?.step) ? Number(info?.step) : undefined;
  return {
    step: step ?? k,
    positions: Float32Array.from(positions),
    energies: new Float32Array(numbers.length),
    cell: [...cell],
    vacant: [],
    crowded: [],
    ...(step === undefined ? { label: `frame ${k}` } : {}),
  };
}
