/**
 * A skin that is chosen while the system runs, from counted steps alone (never from time): a thick skin makes every step
 * test more pairs, a thin one makes the list void sooner.
 *
 *     cost of a step  ∝  (cutoff + s)³ (1 + b / T(s)),   T(s): steps until atoms have moved by s/2, b: tests that a listed pair
 *                                                        costs to find
 *
 * One list shows T for all thinner skins as well: when they would have been used up. From time to time, where lists do not
 * last, one that is thicker by some notches shows whether that would pay: atoms that vibrate have an end to their way. The
 * state is plain numbers and part of the list's, so an interrupted run goes on with the same lists.
 */

/** Skins are multiples of this, Å. */
const NOTCH = 0.1;
const NOTCHES = 15;
const FIRST = 5;
/** Weight of the last list in T; of one after more than so many without, it is all. */
const RECENT = 0.25;
const STALE = 4;
/** Lists after which what was seen of a thicker skin is forgotten, and looked at again. */
const MEMORY = 40;
/** Notches that such a look goes beyond the present skin, where finding pairs costs more than this share. */
const BEYOND = 4;
const SHARE = 0.02;
/** To give a list up must save this share. */
const WORTH = 0.02;
/** Steps with one list, and their doubles, after which thinner skins are looked at. */
const PATIENCE = 256;

export interface SkinState {
  /** Notches of the present list. */
  notch: number;
  /** Steps that it has served, and how much of the skin was used at the last one, Å. */
  steps: number;
  used: number;
  /** Per notch: at which of these steps it was used up, 0 where not yet. */
  passed: number[];
  /** Per notch: mean steps until it was used up, 0 where unknown; lists since. */
  mean: number[];
  age: number[];
}

export const skinState = (): SkinState => ({
  notch: FIRST,
  steps: 0,
  used: 0,
  passed: zeros(),
  mean: zeros(),
  age: zeros(),
});

const zeros = () => new Array<number>(NOTCHES + 1).fill(0);

/** Å. */
export const skinOf = ({ notch }: SkinState): number => notch * NOTCH;

/** Counts a step after which `used` Å of the skin are used up; the same number again is the same step again. */
export function countStep(state: SkinState, used: number): void {
  if (used === state.used) return;
  state.used = used;
  state.steps++;
  for (let k = 1; k <= state.notch && used >= k * NOTCH; k++) if (state.passed[k] === 0) state.passed[k] = state.steps;
}

/** What a cost is in units of the tests of the pairs within the cutoff. */
export interface SkinCost {
  cutoff: number;
  /** Tests that finding one listed pair costs. */
  build: number;
}

function cost({ cutoff, build }: SkinCost, notch: number, steps: number): number {
  const reach = (cutoff + notch * NOTCH) / cutoff;
  // not ** 3: hosts differ in its last bit
  return reach * reach * reach * (1 + build / steps);
}

/** True if the list has served long, and a thinner skin, which would have served nearly as long, would have cost less. */
export function tooThick(state: SkinState, of: SkinCost): boolean {
  const { steps, notch, passed } = state;
  if (steps < PATIENCE || (steps & (steps - 1)) !== 0) return false;
  const now = cost(of, notch, steps);
  for (let k = 1; k < notch; k++) if (cost(of, k, passed[k] || steps) < (1 - WORTH) * now) return true;
  return false;
}

/** The list is void, or too thick: learns from it and chooses the next skin. `used` Å were used up. */
export function nextSkin(state: SkinState, of: SkinCost, used: number): void {
  countStep(state, used);
  learn(state);
  const { notch, mean } = state;
  let best = notch;
  for (let k = 1; k <= NOTCHES; k++)
    if (mean[k] > 0 && cost(of, k, mean[k]) < cost(of, best, mean[best] || 1)) best = k;
  const highest = Math.min(best + BEYOND, NOTCHES);
  const unknown = mean[highest] === 0 && of.build / (mean[best] || 1) > SHARE;
  state.notch = unknown ? highest : best;
  restart(state);
}

/** A new list begins. */
function restart(state: SkinState): void {
  state.steps = 0;
  state.used = 0;
  state.passed.fill(0);
}

function learn({ notch, steps, passed, mean, age }: SkinState): void {
  for (let k = 1; k <= NOTCHES; k++) {
    // What a list that was given up early has not used up lasts for as long at least.
    const seen = k <= notch ? passed[k] || Math.max(steps, mean[k]) : 0;
    if (seen > 0) {
      mean[k] = mean[k] > 0 && age[k] <= STALE ? mean[k] + RECENT * (seen - mean[k]) : seen;
      age[k] = 0;
    } else if (mean[k] > 0 && ++age[k] > MEMORY) mean[k] = 0;
  }
}
