/**
 * Adaptive biasing force with ζ as a particle (Darve, Pohorille, 10.1063/1.1410978; Lelièvre, Rousset, Stoltz,
 * 10.1063/1.2711185): it moves on [0, 1] by BAOAB like the atoms, under −ΔU + Â'(ζ) and noise, mirrored at the ends.
 * A configuration counts at the nearest node ζ_k, carried there by exp{−β(ζ_k − ζ)(ΔU − Â'_k)}: exact at the node.
 */
import { exp } from '../data/math.ts';
import { gauss } from '../data/rng.ts';
import { boltzmann } from '../data/units.ts';
import type { Coupling, SamplingOptions, SamplingState } from './state.ts';

/** Thermal speed of ζ per step: it crosses [0, 1] in some 250 steps, half a picosecond; its inertia follows. */
const PACE = 0.004;
/** Friction of ζ, per step. */
const FRICTION = 0.004;
/** Weight at a node at which the bias has its full strength there. */
const FULL = 200;
const REPLICA = 2 ** 40;

export const extended: Coupling = {
  start(state, options) {
    state.zeta = 0.5;
    state.own.velocity = PACE * gauss(options.seed, 'coupling', options.replica * REPLICA, 0);
    state.own.acceleration = acceleration(state, options);
    count(state, options);
  },
  update(state, options) {
    propagate(state, options);
    count(state, options);
    const { weights, num, den, deltaU } = state;
    for (let k = 0; k < weights.length; k++) {
      num[k] += weights[k] * deltaU;
      den[k] += weights[k];
    }
  },
};

/** Times are steps: ζ through one, with the kicks of its beginning and its end. */
function propagate(state: SamplingState, options: SamplingOptions): void {
  const { seed, replica } = options;
  const keep = exp(-FRICTION);
  const noise = gauss(seed, 'coupling', replica * REPLICA + state.step, 0);
  let zeta = state.zeta;
  let velocity = (state.own.velocity as number) + 0.5 * (state.own.acceleration as number);
  const drift = () => {
    zeta += 0.5 * velocity;
    while (zeta < 0 || zeta > 1) {
      zeta = zeta < 0 ? -zeta : 2 - zeta;
      velocity = -velocity;
    }
  };
  // a configuration far outside may push beyond all bounds in one step: at most across [0, 1] and back
  velocity = Math.min(Math.max(velocity, -1), 1);
  drift();
  velocity = keep * velocity + PACE * Math.sqrt(1 - keep * keep) * noise;
  drift();
  state.zeta = zeta;
  state.own.acceleration = acceleration(state, options);
  state.own.velocity = velocity + 0.5 * state.own.acceleration;
}

/** Per step²: (−ΔU + Â'(ζ))/m with m = kT/PACE²; Â' linear between the nodes, weaker where little was sampled. */
function acceleration({ zeta, deltaU, num, den }: SamplingState, { nodes, temperature }: SamplingOptions): number {
  const at = zeta * (nodes - 1);
  const low = Math.min(Math.floor(at), nodes - 2);
  const part = at - low;
  const slope = (1 - part) * learned(num[low], den[low]) + part * learned(num[low + 1], den[low + 1]);
  return ((slope - deltaU) / (boltzmann * temperature)) * PACE * PACE;
}

const learned = (num: number, den: number) => (den > 0 ? (num / den) * Math.min(1, den / FULL) : 0);

/** Weight at the nearest node, 1 but for the step to it. */
function count(state: SamplingState, { nodes, temperature }: SamplingOptions): void {
  const { weights, zeta, deltaU, num, den } = state;
  const node = Math.min(nodes - 1, Math.floor(zeta * (nodes - 1) + 0.5));
  const slope = den[node] > 0 ? num[node] / den[node] : deltaU;
  const exponent = (-(node / (nodes - 1) - zeta) * (deltaU - slope)) / (boltzmann * temperature);
  weights.fill(0);
  weights[node] = exp(Math.min(Math.max(exponent, -700), 5));
}
