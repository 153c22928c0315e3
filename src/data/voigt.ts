/** Index pairs of a symmetric (3,3) tensor in Voigt order: xx yy zz yz xz xy. */
export const voigt = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const;
