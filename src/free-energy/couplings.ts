/** The table of methods: how each treats ζ. Those that share a sampler differ in their estimate. */
import { abf } from './abf.ts';
import { expanded } from './expanded.ts';
import { extended } from './extended.ts';
import { scaling } from './scaling.ts';
import type { Coupling, Way } from './state.ts';
import { switching } from './switching.ts';
import { windows } from './windows.ts';

export const couplings: Record<Way, Coupling> = {
  abf,
  extended,
  expanded,
  quadrature: windows,
  bar: windows,
  mbar: windows,
  switching,
  scaling,
};
