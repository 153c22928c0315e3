import { describe, expect, it } from 'vitest';
import { siteTracker } from '../src/analysis/site-tracker.ts';
import { wignerSeitz } from '../src/analysis/wigner-seitz.ts';
import type { Atoms } from '../src/data/atoms.ts';
import { placeDefect } from '../src/data/defect-shape.ts';
import { lattice } from '../src/data/lattice.ts';
import { defectShape } from '../src/data/point-defects.ts';
import { gauss } from '../src/data/rng.ts';
import { repeat } from '../src/data/supercell.ts';

const perfect = repeat(lattice({ kind: 'bcc', a: 2.87, elements: ['Fe'] }), [6, 6, 6]);

/** Atoms that wander, drift together, and cross the faces of a cell that grows. */
function wandering(defect: string): (step: number) => Atoms {
  const atoms = placeDefect(perfect, defectShape(defect, 'bcc'), { site: 7, a: 2.87 });
  const x = atoms.positions.slice();
  return (step) => {
    for (let k = 0; k < x.length; k++) x[k] += 0.12 * gauss(5n, 'velocities', step, k) + 0.004 * ((k % 3) - 1);
    const strain = 1 + 0.002 * step;
    const edge = atoms.cell[0] * strain;
    // some are wrapped, some are not
    const positions = x.map((value, k) =>
      k % 2 === 0 ? strain * value - edge * Math.floor((strain * value) / edge) : strain * value,
    );
    return { ...atoms, positions, cell: atoms.cell.map((value) => value * strain) };
  };
}

describe('sites of atoms that are looked at again and again', () => {
  for (const defect of ['vacancy', 'dumbbell-110'])
    it(`${defect}: are those of the Wigner–Seitz analysis, while atoms change places`, () => {
      const next = wandering(defect);
      const track = siteTracker(perfect);
      const seen = new Set<string>();
      let clear = 0;
      for (let step = 0; step < 25; step++) {
        const atoms = next(step);
        const { vacancies, crowded, lookedUp } = track(atoms);
        const whole = wignerSeitz(atoms, perfect, { align: true });
        // where an atom is as near to two sites, both may be right
        const unlike = (one: number[], two: number[]) => one.filter((k) => !two.includes(k)).length;
        const shared = whole.crowded.flatMap((one) => one.atoms);
        expect(unlike(vacancies, whole.vacancies)).toBeLessThanOrEqual(whole.ambiguous.length);
        expect(unlike(whole.vacancies, vacancies)).toBeLessThanOrEqual(whole.ambiguous.length);
        expect(unlike(crowded, shared)).toBeLessThanOrEqual(2 * whole.ambiguous.length);
        if (whole.ambiguous.length === 0) clear++;
        if (step > 0 && step < 12) expect(lookedUp).toBeLessThan(0.1 * atoms.numbers.length);
        seen.add(vacancies.join());
      }
      // they did change places, and often there was no doubt
      expect(clear).toBeGreaterThan(5);
      expect(seen.size).toBeGreaterThan(3);
    });

  it('follow a crystal that drifts by more than a distance', () => {
    const atoms = placeDefect(perfect, defectShape('vacancy', 'bcc'), { site: 7, a: 2.87 });
    const track = siteTracker(perfect);
    for (let step = 0; step < 40; step++) {
      const positions = atoms.positions.map((x, k) => x + 0.1 * step * ((k % 3) - 1));
      expect(track({ ...atoms, positions })).toMatchObject({ vacancies: [7], crowded: [] });
    }
  });
});
