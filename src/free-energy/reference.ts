/**
 * What a free energy is measured from: a potential whose classical free energy is known. The centre of mass moves in
 * neither the reference nor the target: both have the same modes, 3N − 3 where nothing holds the atoms.
 */

export interface Reference {
  readonly kind: 'harmonic' | 'einstein' | 'potential';
  /** (n,3) Å, the sites; u = x − x0, less its centre-of-mass shift. */
  readonly x0: Float64Array;
  /** Modes that count in freeEnergy and in sample. */
  readonly modes: number;
  /** U_ref at x, eV, with U0; writes −∂U_ref/∂x, eV/Å, into f. */
  evaluate(x: ArrayLike<number>, f: Float64Array): number;
  /**
   * Classical free energy at T, K, of all modes, in eV, with U0: U0 + k_B T Σ ln(ħω/k_B T). Of another potential: the
   * result that it was given. Throws InputError where there is none for this temperature.
   */
  freeEnergy(temperature: number): number;
  /** eV, one standard error of freeEnergy: 0 where it is exact. */
  freeEnergyError(temperature: number): number;
  /**
   * An exact draw, (n,3) positions in out, from exp(−U_ref/k_B T) with the centre of mass where it is in x0; number
   * `index` of stream 'reference'. Undefined where only dynamics can sample the reference.
   */
  readonly sample?: (seed: bigint, index: number, temperature: number, out: Float64Array) => void;
  /** Variance of the displacement of an atom along a unit vector, Å² per eV of k_B T. Undefined as `sample` is. */
  readonly variance?: (atom: number, direction: ArrayLike<number>) => number;
  /** What a checkpoint must hold of it for the same bits (another potential has a neighbour list); else undefined. */
  save?(): unknown;
  restore?(saved: unknown): void;
}
