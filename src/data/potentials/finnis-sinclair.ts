/** Analytic Finnis–Sinclair potentials; params as in assembly/potentials/finnis-sinclair.ts. */
import { InputError } from '../errors.ts';
import type { Potential } from '../potential.ts';

/**
 * E_i = ½ Σ V(r) − A √rho, rho = Σ (r−d)² + (beta/d)(r−d)³ for r < d, V = (r−c)²(c0 + c1 r + c2 r²) for r < c, plus the
 * core B (b0−r)³ exp(−alpha r) for r < b0. Lengths Å, energies eV.
 */
export interface FinnisSinclairNumbers {
  element: number;
  A: number;
  d: number;
  beta: number;
  c: number;
  /** c0, c1, c2. */
  polynomial: [number, number, number];
  core?: { B: number; alpha: number; b0: number };
  reference: string;
  name?: string;
}

/** Throws InputError when a radius is not positive or the core reaches beyond the cutoff. */
export function finnisSinclairPotential(numbers: FinnisSinclairNumbers): Potential {
  const { element, A, d, beta, c, polynomial, core, reference, name } = numbers;
  const cutoff = Math.max(c, d);
  if (!(c > 0 && d > 0 && cutoff < 1e6)) {
    throw new InputError(`finnis-sinclair: the radii c and d must be positive, found ${c} Å and ${d} Å`);
  }
  if (core !== undefined && !(core.b0 > 0 && core.b0 <= cutoff)) {
    throw new InputError(
      `finnis-sinclair: the core's radius b0 must lie between 0 and ${cutoff} Å, found ${core.b0} Å`,
    );
  }
  const tail = core === undefined ? [0, 0, 0] : [core.B, core.alpha, core.b0];
  const params = Float64Array.of(cutoff * cutoff, A, d, beta / d, c, ...polynomial, ...tail);
  if (!params.every(Number.isFinite)) throw new InputError('finnis-sinclair: every parameter must be a finite number');
  return { kernel: 'finnis-sinclair', cutoff, species: [element], params, reference, name };
}

/** Fe of M. W. Finnis and J. E. Sinclair, with the erratum's numbers. */
export function finnisSinclairIron(): Potential {
  return finnisSinclairPotential({
    element: 26,
    A: 1.828905,
    d: 3.569745,
    beta: 1.8,
    c: 3.4,
    polynomial: [1.2371147, -0.3592185, -0.0385607],
    reference:
      'M. W. Finnis, J. E. Sinclair, Philos. Mag. A 50, 45 (1984), doi:10.1080/01418618408244210; erratum 53, 161 (1986)',
    name: 'Fe-FS-1984',
  });
}

/** W of G. J. Ackland and R. Thetford: a Finnis–Sinclair potential with a short-range core. */
export function acklandThetfordTungsten(): Potential {
  return finnisSinclairPotential({
    element: 74,
    A: 1.896373,
    d: 4.400224,
    beta: 0,
    c: 3.25,
    polynomial: [47.1346499, -33.7665655, 6.2541999],
    core: { B: 90.3, alpha: 1.2, b0: 2.7411 },
    reference: 'G. J. Ackland, R. Thetford, Philos. Mag. A 56, 15 (1987), doi:10.1080/01418618708204464',
    name: 'W-AT-1987',
  });
}
