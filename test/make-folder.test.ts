/** Folders are made with their parents, by several at once, and where that is impossible the system's reason is heard. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../src/node/make-folder.ts';
import { scratch } from './support/cli.ts';

it('makes what is missing, and nothing where it is there', () => {
  const folder = join(scratch(), 'a', 'b', 'c');
  makeFolder(folder);
  makeFolder(folder);
  makeFolder(`${folder}/../d/`);
  expect(statSync(folder).isDirectory()).toBe(true);
  expect(statSync(join(folder, '..', 'd')).isDirectory()).toBe(true);
});

it('says that a file is in the way', () => {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow(/EEXIST/);
  expect(() => makeFolder(join(file, 'a', 'b'))).toThrow(/ENOTDIR/);
});

// Node's recursive mkdir runs for ever there
it.skipIf(!existsSync('/proc/self'))('comes back where no folder can be made', () => {
  expect(() => makeFolder('/proc/frenkel/a/b')).toThrow(/ENOENT/);
});
