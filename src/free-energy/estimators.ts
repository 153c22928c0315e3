/** The table of methods, continued: how each turns its records into a free energy, and what it is by default. */
import { estimate } from './estimate.ts';
import type { ReferenceRecord, SampleRecord } from './records.ts';
import type { Estimate, EstimateOptions } from './result.ts';
import type { Method } from './state.ts';
import { switchingEstimate } from './switching-estimate.ts';
import { windowsEstimate } from './windows-estimate.ts';

type Estimator = (records: readonly (SampleRecord | ReferenceRecord)[], options: EstimateOptions) => Estimate;

export interface MethodEntry {
  /** One line for help and reports. */
  what: string;
  /** Points of ζ. */
  nodes: number;
  estimate: Estimator;
}

export const methods: Record<Method, MethodEntry> = {
  abf: { what: 'adaptive biasing force, ζ marginalised', nodes: 21, estimate },
  extended: { what: 'adaptive biasing force, ζ a particle', nodes: 21, estimate },
  expanded: { what: 'expanded ensemble, ζ drawn again every few steps', nodes: 21, estimate },
  quadrature: {
    what: 'fixed ζ at the nodes of Lobatto, thermodynamic integration',
    nodes: 5,
    estimate: (records, options) => windowsEstimate('quadrature', records, options),
  },
  bar: {
    what: 'fixed ζ, BAR between neighbours',
    nodes: 5,
    estimate: (records, options) => windowsEstimate('bar', records, options),
  },
  mbar: {
    what: 'fixed ζ, MBAR over all',
    nodes: 5,
    estimate: (records, options) => windowsEstimate('mbar', records, options),
  },
  switching: { what: 'non-equilibrium switching there and back', nodes: 2, estimate: switchingEstimate },
};

export const methodNames = Object.keys(methods) as Method[];
