/** Campaigns on a real Slurm of this machine: an array of workers, nodes that fail, time limits. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slurmScript } from '../src/cli/campaign-submit.ts';
import { frenkel, program, scratch } from './support/cli.ts';
import { type Slurm, slurmMissing, startSlurm } from './support/slurm.ts';

const script = {
  name: 'frenkel-a b',
  folder: "/data/it's here",
  tasks: 20,
  workers: 2,
  warning: 120,
  sbatch: [],
  setup: [],
  frenkel: 'npx frenkel',
};

describe('the batch script', () => {
  it('passes on what it was given', () => {
    const text = slurmScript({
      ...script,
      throttle: 4,
      time: '12:00:00',
      partition: 'long',
      account: 'me',
      sbatch: ['--qos=high'],
      setup: ['module load nodejs'],
    });
    const options = [...text.matchAll(/^#SBATCH (.*)$/gm)].map(([, option]) => option);
    expect(options).toEqual([
      '--job-name=frenkel-a_b',
      '--array=0-19%4',
      '--nodes=1',
      '--ntasks=1',
      '--cpus-per-task=2',
      '--requeue',
      '--open-mode=append',
      '--signal=B:USR1@120',
      `--output="/data/it's here/slurm/%A_%a.log"`,
      '--time=12:00:00',
      '--partition=long',
      '--account=me',
      '--qos=high',
    ]);
    expect(text).toMatch(
      /^module load nodejs\nnpx frenkel campaign run '\/data\/it'\\''s here' --worker --workers 2 &$/m,
    );
    expect(spawnSync('bash', ['-n'], { input: text }).status).toBe(0);
    expect(() => slurmScript({ ...script, folder: '/a"b' })).toThrow('cannot stand in a batch script');
  });

  it('forwards signals to the worker, and requeues only near the limit', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'scontrol'), '#!/bin/sh\necho "requeued $2"\n', { mode: 0o755 });
    const worker = `bash -c 'trap "exit 143" TERM; echo "$@"; for i in $(seq 100); do sleep 0.1; done' worker`;
    const text = slurmScript({ ...script, frenkel: worker });
    const env = { PATH: `${folder}:${process.env.PATH}`, SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '3' };
    const signalled = (signal: string) =>
      spawnSync(
        'bash',
        ['-c', `bash -c "$0" & script=$!; sleep 0.5; kill -${signal} $script; wait $script; echo $?`, text],
        {
          env,
          encoding: 'utf8',
        },
      ).stdout;
    const said = "campaign run /data/it's here --worker --workers 2\n";
    expect(signalled('TERM')).toBe(`${said}143\n`);
    expect(signalled('USR1')).toBe(`${said}requeued 7_3\n143\n`);
  });
});

const missing = slurmMissing();
// in CI it has to be there
describe.skipIf(missing !== undefined && process.env.CI !== 'true')(`Slurm (${missing ?? 'installed'})`, () => {
  let slurm: Slurm;
  beforeAll(async () => {
    if (missing !== undefined) throw new Error(missing);
    slurm = await startSlurm();
  });
  afterAll(() => slurm?.stop(), 60_000);

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const count = 'campaign: count\njobs: 24\nslices: 30\nnumbers: 200000\nseed: 5\n';
  const vacancy =
    'campaign: vacancy\npotential: Fe-Ackland-2004\nelement: Fe\nsizes: [2]\ntemperatures: [300 K]\nsteps: 4000\nreplicas: 3\n';
  const run = (folder: string, args: string[]) =>
    spawnSync(process.execPath, [program, 'campaign', ...args], { cwd: folder, env: slurm.env, encoding: 'utf8' });
  const begin = (text: string) => {
    const folder = scratch();
    writeFileSync(join(folder, 'c.yaml'), text);
    return folder;
  };
  const report = (folder: string) => {
    const path = join(folder, 'runs/c/report/report.json');
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  async function until(what: string, done: () => boolean): Promise<void> {
    for (let tries = 0; tries < 800; tries++) {
      if (done()) return;
      await pause(250);
    }
    throw new Error(`waited for ${what}:\n${slurm.ask('squeue')}${slurm.ask('sinfo')}`);
  }
  const runningOn = (node: string) =>
    slurm.ask('squeue', '-h', '-t', 'R', '-w', node, '-o', '%A').split('\n').filter(Boolean);
  const restarted = (id: string) => /Restarts=[1-9]/.test(slurm.ask('scontrol', 'show', 'job', id));

  it.each([
    ['count', count],
    ['vacancy', vacancy],
  ])(
    'an array of 20 workers and two failing nodes give the numbers of an undisturbed run: %s',
    async (_, text) => {
      const calm = begin(text);
      expect((await frenkel(calm, ['campaign', 'run', 'c.yaml'])).code).toBe(0);
      const folder = begin(text);
      const submitted = run(folder, ['submit', 'c.yaml', '--slurm', '--tasks', '20', '--throttle', '4', '--json']);
      expect(submitted.status, submitted.stderr).toBe(0);
      expect(submitted.stderr).toMatch(/^(frenkel: note: .*\n)*$/);
      const { job } = JSON.parse(submitted.stdout);
      for (const node of ['n1', 'n2']) {
        await until(`tasks on ${node}`, () => runningOn(node).length > 0);
        await pause(1500);
        expect(report(folder)).toBeUndefined();
        const hit = runningOn(node);
        slurm.ask('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
        const status = JSON.parse(run(folder, ['status', 'runs/c', '--json']).stdout);
        expect(status).toMatchObject({ complete: false, failed: {} });
        // a node that answers may be back by itself: then this is refused, and others may run there already
        spawnSync('scontrol', ['update', `nodename=${node}`, 'state=resume'], { env: slurm.env });
        expect(hit.length).toBeGreaterThan(0);
        await until(`restarts of what ran on ${node}`, () => hit.every(restarted));
      }
      await until('the report', () => report(folder) !== undefined);
      expect(report(folder)).toBe(report(calm));
      expect(job).toMatch(/^\d+$/);
      const logs = readdirSync(join(folder, 'runs/c/slurm')).filter((name) => name.endsWith('.log'));
      expect(logs.length).toBeGreaterThan(3);
    },
    400_000,
  );

  it('says what sbatch refuses', () => {
    const refused = run(begin(count), ['submit', 'c.yaml', '--slurm', '--partition', 'none']);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/array\.sh: sbatch refused it: .*invalid partition/i),
    ]);
  });
});
