/** What a run gives to be drawn, beside its table: plain data, the arguments of the command line's figures. */
import type { BandPath } from '../analysis/band-path.ts';
import type { DensityOfStates } from '../analysis/phonon-mesh.ts';
import type { GradientPoint } from '../free-energy/result.ts';
import type { NebResult } from '../tasks/neb-result.ts';

export type FigureInput =
  | { of: 'md'; atoms: number }
  | { of: 'relax'; fmax: number }
  | { of: 'neb'; result: NebResult; curve: [number, number][] }
  | { of: 'phonons'; path: BandPath; bands: Float64Array[]; branches: number; dos: DensityOfStates }
  | { of: 'free-energy'; gradient: readonly GradientPoint[]; deltaA: number; atoms: number };
