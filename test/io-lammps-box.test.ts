/** LAMMPS's frame of a cell, and cells with open directions. */
import { describe, expect, it } from 'vitest';
import { determinant, inverse, multiply } from '../src/data/cell.ts';
import { completeCell, frameOf, restoreCell, unrotate } from '../src/io/lammps-box.ts';
import { refused } from './support/refused.ts';

describe("LAMMPS's frame", () => {
  it('of any cell is lower triangular and the same cell turned', () => {
    const cells = [
      [0, 2, 0, 0, 0, 3, 4, 0, 0],
      [-3, 0, 0, 0, -3, 0, 0, 0, 3],
      [1, 2, 3, -2, 1, 0.5, 0.3, -0.2, 2],
      [3, 0, 0, 0.5, 3, 0, 0, 0.5, 3],
    ];
    for (const cell of cells) {
      const frame = frameOf(cell);
      const { box, rotation } = frame;
      expect([box[1], box[2], box[5]]).toEqual([0, 0, 0]);
      expect(Math.min(box[0], box[4], box[8])).toBeGreaterThan(0);
      expect(determinant(box)).toBeCloseTo(determinant(cell), 10);
      expect(determinant(rotation)).toBeCloseTo(1, 12);
      multiply(box, inverse(rotation)).forEach((x, i) => {
        expect(x).toBeCloseTo(cell[i], 12);
      });
      unrotate(box, frame).forEach((x, i) => {
        expect(x).toBeCloseTo(cell[i], 12);
      });
      // unchanged: the bits that were written; changed: turned back
      const original = Float64Array.from(cell);
      expect(restoreCell(box, original, frame)).toBe(original);
      restoreCell(
        box.map((x) => 2 * x),
        original,
        frame,
      ).forEach((x, i) => {
        expect(x).toBeCloseTo(2 * cell[i], 12);
      });
    }
    expect(frameOf(cells[3]).identity).toBe(true);
    expect(frameOf(cells[0]).identity).toBe(false);
    refused(() => frameOf([3, 0, 0, 0, 3, 0, 0, 0, -3]), /left-handed|right-handed/);
    refused(
      () => frameOf([3, 0, 0, 6, 0, 0, 0, 0, 3]),
      'zero volume: its first and second lattice vectors are parallel',
    );
    refused(() => frameOf([3, 0, 0, 0, 3, 0, 3, 3, 0]), 'zero volume: its three lattice vectors lie in one plane');
  });

  it('names parallel vectors, where the third direction is open too', () => {
    for (const [i, j, cell] of [
      ['first', 'second', [3, 0, 0, 6, 0, 0, 0, 0, 0]],
      ['first', 'third', [1, 2, 3, 0, 0, 0, -2, -4, -6]],
      ['second', 'third', [0, 0, 0, 0, 3, 4, 0, 0.3, 0.4]],
    ] as const)
      refused(() => frameOf(cell), `the ${i} and ${j} lattice vectors are parallel: the cell has zero area`);
  });

  it('makes up directions that are not periodic', () => {
    for (const cell of [
      [0, 0, 0, 0, 3, 0, 0, 0, 3],
      [1, 2, 3, 0, 0, 0, 3, 1, 0],
      [1, 2, 3, 3, 2, 2, 0, 0, 0],
      [5, 1, 1, 0, 0, 0, 0, 0, 0],
      [1, 5, 1, 0, 0, 0, 0, 0, 0],
      [2, 1, 0.5, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0.5, 2, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 2, 1, 3],
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]) {
      const { cell: whole, open } = completeCell(cell);
      const rows = [0, 1, 2].map((k) => [...whole.subarray(3 * k, 3 * k + 3)]);
      const dot = (u: number[], v: number[]) => u.reduce((sum, x, k) => sum + x * v[k], 0);
      open.forEach((isOpen, k) => {
        if (!isOpen) {
          expect(rows[k]).toEqual(cell.slice(3 * k, 3 * k + 3));
          return;
        }
        expect(dot(rows[k], rows[k])).toBeCloseTo(1, 12);
        for (const other of [(k + 1) % 3, (k + 2) % 3]) expect(dot(rows[k], rows[other])).toBeCloseTo(0, 12);
      });
      expect(determinant(whole), cell.join()).toBeGreaterThan(0);
      const frame = frameOf(cell);
      const back = restoreCell(
        frame.box.map((x, i) => (i === 8 ? x + 1 : x)),
        Float64Array.from(cell),
        frame,
      );
      back.forEach((x, i) => {
        if (open[Math.floor(i / 3)]) expect(x).toBe(0);
      });
    }
    refused(() => frameOf([1, 0, 0, 2, 0, 0, 0, 0, 0]), /zero/);
  });
});
