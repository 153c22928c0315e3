/** Names inside files lead nowhere but beside the file, or into the folder of the run. */
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../src/campaign/config.ts';
import { campaignFolder } from '../src/cli/campaign-target.ts';
import { fitSchema } from '../src/fit/config.ts';
import { parseSnapCompanion } from '../src/io/snap.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import { openStore } from '../src/node/campaign-store.ts';
import { openAppend, readText, writeAtomic } from '../src/node/files.ts';
import { openRun } from '../src/node/run-folder.ts';
import { type Served, serve } from '../src/node/serve.ts';
import { viewFolder } from '../src/node/view.ts';
import { scratch } from './support/cli.ts';
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
  // overlong, right to left, other dots and slashes
  ...[
    `${'../'.repeat(2000)}etc/passwd`,
    `../${'x'.repeat(5000)}`,
    '\u202e../x',
    '\u2024\u2024/x',
    '..\u2215x',
    '..\u29f5x/',
  ],
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
  });
});

const SECRET = 'CANARY of another folder';

/** A folder of results full of links that lead out of it, and the secret that they lead to. */
function linked(): { folder: string; outside: string } {
  const outside = scratch();
  const folder = scratch();
  for (const name of ['secret.xyz', 'run.json', 'start.xyz', 'a.csv'])
    writeFileSync(
      join(outside, name),
      name === 'run.json' ? JSON.stringify({ command: SECRET }) : `1\n${SECRET}\nFe 0 0 0\n`,
    );
  writeFileSync(join(folder, 'final.xyz'), '1\n\nFe 0 0 0\n');
  const link = (to: string, name: string) => symlinkSync(join(outside, to), join(folder, name));
  link('secret.xyz', 'trajectory.xyz');
  link('run.json', 'run.json');
  link('start.xyz', 'start.xyz');
  link('.', 'report');
  return { folder, outside };
}

describe('addresses of frenkel view and serve', () => {
  const page = scratch();
  writeFileSync(join(page, 'index.html'), 'page');
  const { folder, outside } = linked();
  let served: Served;
  beforeAll(async () => {
    served = await serve({ port: 0, folder: page, view: viewFolder(folder) });
  });
  afterAll(() => served.close());

  /** The raw answer: clients tidy addresses up. */
  const ask = (path: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
      let text = '';
      socket.on('data', (piece) => {
        text += piece;
      });
      socket.on('close', () => resolve(text)).on('error', () => resolve(text));
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`, 'latin1');
    });

  const up = '../'.repeat(12);
  const target = join(outside, 'secret.xyz');
  const ways = [
    ...[`${up}${target}`, `/${target}`, target, `${up.replaceAll('/', '\\')}${target}`, `....//....//${target}`],
    ...[
      `files/${up}${target}`,
      `files/../${target}`,
      `files//${target}`,
      `files/./../../${target}`,
      'files/../run.json',
    ],
    ...[
      'files/trajectory.xyz',
      'files/report/secret.xyz',
      'files/report/../trajectory.xyz',
      'files/start.xyz',
      'files/run.json',
    ],
    ...['files/checkpoint.xyz', 'files/report', 'files/', 'files/final.xyz/../trajectory.xyz', 'files/final.xyz\0.xyz'],
    ...[
      `file://${target}`,
      `files/${'a/'.repeat(3000)}`,
      `files/${target}%00.xyz`,
      'files/\u202etrajectory.xyz',
      'files/.',
      'files/..',
    ],
    'run.json',
  ];
  const encodings: ((path: string) => string)[] = [
    (path) => path.replace(/[^\x21-\x7e]/g, (c) => encodeURIComponent(c)),
    (path) => encodeURIComponent(path),
    (path) => encodeURIComponent(encodeURIComponent(path)),
    (path) => path.replaceAll('.', '%2e').replaceAll('/', '%2F'),
    (path) => path.replaceAll('.', '%c0%ae').replaceAll('/', '%c0%af'),
    (path) => path.replaceAll('/', '%5c'),
  ];

  it('show nothing of other folders, however they are written', async () => {
    for (const way of ways)
      for (const encode of encodings)
        for (const root of ['/data/', '/', '/data/files/', '//data/']) {
          const path = `${root}${encode(way)}`.replace(/[^\x21-\x7e]/g, '%20');
          const text = await ask(path);
          tally.tried++;
          const shown = text.includes(SECRET);
          if (shown) tally.followed++;
          expect(shown, path).toBe(false);
        }
    expect(await ask('/data/files/final.xyz')).toContain('Fe 0 0 0');
  });

  it('hold no names that run.json has thought of', async () => {
    const own = scratch();
    writeFileSync(join(own, 'final.xyz'), '1\n\nFe 0 0 0\n');
    for (const name of names) {
      const record = {
        command: name,
        key: name,
        input: { options: { trajectory: name } },
        result: { file: target },
        trajectory: name,
      };
      writeFileSync(join(own, 'run.json'), JSON.stringify(record));
      attempt(
        name,
        () => void viewFolder(own)('run.json'),
        () =>
          JSON.parse(String(viewFolder(own)('run.json').body)).files.some(
            (file: { name: string }) => !['final.xyz', 'run.json'].includes(file.name),
          ),
      );
    }
  });
});

describe('links', () => {
  it('in the place of outputs are not written through', () => {
    const { folder, outside } = linked();
    const before = readFileSync(join(outside, 'secret.xyz'), 'utf8');
    for (const name of ['trajectory.xyz', 'log.thermo', 'events.jsonl']) {
      if (name !== 'trajectory.xyz') symlinkSync(join(outside, 'secret.xyz'), join(folder, name));
      attempt(
        name,
        () => {
          const file = openAppend(join(folder, name));
          file.append('x');
          file.close();
        },
        () => readFileSync(join(outside, 'secret.xyz'), 'utf8') !== before,
      );
      expect(() => openAppend(join(folder, name))).toThrow(/too many symbolic links|is a link/);
      attempt(
        name,
        () => writeAtomic(join(folder, name), 'x'),
        () => readFileSync(join(outside, 'secret.xyz'), 'utf8') !== before,
      );
    }
  });

  it('and names inside of compressed files lead nowhere', () => {
    const folder = scratch();
    const packed = gzipSync('1\n\nFe 0 0 0\n');
    for (const name of names.filter((one) => !one.includes('\0')).slice(0, 40)) {
      // the header may name the file that was packed
      const header = Buffer.concat([
        packed.subarray(0, 3),
        Buffer.of(8),
        packed.subarray(4, 10),
        Buffer.from(`${name}\0`),
      ]);
      writeFileSync(join(folder, 'a.xyz.gz'), Buffer.concat([header, packed.subarray(10)]));
      attempt(
        name,
        () => expect(readText(join(folder, 'a.xyz.gz'))).toContain('Fe'),
        () => readdirSync(folder).join() !== 'a.xyz.gz',
      );
    }
  });

  it("a campaign's own name does not lead out of runs/", () => {
    for (const name of names) {
      let found = '';
      attempt(
        name,
        () => {
          found = campaignFolder(`${name}.yaml`);
        },
        () => found !== '' && (!inside('runs', found) || resolve(found) === resolve('runs')),
      );
    }
  });

  it('all of them were tried', () => {
    record(
      'R17.names',
      `${tally.followed} of ${tally.tried}, ${names.length} ways of writing them`,
      tally.followed === 0,
    );
    expect(new Set(names).size).toBeGreaterThanOrEqual(40);
  });
});
