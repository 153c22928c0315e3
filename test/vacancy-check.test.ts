/** What a vacancy campaign is refused for before anything is computed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { checkVacancy } from '../src/campaign/vacancy/check.ts';
import { type VacancyConfig, vacancySchema } from '../src/campaign/vacancy/config.ts';
import { lattice } from '../src/data/lattice.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { readPotentialFile } from '../src/node/load.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

function check(file: object, resources: Record<string, unknown> = {}): string[] {
  const whole = { campaign: 'vacancy', potential: 'Fe-Ackland-2004', element: 'Fe', sizes: [4], temperatures: [300] };
  const config = vacancySchema.parse({ ...whole, ...file }) as VacancyConfig;
  const potential = readPotentialFile(config.potential ?? '', { species: [26, 74] });
  const found: Record<string, unknown> = { potential, ...resources };
  return checkVacancy(config, (name) => found[name], engine);
}

describe('a vacancy campaign', () => {
  it('of four cells has nothing to be said about it', () => {
    expect(check({})).toEqual([]);
    expect(check({ potential: 'W-Wood-2017', element: 'W', timestep: '4 fs' })).toEqual([]);
  });

  it('with cells of less than two cutoffs gets a note', () => {
    expect(check({ sizes: [3, 4] })).toEqual([expect.stringMatching(/^n54: 8\.6 Å across, less than two cutoffs/)]);
  });

  it('with cells of less than a cutoff is refused', () => {
    expect(() => check({ sizes: [3, 1] })).toThrow(/sizes: 1: the cell is 2\.87 Å across.*sizes: \[2\] or more/);
    const bulk = lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] });
    const files = { 'structure-bulk': bulk, 'structure-defect': bulk };
    const pair = { defect: { bulk: 'b.xyz', defect: 'd.xyz' }, element: undefined };
    expect(() => check(pair, files)).toThrow(/the cell is 2\.86 Å across/);
  });

  it('of an element that the potential does not know is refused', () => {
    expect(() => check({ element: 'W' })).toThrow('element W, but Fe-Ackland-2004 knows only Fe');
  });

  it.each([
    [
      'Fe-Ackland-2004',
      'Fe',
      '20 fs',
      /timestep: 20\.0 fs is too long.*takes 1\d\d fs; at most [789](\.\d)? fs, better 2 fs/,
    ],
    ['W-Wood-2017', 'W', '15 fs', /timestep: 15\.0 fs is too long.*takes 1[3-6]\d fs; at most 1\d fs, better 3 fs/],
  ])('of %s with a time step of %s %s is refused with a better one', (potential, element, timestep, message) => {
    expect(() => check({ potential, element, timestep })).toThrow(message);
    expect(check({ potential, element, timestep, methods: ['none'] })).toEqual([]);
  });

  it('of a crystal that does not relax is told so', () => {
    expect(check({ a: '3.4 A' })).toEqual([]);
    const wrong = { potential: 'zbl inner=4A outer=4.8A', element: 'W' };
    expect(check(wrong)).toEqual([expect.stringMatching(/n128: /)]);
    // a Lennard-Jones of −ε has no bottom
    const potential = readPotentialFile('lj epsilon=0.4eV sigma=2.3A cutoff=6A', { species: [26] });
    const bottomless = { ...potential, params: potential.params.map((p, k) => (k === 0 ? -p : p)) };
    const notes = check({}, { potential: bottomless });
    expect(notes.length).toBeGreaterThan(0);
  });
});
