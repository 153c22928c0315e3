/** Potentials over descriptors through the commands: files, run folders, verify. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { descriptorPotential } from '../src/data/potentials/descriptor.ts';
import { parseDescriptor } from '../src/io/descriptor.ts';
import { formatNative } from '../src/io/native.ts';
import { frenkel, json } from './support/commands.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-descriptors-'));
const at = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

describe('a potential over a hybrid, as JSON', () => {
  beforeAll(async () => {
    const text = 'g2(rcut=5.3A grid=explicit etas=0.6,2 shifts=1.8,2.6 weights=Fe:1) + bso4(rcut=4.7A jmax=0.5)';
    const elements = [{ number: 26, mass: 55.845, coefficients: [0, 0.9, -0.5, 0.7, -1.1, 1e-4, -2e-4] }];
    writeFileSync(at('pot.json'), formatNative(descriptorPotential({ descriptor: parseDescriptor(text), elements })));
    await frenkel(...'build bcc -e Fe -a 2.9 --repeat 2 --displace 0.05 --seed 3 -o'.split(' '), at('fe.xyz'));
  });
  const options = () => ['-p', at('pot.json'), '--threads', '1'];

  it('relaxes and moves, and its run folders are continued', async () => {
    const relaxed = await json<{ fmax: number }>('relax', at('fe.xyz'), ...options(), '--out', at('relax'));
    expect(relaxed.fmax).toBeLessThan(1e-3);
    const md = ['md', at('fe.xyz'), ...options(), '--ensemble', 'nve', '--temperature', '300 K', '--out', at('md')];
    const { code, err } = await frenkel(...md, '--steps', '20', '--timestep', '1 fs');
    expect([code, err]).toEqual([0, expect.not.stringContaining('bug')]);
    const again = await frenkel(...md, '--steps', '20', '--timestep', '1 fs');
    expect(again.code).toBe(0);
  });

  it('passes verify', async () => {
    const { code, out } = await frenkel('verify', '-p', at('pot.json'));
    expect(code, out).toBe(0);
  });
});
