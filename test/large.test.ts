import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { displace } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { writeStructureFile } from '../src/node/load.ts';
import { program, scratch } from './support/cli.ts';

it('a file of a million atoms loads, evaluates (EAM) and is written in under 4 GB', () => {
  const folder = scratch();
  const path = join(folder, 'big.xyz');
  const cell = lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] });
  const small = displace(repeat(cell, [4, 4, 4]), { sigma: 0.05 }, 1n);
  writeStructureFile(path, [repeat(small, [20, 20, 20])]);
  const peak = 'data:text/javascript,process.on("exit",()=>console.error("peak",process.resourceUsage().maxRSS))';
  const args = ['--import', peak, program, 'energy', path, '-p', 'Fe-Ackland-2004', '--out', join(folder, 'out.xyz')];
  const script = `"${process.execPath}" ${args.map((arg) => `'${arg}'`).join(' ')} 2>&1`;
  const output = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  const kilobytes = Number(/peak (\d+)/.exec(output)?.[1]);
  const energy = Number(/E (\S+) eV/.exec(output)?.[1]);
  expect(kilobytes).toBeGreaterThan(1e5);
  expect(kilobytes).toBeLessThan(4e6);
  expect(statSync(join(folder, 'out.xyz')).size).toBeGreaterThan(1e8);
  // 8,000 copies of a cell that is evaluated by itself: same energy per cell, to the nine printed digits.
  writeStructureFile(join(folder, 'small.xyz'), [small]);
  const one = execFileSync(
    process.execPath,
    [program, 'energy', join(folder, 'small.xyz'), '-p', 'Fe-Ackland-2004', '--json'],
    { encoding: 'utf8' },
  );
  expect(energy / 8000).toBeCloseTo(JSON.parse(one).frames[0].energy, 9);
});
