/** The program needs no `__proto__`: Node can be told to throw where anybody uses it. */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { program, scratch } from './support/cli.ts';
import { record } from './support/trust/record.ts';

const commands = [
  'build bcc --element Fe -a 2.8553A --repeat 3 --defect vacancy -o v.xyz',
  'build bcc --element Fe -a 2.8553A --repeat 2 -o p.xyz',
  'relax v.xyz -p Fe-Ackland-2004',
  'md v.xyz -p Fe-Ackland-2004 --ensemble langevin --temperature 300K --steps 20',
  'phonons p.xyz -p Fe-Ackland-2004',
  'verify -p Fe-FS-1984 --json',
  'campaign run c.yaml --workers 1',
];

it('every kind of command runs with --disable-proto=throw', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'c.yaml'), 'campaign: count\njobs: 2\nslices: 2\nnumbers: 10\n');
  const failed: string[] = [];
  for (const command of commands)
    await promisify(execFile)(process.execPath, ['--disable-proto=throw', program, ...command.split(' ')], {
      cwd,
    }).catch(({ stderr }) => failed.push(`${command}: ${stderr}`));
  rmSync(cwd, { recursive: true });
  record('R18.proto', `${commands.length - failed.length} of ${commands.length} commands`, failed.length === 0);
  expect(failed).toEqual([]);
});
