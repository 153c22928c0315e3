/**
 * The loop over pairs that analytic forms share: distance, cutoff, energy, force and virial are written once, the form
 * supplies one method. A form is a class without fields, laid over its own params (so `this` is the params pointer):
 *
 *     evaluate(i, j, a, b, r, work, out): f64
 *
 * for the local i, its neighbour's local j, their elements a, b and the distance r: returns phi(r) (half of it goes to i)
 * and stores dE/dr, the whole energy's derivative with respect to this distance, at `out` (a slot of the thread's scratch).
 */
import { Frame } from '../frame';
import { addF64, getF64, getI32 } from '../memory';

/** Adds one local's sums; (wxx…wxy) = Σ d ⊗ (dE/dr d/r) over its pairs. */
// @ts-ignore: decorator
@inline
export function addLocal(
  frame: Frame, i: i32, energy: f64, fx: f64, fy: f64, fz: f64,
  wxx: f64, wyy: f64, wzz: f64, wyz: f64, wxz: f64, wxy: f64,
): void {
  addF64(frame.energy, i, energy);
  addF64(frame.force, 4 * i, fx);
  addF64(frame.force, 4 * i + 1, fy);
  addF64(frame.force, 4 * i + 2, fz);
  addF64(frame.virial, 6 * i, -0.5 * wxx);
  addF64(frame.virial, 6 * i + 1, -0.5 * wyy);
  addF64(frame.virial, 6 * i + 2, -0.5 * wzz);
  addF64(frame.virial, 6 * i + 3, -0.5 * wyz);
  addF64(frame.virial, 6 * i + 4, -0.5 * wxz);
  addF64(frame.virial, 6 * i + 5, -0.5 * wxy);
}

/** Sums the form T over the pairs of [begin, end) that are closer than √cutoff2. */
export function sumPairs<T>(
  begin: i32, end: i32, frame: usize, params: usize, work: usize, out: usize, cutoff2: f64,
): void {
  const form = changetype<T>(params);
  const fr = changetype<Frame>(frame);
  const x = fr.x;
  const types = fr.types;
  const neighbors = fr.neighbors;
  const home = fr.home;
  for (let i = begin; i < end; i++) {
    const xi = getF64(x, 4 * i);
    const yi = getF64(x, 4 * i + 1);
    const zi = getF64(x, 4 * i + 2);
    const a = getI32(types, i);
    const last = getI32(fr.first, i + 1);
    let energy = 0.0;
    let fx = 0.0, fy = 0.0, fz = 0.0;
    let wxx = 0.0, wyy = 0.0, wzz = 0.0, wyz = 0.0, wxz = 0.0, wxy = 0.0;
    for (let k = getI32(fr.first, i); k < last; k++) {
      const j = getI32(neighbors, k);
      const dx = getF64(x, 4 * j) - xi;
      const dy = getF64(x, 4 * j + 1) - yi;
      const dz = getF64(x, 4 * j + 2) - zi;
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 >= cutoff2) continue;
      const r = Math.sqrt(r2);
      // @ts-ignore: found when T is known
      energy += form.evaluate(i, getI32(home, j), a, getI32(types, j), r, work, out);
      const g = getF64(out, 0) / r;
      const gx = g * dx, gy = g * dy, gz = g * dz;
      fx += gx;
      fy += gy;
      fz += gz;
      wxx += gx * dx;
      wyy += gy * dy;
      wzz += gz * dz;
      wyz += gy * dz;
      wxz += gx * dz;
      wxy += gx * dy;
    }
    addLocal(fr, i, 0.5 * energy, fx, fy, fz, wxx, wyy, wzz, wyz, wxz, wxy);
  }
}
