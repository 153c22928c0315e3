/**
 * DYNAMO funcfl files (LAMMPS's pair style eam), one element each: F(rho), the effective charge Z(r), rho(r). The pair
 * function is z_ij = 27.2·0.529·Z_i Z_j. As LAMMPS does, all files, and a single one too, are first brought to one grid
 * by four-point Lagrange interpolation, which drops the last knot of a single file.
 */
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { eamPotential, positive, readGrid } from './eam-tables.ts';
import { LineReader } from './lines.ts';

export interface FuncflFile {
  text: string;
  /** Named in errors and in the reference. */
  file?: string;
}

interface Funcfl {
  comment: string;
  element: number;
  mass: number;
  drho: number;
  dr: number;
  cutoff: number;
  embedding: Float64Array;
  charge: Float64Array;
  density: Float64Array;
}

/** Rounded Hartree (eV) times rounded Bohr radius (Å): the constants of the format. */
const COULOMB = 27.2 * 0.529;

function readFuncfl({ text, file }: FuncflFile): Funcfl {
  const lines = new LineReader(text, { file, fortran: true });
  const comment = lines.need('a comment line').whole().trim();
  lines.need('the atomic number and mass');
  const element = lines.integer('the atomic number', 1, 118);
  const mass = positive(lines, 'the mass, amu');
  const { nrho, drho, nr, dr, cutoff } = readGrid(lines);
  lines.checkCount(nrho + 2 * nr, 2, 'table values');
  const embedding = lines.numbers(nrho, 'embedding function');
  const charge = lines.numbers(nr, 'effective charge');
  const density = lines.numbers(nr, 'density');
  if (lines.hasToken() || (lines.nextFilled() && /^[-+.\d]/.test(lines.word('the end')))) {
    throw lines.error('expected the end of the file after the density, found more numbers: is a count wrong?');
  }
  return { comment, element, mass, drho, dr, cutoff, embedding, charge, density };
}

/** Largest spacing, and how many knots of it the longest table has by LAMMPS's count. */
function commonGrid(spacings: number[], lengths: number[]): { step: number; knots: number; end: number } {
  const step = Math.max(...spacings);
  const end = Math.max(...spacings.map((spacing, k) => (lengths[k] - 1) * spacing));
  return { step, knots: Math.floor(end / step + 0.5), end };
}

/** `table` at the knots 0, step, 2 step …: the cubic through the four knots around each, the outermost four beyond. */
function regrid(table: Float64Array, spacing: number, step: number, knots: number): Float64Array {
  const out = new Float64Array(knots);
  for (let m = 0; m < knots; m++) {
    const t = (m * step) / spacing + 1;
    const k = Math.max(Math.min(Math.floor(t), table.length - 2), 2);
    const p = Math.min(t - k, 2);
    out[m] =
      (-p * (p - 1) * (p - 2) * table[k - 2]) / 6 +
      ((p * p - 1) * (p - 2) * table[k - 1]) / 2 -
      (p * (p + 1) * (p - 2) * table[k]) / 2 +
      (p * (p * p - 1) * table[k + 1]) / 6;
  }
  return out;
}

/** One potential from funcfl files of different elements, in their order. Throws InputError. */
export function parseFuncfl(files: FuncflFile[], name?: string): Potential {
  const parts = files.map(readFuncfl);
  const species = parts.map((part) => part.element);
  parts.forEach((part, k) => {
    if (species.indexOf(part.element) === k) return;
    throw new InputError(`a second file for ${symbolOf(part.element)}; each element needs one`, {
      file: files[k].file,
    });
  });
  const r = commonGrid(
    parts.map((part) => part.dr),
    parts.map((part) => part.charge.length),
  );
  const rho = commonGrid(
    parts.map((part) => part.drho),
    parts.map((part) => part.embedding.length),
  );
  checkGrids(parts, r.step, rho.step, files);
  const charges = parts.map((part) => regrid(part.charge, part.dr, r.step, r.knots));
  const densities = parts.map((part) => regrid(part.density, part.dr, r.step, r.knots));
  const z = charges.map((a) => charges.map((b) => a.map((value, m) => COULOMB * value * b[m])));
  const label = name ?? files.map((file) => file.file ?? 'funcfl').join(' ');
  return eamPotential(
    {
      species,
      masses: parts.map((part) => part.mass),
      cutoff: Math.max(...parts.map((part) => part.cutoff)),
      dr: r.step,
      drho: rho.step,
      rhoMax: rho.end,
      embedding: parts.map((part) => regrid(part.embedding, part.drho, rho.step, rho.knots)),
      density: parts.map(() => densities),
      z,
    },
    { reference: parts.map((part) => part.comment).join('; ') || label, name: label },
    { file: files[0]?.file },
  );
}

/** A table that is shorter than four steps of the coarsest grid would be lost in it. */
function checkGrids(parts: Funcfl[], r: number, rho: number, files: FuncflFile[]): void {
  parts.forEach(({ charge, embedding, dr, drho }, k) => {
    if ((charge.length - 1) * dr >= 4 * r && (embedding.length - 1) * drho >= 4 * rho) return;
    throw new InputError(
      `this file's tables end within four steps of the coarsest grid (dr ${r} Å, drho ${rho}), which all files share`,
      { file: files[k].file },
    );
  });
}
