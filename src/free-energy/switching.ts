/**
 * Non-equilibrium switching (Frenkel, Ladd, 10.1063/1.448024; Freitas, Asta, de Koning,
 * 10.1016/j.commatsci.2015.10.050): equilibrium at ζ = 0, ζ up to 1, equilibrium there, ζ back, over and over. Work is
 * ΔU dζ at fixed x, summed step by step, so Crooks's theorem holds for the steps themselves.
 */
import type { Coupling, SamplingOptions, SamplingState } from './state.ts';

/** Pairs of switches in a run. */
export const SWITCHES = 20;
/** Of a quarter of a cycle's steps: what a switch takes, the rest is equilibrium. */
const SWITCHING = 0.7;

/** λ(τ) = τ⁵(70τ⁴ − 315τ³ + 540τ² − 420τ + 126): slow at both ends (de Koning, Antonelli, 10.1103/PhysRevE.53.465). */
export function smooth(tau: number): number {
  const square = tau * tau;
  return square * square * tau * (126 + tau * (-420 + tau * (540 + tau * (-315 + 70 * tau))));
}

/** ζ for step `step` + 1: in which half of which cycle; whether its switch is done, or has not begun and equilibrium is reached. */
export function scheduleAt(
  step: number,
  { steps, switches = SWITCHES }: Pick<SamplingOptions, 'steps' | 'switches'>,
): { zeta: number; half: number; done: boolean; settled: boolean } {
  const length = Math.max(2, Math.floor(steps / (2 * switches)));
  const rest = length - Math.max(1, Math.floor(SWITCHING * length));
  const half = Math.min(Math.floor(step / length), 2 * switches - 1);
  const within = step - half * length;
  const tau = Math.min(1, Math.max(0, within - rest + 1) / (length - rest));
  const lambda = smooth(tau);
  return {
    zeta: half % 2 === 0 ? lambda : 1 - lambda,
    half,
    done: tau === 1,
    settled: tau === 0 && within >= rest / 2,
  };
}

export const switching: Coupling = {
  start(state) {
    state.weights.fill(0);
    state.zeta = 0;
    state.own.work = 0;
    state.own.half = -1;
  },
  update(state, options) {
    const { zeta, half, done, settled } = scheduleAt(state.step, options);
    state.weights.fill(0);
    if (settled) state.weights[zeta === 0 ? 0 : options.nodes - 1] = 1;
    const work = (state.own.work as number) + (zeta - state.zeta) * state.deltaU;
    state.own.work = work;
    state.zeta = zeta;
    if (done && state.own.half !== half) finish(state, half, work);
  },
};

/** A finished switch: its direction (1 up, −1 down) and its work go to the record. */
function finish(state: SamplingState, half: number, work: number): void {
  state.block.series ??= [];
  state.block.series.push(half % 2 === 0 ? 1 : -1, work);
  state.own.half = half;
  state.own.work = 0;
}
