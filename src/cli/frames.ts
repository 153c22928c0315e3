/** --frame: which structures of a file are meant. */
import { Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';

export const frameFlag = (fallback: string) =>
  new Option('--frame <which>', `first, last, all, or a number from 0 (default: ${fallback})`).argParser((text) => {
    if (/^(first|last|all|\d{1,15})$/.test(text)) return text;
    throw new InputError(
      `--frame: found ${JSON.stringify(text.slice(0, 40))}; first, last, all or a number from 0 was expected`,
    );
  });

export function pickFrames(frames: Atoms[], which: string, file: string): Atoms[] {
  if (which === 'all') return frames;
  const index = which === 'first' ? 0 : which === 'last' ? frames.length - 1 : Number(which);
  if (index < frames.length) return [frames[index]];
  throw new InputError(`--frame: there is no frame ${which}; the file has ${frames.length}, numbered from 0`, { file });
}
