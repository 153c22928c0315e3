/**
 * Line search on the directional derivative: secant steps inside a bracket, accepted when the slope has fallen enough
 * and the energy has not risen beyond rounding ("approximate Wolfe conditions", Hager, Zhang 2005,
 * 10.1137/030601880). Near a minimum, where energies differ by rounding only, the forces alone decide. How large that
 * rounding is the energy does not tell: it may be the small sum of large terms. Where the forces are no gradient they
 * decide everywhere: a point is good unless it lies too far behind the turn of the force along the line.
 */
import { PhysicsError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import { dot } from './relaxation.ts';

export interface Line {
  /** Downhill, same length as x. */
  direction: Float64Array;
  /** eV, at the present x. */
  energy: number;
  /** First length to try, in units of `direction`. */
  trial: number;
  /** Longest length allowed. */
  longest: number;
  /** Accept when |slope| <= drop·|slope at the start|, below 0.8. */
  drop: number;
}

export interface LineEnd {
  /** Length moved; 0: no lower point was found, and x and f are as they were. */
  length: number;
  energy: number;
  /** Second derivative of the energy along the line per unit of length². */
  curvature: number;
  evaluations: number;
}

interface Point {
  length: number;
  energy: number;
  /** NaN where the energy could not be computed. */
  slope: number;
}

/** Most evaluations of one search. */
const most = 20;
/** Of the energy, and eV for every coordinate: what rounding may add. */
const ROUNDING = 1e-12;

/** Moves x along the line to an acceptable point and leaves f evaluated there. */
export function lineSearch(objective: Objective, line: Line): LineEnd {
  const origin = objective.x.slice();
  const start: Point = { length: 0, energy: line.energy, slope: -dot(objective.f, line.direction) };
  const byForce = objective.conservative === false;
  const ceiling = byForce ? Number.MAX_VALUE : line.energy + ROUNDING * (Math.abs(line.energy) + origin.length);
  let low = start;
  let high: Point | undefined;
  let at = Math.min(line.trial, line.longest);
  for (let evaluations = 1; evaluations <= most; evaluations++) {
    const point = pointAt(objective, line, origin, at);
    const fine = point.energy <= ceiling;
    const curvature = (point.slope - start.slope) / at;
    const accepted =
      Math.abs(point.slope) <= -line.drop * start.slope || ((byForce || at === line.longest) && point.slope < 0);
    if (fine && accepted) return { length: at, energy: point.energy, curvature, evaluations };
    const before = low;
    if (fine && point.slope < 0) low = point;
    else high = point;
    const next = high ? inside(low, high, evaluations) : Math.min(beyond(before, low), line.longest);
    if (!(next > low.length && next < (high?.length ?? Infinity))) break;
    at = next;
  }
  return settle(objective, line, origin, low, start);
}

function pointAt(objective: Objective, line: Line, origin: Float64Array, length: number): Point {
  for (let i = 0; i < origin.length; i++) objective.x[i] = origin[i] + length * line.direction[i];
  try {
    const energy = objective.evaluate();
    return { length, energy, slope: -dot(objective.f, line.direction) };
  } catch (error) {
    // too far into a core: shorter steps may still do
    if (!(error instanceof PhysicsError)) throw error;
    return { length, energy: Infinity, slope: Number.NaN };
  }
}

/** Secant point beyond two points that still go downhill; at most four times as far. */
function beyond(before: Point, last: Point): number {
  const bend = (last.slope - before.slope) / (last.length - before.length);
  const secant = bend > 0 ? last.length - last.slope / bend : Infinity;
  return Math.min(Math.max(secant, 1.2 * last.length), 4 * last.length);
}

/** Secant point of a bracket, its middle where the far end has no use as a slope or every third time. */
function inside(low: Point, high: Point, count: number): number {
  const width = high.length - low.length;
  if (!Number.isFinite(high.energy)) return low.length + 0.1 * width;
  if (!(high.slope > 0) || count % 3 === 0) return low.length + 0.5 * width;
  const secant = low.length - (low.slope * width) / (high.slope - low.slope);
  return Math.min(Math.max(secant, low.length + 0.02 * width), high.length - 0.02 * width);
}

/** No point was accepted: the best one that is truly lower, else back to the start. */
function settle(objective: Objective, line: Line, origin: Float64Array, low: Point, start: Point): LineEnd {
  const better = objective.conservative === false || low.energy < start.energy;
  const length = better ? low.length : 0;
  const { energy, slope } = pointAt(objective, line, origin, length);
  const curvature = length > 0 ? (slope - start.slope) / length : 0;
  return { length, energy, curvature, evaluations: most + 1 };
}
