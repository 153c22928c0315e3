/**
 * Energy and force of a pair, alone or beside a third atom, from half of the usual distance to beyond the cutoff, wherever they jump. A grid finds the
 * intervals that are the least straight; bisection follows what does not shrink with the interval: at 1e-11 Å it is a jump.
 */
import { createAtoms } from '../data/atoms.ts';
import { PhysicsError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { Jumps } from './cutoff.ts';
import { withSystem } from './evaluate.ts';
import type { Subject } from './subject.ts';

export interface DimerJump extends Jumps {
  /** Å: where the largest of the two, in units of what is allowed, is. */
  radius: number;
}

/** What still counts as rounding: eV, and eV/Å. */
export const JUMP_LIMITS: Jumps = { value: 1e-10, slope: 1e-7 };

const GRID = 512;
/** Suspects looked at closely: the worst of so many stretches. */
const STRETCHES = 16;
const NARROWEST = 1e-11;

interface Point {
  r: number;
  energy: number;
  /** −dE/dr by the kernels. */
  force: number;
}

/**
 * The largest jumps of energy and force while the second of two atoms moves away from the first, from half of the usual
 * distance to beyond the cutoff. `elements`: of the two, and of a third atom in reach of both where there is one.
 */
export function dimerJumps(
  engine: Engine,
  { distance, potential: potentialFor }: Pick<Subject, 'potential' | 'distance'>,
  elements: readonly number[],
): DimerJump {
  const atoms = createAtoms({
    numbers: Uint8Array.from(elements),
    positions: new Float64Array(3 * elements.length),
    cell: new Float64Array(9),
    pbc: [false, false, false],
  });
  const potential = potentialFor(atoms);
  const [from, to] = [0.5 * distance, 1.01 * potential.cutoff + 0.05];
  atoms.positions[3] = to;
  if (elements.length > 2) atoms.positions.set([0.5 * potential.cutoff, 0.9 * distance, 0], 6);
  return withSystem(engine, atoms, potential, (system) => {
    const at = (r: number): Point => {
      system.x[3] = r;
      system.evaluate();
      return { r, energy: system.energies.reduce((sum, e) => sum + e, 0), force: system.f[3] };
    };
    const points = computed(at, from, to);
    const worst: DimerJump = { value: 0, slope: 0, radius: to };
    for (const start of suspects(points)) {
      const jump = narrowed(at, points[start], points[start + 1]);
      if (excess(jump) > excess(worst)) worst.radius = jump.radius;
      worst.value = Math.max(worst.value, jump.value);
      worst.slope = Math.max(worst.slope, jump.slope);
    }
    return worst;
  });
}

/** The grid from `to` down to `from`, or to where the potential gives no numbers any more; ascending. */
function computed(at: (r: number) => Point, from: number, to: number): Point[] {
  const points: Point[] = [];
  try {
    for (let k = 0; k <= GRID; k++) points.push(at(to - ((to - from) * k) / GRID));
  } catch (error) {
    // the square root of a density that is negative, say; the last numbers before it are no measure of anything
    if (!(error instanceof PhysicsError) || points.length < 4) throw error;
    points.pop();
  }
  return points.reverse();
}

const excess = ({ value, slope }: Jumps) => Math.max(value / JUMP_LIMITS.value, slope / JUMP_LIMITS.slope);

/** How far an interval is from what a smooth function does: of the energy beside its force, and of the force. */
function jumpOf(low: Point, high: Point): Jumps {
  const width = high.r - low.r;
  return {
    value: Math.abs(high.energy - low.energy + 0.5 * width * (low.force + high.force)),
    slope: Math.abs(high.force - low.force),
  };
}

/** Of every stretch of the grid, the interval whose energy is least like its forces, and that whose force bends most. */
function suspects(points: Point[]): number[] {
  const found = new Set<number>();
  const bend = (k: number) => {
    const [p, q] = [points[Math.max(0, k - 1)], points[Math.min(points.length - 1, k + 2)]];
    return Math.abs(3 * (points[k + 1].force - points[k].force) - (q.force - p.force));
  };
  const misfit = (k: number) => jumpOf(points[k], points[k + 1]).value;
  const intervals = points.length - 1;
  const size = Math.ceil(intervals / STRETCHES);
  for (let begin = 0; begin < intervals; begin += size) {
    const stretch = Array.from({ length: Math.min(size, intervals - begin) }, (_, k) => begin + k);
    for (const measure of [bend, misfit]) found.add(stretch.reduce((a, b) => (measure(b) > measure(a) ? b : a)));
  }
  return [...found];
}

/** The jump within an interval: what is left when it is 1e-11 Å wide, less what a slope leaves. */
function narrowed(at: (r: number) => Point, low: Point, high: Point): DimerJump {
  let [l, h] = [low, high];
  let wider = jumpOf(l, h);
  while (h.r - l.r > NARROWEST) {
    const middle = at(0.5 * (l.r + h.r));
    wider = jumpOf(l, h);
    if (excess(jumpOf(l, middle)) > excess(jumpOf(middle, h))) h = middle;
    else l = middle;
  }
  const { value, slope } = jumpOf(l, h);
  return { value, slope: Math.max(0, 2 * slope - wider.slope), radius: l.r };
}
