/** The table of methods: how each treats ζ. Those that share a sampler differ in their estimate. */
import { abf } from './abf.ts';
import { expanded } from './expanded.ts';
import { extended } from './extended.ts';
import type { Coupling, Method } from './state.ts';
import { switching } from './switching.ts';
import { windows } from './windows.ts';

export const couplings: Record<Method, Coupling> = {
  abf,
  extended,
  expanded,
  quadrature: windows,
  bar: windows,
  mbar: windows,
  switching,
};
