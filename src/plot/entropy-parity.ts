/** Learned formation entropies against their labels, held out and learned from. */
import type { Split } from '../fit/entropy/measure.ts';
import { parityPlot } from './parity.ts';

/** SVG. */
export function entropyParity({ held, fitted }: Split): string {
  const points = (part: Split['held']) => ({
    x: part.map(({ label }) => label),
    y: part.map(({ estimate }) => estimate),
  });
  return parityPlot({ quantity: 'formation entropy', unit: 'k_B', fitted: points(fitted), held: points(held) });
}
