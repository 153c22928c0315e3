import { describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { spaceGroup } from '../src/node/space-group.ts';

describe('space groups', () => {
  it.each([
    ['bcc', 229, 'cI2', 1],
    ['fcc', 225, 'cF4', 1],
    ['hcp', 194, 'hP2', 2],
    ['diamond', 227, 'cF8', 2],
  ] as const)('of %s, one cell and many', async (kind, number, pearson, primitive) => {
    const cell = lattice({ kind, a: 3, elements: ['Fe'] });
    for (const atoms of [cell, repeat(cell, [3, 2, 2])]) {
      const found = await spaceGroup(atoms);
      expect([found.number, found.pearson, found.primitive]).toEqual([number, pearson, primitive]);
      expect(new Set(found.orbits).size).toBe(1);
    }
  });

  it('of a vacancy: cubic about the site, atoms in shells', async () => {
    const found = await spaceGroup(
      vacancy(repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [3, 3, 3]), 0),
    );
    expect(found.number).toBe(221);
    expect(found.primitive).toBe(53);
    // 8 at ½⟨111⟩, 6 at ⟨100⟩, 12 at ⟨110⟩, 24 at ½⟨311⟩ in halves of 8 and 24 … equal ones share a number
    expect(new Set(found.orbits).size).toBeLessThan(12);
  });

  it('refuses what is not periodic', async () => {
    const atoms = {
      ...lattice({ kind: 'bcc', a: 3, elements: ['Fe'] }),
      pbc: [true, true, false] as [boolean, boolean, boolean],
    };
    await expect(spaceGroup(atoms)).rejects.toThrow(/periodic/);
  });
});
