/** What sampling is told and what it carries: types that the motion, the methods and the records share. */
import type { OpenBlock, SampleRecord } from './records.ts';
import type { Reference } from './reference.ts';
import type { Target } from './target.ts';

export type Method = 'abf' | 'extended' | 'expanded' | 'quadrature' | 'bar' | 'mbar' | 'switching';

/** What moves along ζ: the methods, and reversible scaling, whose result is no single number. */
export type Way = Method | 'scaling';

export interface SamplingOptions<M extends Way = Way> {
  method: M;
  /** K. */
  temperature: number;
  /** All steps of this replica; what the command asks for at most. */
  steps: number;
  /** ps. */
  timestep: number;
  /** 1/ps. */
  friction: number;
  /** Points of ζ from 0 to 1, both included. */
  nodes: number;
  seed: bigint;
  /** 0, 1, 2 …: independent runs of one seed. */
  replica: number;
  /** Steps of a record. */
  blockSteps: number;
  /** Steps whose records the estimate leaves out; the bias that they taught is kept. */
  equilibration: number;
  /** Steps between refreshments of the bias. */
  refresh: number;
  /** Pairs of switches of the whole run, where the method is 'switching'. */
  switches?: number;
  /** K: how far the method 'scaling' heats or cools. */
  scaleTo?: number;
}

/** Plain and cloneable; with x and the neighbour list (saveSampling) all that a run needs to go on. */
export interface SamplingState {
  step: number;
  /** (n,3) Å/ps. */
  velocities: Float64Array;
  /** U, U_ref and U − U_ref at the present x, eV. */
  energy: number;
  reference: number;
  deltaU: number;
  /** ζ that the forces are mixed with (the mean over π where it is marginalised). */
  zeta: number;
  /** (nodes) π_k: how much this configuration counts at ζ_k; sum 1. */
  weights: Float64Array;
  /** (nodes) eV, the present bias A_k. */
  bias: Float64Array;
  /** (nodes) all Σ π ΔU and Σ π so far: what the bias learns from. */
  num: Float64Array;
  den: Float64Array;
  /** A method's own numbers. */
  own: Record<string, number | Float64Array>;
  /** The record that is being filled, and those that are finished and not yet taken. */
  block: OpenBlock;
  sequence: number;
  records: SampleRecord[];
  /** (n,3) eV/Å: −∂U_ref/∂x and the mixed force at the present x. */
  referenceForce: Float64Array;
  force: Float64Array;
  /** (n,3) room for the noise of a step, and for x before it. */
  noise: Float64Array;
  before: Float64Array;
}

/** How a method treats ζ. */
export interface Coupling {
  /** Once, after the first evaluation: fills `own`, sets zeta and weights. */
  start(state: SamplingState, options: SamplingOptions): void;
  /** After every evaluation: from state.deltaU sets state.weights and state.zeta, learns. */
  update(state: SamplingState, options: SamplingOptions, target: Target, reference: Reference): void;
}
