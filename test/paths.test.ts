/** Names inside files lead nowhere but beside the file, or into the folder of the run. */
import { join, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/campaign/config.ts';
import { fitSchema } from '../src/fit/config.ts';
import { parseSnapCompanion } from '../src/io/snap.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import { openStore } from '../src/node/campaign-store.ts';
import { openRun } from '../src/node/run-folder.ts';
import { memoryDisk } from './support/memory-disk.ts';
import { record } from './support/trust/record.ts';

const up = [1, 2, 3, 8].map((n) => '../'.repeat(n));
const names = [
  ...up.map((path) => `${path}etc/passwd`),
  ...up.map((path) => `a/${path}etc/passwd`),
  ...[
    '/etc/passwd',
    '//etc/passwd',
    '/',
    '.',
    '..',
    './..',
    'a/..',
    '...//..',
    '~/.ssh/id_rsa',
    './../x',
    'a/./../../x',
  ],
  ...[
    '..\\..\\x',
    'C:\\Windows\\x',
    'C:x',
    '\\\\host\\share\\x',
    'a\\..\\..\\x',
    '\\x',
    'x:stream',
    'file:///etc/passwd',
  ],
  ...['a\0b', '../x\0.snapcoeff', '\0', 'a\nb', 'a\rb', '\u001b[2J', '\t..', 'x\u0007'],
  ...[
    '%2e%2e%2fx',
    '..%2fx',
    '.\u200b./x',
    '\u2025/x',
    '．．/x',
    '..／x/../y',
    '/proc/self/environ',
    '/dev/zero',
    'https://a/x',
  ],
  ...['$(reboot)/x', '`id`/x', '|id/', '-rf/'],
];

const inside = (folder: string, path: string) =>
  resolve(path) === resolve(folder) || resolve(path).startsWith(resolve(folder) + sep);
const tally = { tried: 0, followed: 0 };

function attempt(name: string, act: () => unknown, leadsElsewhere: () => boolean): void {
  tally.tried++;
  try {
    act();
  } catch (error) {
    expect(error, name).toBeInstanceOf(Error);
  }
  const elsewhere = leadsElsewhere();
  if (elsewhere) tally.followed++;
  expect(elsewhere, JSON.stringify(name)).toBe(false);
}

describe(`${names.length} names that lead elsewhere`, () => {
  it('in a .snap: no file but those beside it is read', () => {
    for (const name of names) {
      const asked: string[] = [];
      attempt(
        name,
        () =>
          parseSnapCompanion(`pair_style snap\npair_coeff * * ${name} W.snapparam W\n`, (file) => {
            asked.push(file);
            throw new Error('not here');
          }),
        () => asked.some((file) => join('/p', file) !== `/p/${file}` || /[/\\:]/.test(file)),
      );
    }
  });

  it('of outputs: nothing is written outside of the run', () => {
    const disk = memoryDisk();
    const run = openRun({ out: '/r', command: 'md', input: {}, versions: {}, kernelHash: 'k', disk });
    for (const name of names)
      attempt(
        name,
        () => run.write(name, 'x'),
        () => [...disk.files().keys()].some((path) => !inside('/r', path)),
      );
    run.close();
  });

  it('of jobs and resources of a campaign', () => {
    for (const name of names) {
      const disk = memoryDisk();
      const campaign = { kind: 'count', config: {}, resources: {}, source: '' };
      const begun = createCampaign('/c', campaign as never, { disk, kernelHash: 'k' });
      const elsewhere = () =>
        [...disk.files().keys()].some(
          (path) => !inside('/c', path) || (path.includes('/jobs/') && !/^\/c\/jobs\/[^/]+\/job\.json$/.test(path)),
        );
      attempt(
        name,
        () => openStore('/c', begun, { disk }).addJob({ id: name, task: 't', input: null, needs: [] } as never),
        elsewhere,
      );
      attempt(
        name,
        () => createCampaign('/d', { ...campaign, resources: { [name]: 1 } } as never, { disk, kernelHash: 'k' }),
        () => disk.stat('/d/campaign.json') !== undefined,
      );
    }
  });

  it('of the potential in fit.yaml', () => {
    for (const name of names) {
      let found: string | undefined;
      const text = `data: a.xyz\ndescriptor: snap rcut=4.7A twojmax=6\nname: ${JSON.stringify(name)}\n`;
      attempt(
        name,
        () => {
          found = parseConfig(text, 'fit.yaml', fitSchema).name;
        },
        () => found !== undefined && !inside('/o', join('/o', `${found}.snapcoeff`)),
      );
    }
    record('R17.names', `${tally.followed} of ${tally.tried}`, tally.followed === 0);
  });
});
