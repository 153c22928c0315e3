/** All that a minimizer or an integrator knows: coordinates, minus the gradient, and how to refresh them. */

export interface Objective {
  /** Coordinates; methods write them in place. */
  readonly x: Float64Array;
  /** −∂E/∂x at the last evaluate(), same length. */
  readonly f: Float64Array;
  /** False where f is the gradient of no energy (a band of images, a dimer): line searches then go by f alone. */
  readonly conservative?: boolean;
  /** Refreshes `f` for the present `x` and returns the energy, eV. Throws PhysicsError when it is not finite. */
  evaluate(): number;
  /**
   * Where the objective can do them beside its forces: half a kick v += ½dt·m·f, a drift x += dt·v, evaluate(), half a kick,
   * with the bits of src/methods/motion.ts. Both arrays have the length of x. Returns the energy.
   */
  move?(velocities: Float64Array, mobility: Float64Array, timestep: number): number;
}

/** An objective in a cell: x holds (n,3) Cartesian positions, Å. */
export interface CellObjective extends Objective {
  /** (3,3) rows, Å, the present cell. Read only: change it through setCell. */
  readonly cell: Float64Array;
  /** xx yy zz yz xz xy, eV: −∂E/∂ε at the last evaluate(). */
  readonly virial: Float64Array;
  /** Replaces the cell and leaves x alone; the next evaluate() uses it. */
  setCell(cell: ArrayLike<number>): void;
}
