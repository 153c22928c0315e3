/** A campaign's defect that relaxes into something else: its job fails and says so; what stays itself goes on, however it is named. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { TaskContext } from '../src/campaign/job.ts';
import { type CellSpec, fileResource } from '../src/campaign/vacancy/cells.ts';
import { type HarmonicInput, harmonicTask } from '../src/campaign/vacancy/harmonic-task.ts';
import type { Atoms, Json } from '../src/data/atoms.ts';
import { interstitial, vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';

const a = 2.85531275;
const iron: CellSpec = { crystal: 'bcc', element: 'Fe', a, defect: 'vacancy', repeat: 4 };
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

/** The first slice of a job: the atoms relaxed. */
function relax(cell: CellSpec, resources: Record<string, unknown> = {}) {
  const mark = engine.mark();
  const input: HarmonicInput = { cell, which: 'defect', potential: 'potential', scale: 1.002, quantum: false };
  const known = new Map<string, unknown>(Object.entries({ potential: loadEmbedded('Fe-Ackland-2004'), ...resources }));
  const none = () => {
    throw new Error('not needed');
  };
  const context: TaskContext = {
    engine,
    input: input as unknown as Json,
    results: new Map(),
    arrays: none,
    records: none,
    resource: (name) => known.get(name),
  };
  try {
    return harmonicTask.start(context).advance();
  } finally {
    engine.release(mark);
  }
}

describe('a defect that relaxes', () => {
  it.each<[string, CellSpec['defect']]>([
    ['a vacancy', 'vacancy'],
    [
      'a divacancy',
      {
        vacancies: [
          [0, 0, 0],
          [0.5, 0.5, 0.5],
        ],
      },
    ],
    ['a dumbbell', { dumbbell: [1, 1, 0] }],
    ['a dumbbell along no family, which turns a little', { dumbbell: [5, 4, 0] }],
  ])('and stays itself goes on: %s', (_, defect) => {
    expect(relax({ ...iron, defect })).toBe(true);
  });

  it('into something else fails', () => {
    const bulk = repeat(lattice({ kind: 'bcc', a, elements: ['Fe'] }), [4, 4, 4]);
    const files = (defect: Atoms, shift = 0) => ({
      [fileResource('bulk')]: bulk,
      [fileResource('defect')]: { ...defect, positions: defect.positions.map((x) => x + shift) },
    });
    const cell: CellSpec = { ...iron, defect: { bulk: 'bulk.xyz', defect: 'defect.xyz' } };
    // an atom beside the vacancy that it came from
    const pair = interstitial(vacancy(bulk, 0), 26, [0.8, 0.8, 0.6]);
    expect(() => relax(cell, files(pair))).toThrow(
      /^the defect recombined: no defect is left when its atoms relaxed: this would be the free energy of something else/,
    );
    // also where the file has another origin; a plain vacancy there is one
    expect(() => relax(cell, files(pair, 0.4))).toThrow('the defect recombined');
    expect(relax(cell, files(vacancy(bulk, 5), 0.4))).toBe(true);
    // a split ⟨111⟩ dumbbell off its axis falls into ⟨110⟩
    const off = { ...iron, defect: { dumbbell: [1, 1, 0.45] as [number, number, number] } };
    expect(() => relax(off)).toThrow(/^the defect became ⟨110⟩ dumbbell at \(/);
  });
});
