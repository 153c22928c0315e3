/**
 * Harmonic references to fixed sites, u_i = x_i − x0_i with x the user's positions in the user's order, not wrapped:
 * Einstein, E_i = ½ k_i |u_i|², and Hessian, E_i = ½ u_i · Σ_j Φ_ij u_j with Φ symmetric.
 * The sites do not follow a strain, so the virial is Σ_i f_i ⊗ x_i, symmetrised.
 *
 * params of Einstein, f64: 0 atoms n   1 zero   then n times: k (eV/Å²), x0, y0, z0
 * params of Hessian, f64:  0 atoms n   1 blocks m   then x0 (3n), start of each row's blocks (n+1), column of each block (m),
 *                          3×3 blocks, row-major (9m, eV/Å²)
 */
import { Frame } from '../frame';
import { addF64, getF64, getI32 } from '../memory';

function addSite(fr: Frame, k: i32, energy: f64, fx: f64, fy: f64, fz: f64): void {
  const i = getI32(fr.order, k);
  const x = getF64(fr.positions, 3 * i);
  const y = getF64(fr.positions, 3 * i + 1);
  const z = getF64(fr.positions, 3 * i + 2);
  addF64(fr.energy, k, energy);
  addF64(fr.force, 4 * k, fx);
  addF64(fr.force, 4 * k + 1, fy);
  addF64(fr.force, 4 * k + 2, fz);
  addF64(fr.virial, 6 * k, fx * x);
  addF64(fr.virial, 6 * k + 1, fy * y);
  addF64(fr.virial, 6 * k + 2, fz * z);
  addF64(fr.virial, 6 * k + 3, 0.5 * (fy * z + fz * y));
  addF64(fr.virial, 6 * k + 4, 0.5 * (fx * z + fz * x));
  addF64(fr.virial, 6 * k + 5, 0.5 * (fx * y + fy * x));
}

export function einsteinForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  for (let k = begin; k < end; k++) {
    const i = getI32(fr.order, k);
    const site = params + ((<usize>(2 + 4 * i)) << 3);
    const stiffness = getF64(site, 0);
    const ux = getF64(fr.positions, 3 * i) - getF64(site, 1);
    const uy = getF64(fr.positions, 3 * i + 1) - getF64(site, 2);
    const uz = getF64(fr.positions, 3 * i + 2) - getF64(site, 3);
    const energy = 0.5 * stiffness * (ux * ux + uy * uy + uz * uz);
    addSite(fr, k, energy, -stiffness * ux, -stiffness * uy, -stiffness * uz);
  }
}

export function hessianForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  const x = fr.positions;
  const n = <i32>getF64(params, 0);
  const m = <i32>getF64(params, 1);
  const sites = params + 16;
  const starts = sites + ((<usize>(3 * n)) << 3);
  const columns = starts + ((<usize>(n + 1)) << 3);
  const blocks = columns + ((<usize>m) << 3);
  for (let k = begin; k < end; k++) {
    const i = getI32(fr.order, k);
    const last = <i32>getF64(starts, i + 1);
    let gx = 0.0, gy = 0.0, gz = 0.0;
    for (let at = <i32>getF64(starts, i); at < last; at++) {
      const j = <i32>getF64(columns, at);
      const block = blocks + ((<usize>(9 * at)) << 3);
      const ux = getF64(x, 3 * j) - getF64(sites, 3 * j);
      const uy = getF64(x, 3 * j + 1) - getF64(sites, 3 * j + 1);
      const uz = getF64(x, 3 * j + 2) - getF64(sites, 3 * j + 2);
      gx += getF64(block, 0) * ux + getF64(block, 1) * uy + getF64(block, 2) * uz;
      gy += getF64(block, 3) * ux + getF64(block, 4) * uy + getF64(block, 5) * uz;
      gz += getF64(block, 6) * ux + getF64(block, 7) * uy + getF64(block, 8) * uz;
    }
    const ux = getF64(x, 3 * i) - getF64(sites, 3 * i);
    const uy = getF64(x, 3 * i + 1) - getF64(sites, 3 * i + 1);
    const uz = getF64(x, 3 * i + 2) - getF64(sites, 3 * i + 2);
    addSite(fr, k, 0.5 * (gx * ux + gy * uy + gz * uz), -gx, -gy, -gz);
  }
}
