/**
 * The moves of velocity Verlet where positions and forces are, for the atoms [begin, end): each number by itself, rounded
 * as in src/methods/motion.ts. No fused operations, so that the fast target moves atoms alike.
 */
import { getF64, getPair, setF64, setPair } from './memory';

/** Times and arrays f64[3n], in the user's order (src/engine/moves.ts, same order). */
// @ts-ignore: decorator
@unmanaged
export class Moves {
  /** ps: of a kick, half the timestep. */
  kick: f64;
  /** ps: of a drift, the timestep. */
  drift: f64;
  positions: usize;
  velocities: usize;
  forces: usize;
  /** Acceleration per force. */
  mobility: usize;
}

/** v + kick·m·f of the numbers k and k + 1. */
// @ts-ignore: decorator
@inline
function kickedPair(m: Moves, k: i32): v128 {
  const step = f64x2.mul(f64x2.splat(m.kick), getPair(m.mobility, k));
  return f64x2.add(getPair(m.velocities, k), f64x2.mul(step, getPair(m.forces, k)));
}

// @ts-ignore: decorator
@inline
function kicked(m: Moves, k: i32): f64 {
  return getF64(m.velocities, k) + m.kick * getF64(m.mobility, k) * getF64(m.forces, k);
}

/** v += kick·m·f. */
export function kickAtoms(begin: i32, end: i32, moves: usize, _a: usize, _b: usize, _scratch: usize): void {
  const m = changetype<Moves>(moves);
  const last = 3 * end;
  let k = 3 * begin;
  for (; k + 1 < last; k += 2) setPair(m.velocities, k, kickedPair(m, k));
  if (k < last) setF64(m.velocities, k, kicked(m, k));
}

/** v += kick·m·f, then x += drift·v. */
export function kickAndDrift(begin: i32, end: i32, moves: usize, _a: usize, _b: usize, _scratch: usize): void {
  const m = changetype<Moves>(moves);
  const drift = f64x2.splat(m.drift);
  const last = 3 * end;
  let k = 3 * begin;
  for (; k + 1 < last; k += 2) {
    const v = kickedPair(m, k);
    setPair(m.velocities, k, v);
    setPair(m.positions, k, f64x2.add(getPair(m.positions, k), f64x2.mul(drift, v)));
  }
  if (k < last) {
    const v = kicked(m, k);
    setF64(m.velocities, k, v);
    setF64(m.positions, k, getF64(m.positions, k) + m.drift * v);
  }
}
