/** Campaigns on a real Slurm of this machine: an array of workers, nodes that fail, time limits. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slurmScript } from '../src/cli/campaign-submit.ts';
import { endClaim, makeClaim } from '../src/node/campaign-claim.ts';
import { frenkel, program, scratch } from './support/cli.ts';
import { outside } from './support/outside.ts';
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

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a process has a handler for that signal. */
function catches(pid: number | undefined, signal: number): boolean {
  const [, mask] = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

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

  it('forwards signals to the worker, and requeues only near the limit', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'scontrol'), '#!/bin/sh\necho "requeued $2"\n', { mode: 0o755 });
    const worker = `bash -c 'trap "exit 143" TERM; echo "$@"; for i in $(seq 6000); do sleep 0.1; done' worker`;
    const text = slurmScript({ ...script, frenkel: worker });
    const env = { PATH: `${folder}:${process.env.PATH}`, SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '3' };
    const said = "campaign run /data/it's here --worker --workers 2\n";
    const signalled = async (signal: 'SIGTERM' | 'SIGUSR1') => {
      const child = spawn('bash', ['-c', text], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      let out = '';
      child.stdout.on('data', (piece) => {
        out += piece;
      });
      const code = new Promise((resolve) => child.on('close', resolve));
      // both the worker and the script have said what they do at signals
      while (out !== said || !catches(child.pid, constants.signals[signal])) await pause(5);
      child.kill(signal);
      return `${out === said ? '' : out}${await code}: ${out.slice(said.length)}`;
    };
    expect(await signalled('SIGTERM')).toBe('143: ');
    expect(await signalled('SIGUSR1')).toBe('143: requeued 7_3\n');
  });
});

const missing = slurmMissing();
// in CI it has to be there
describe.skipIf(missing !== undefined && process.env.CI !== 'true')(
  `Slurm (${missing ?? 'installed'})`,
  outside,
  () => {
    let slurm: Slurm;
    beforeAll(async () => {
      if (missing !== undefined) throw new Error(missing);
      slurm = await startSlurm();
    });
    afterAll(() => slurm?.stop());

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
      for (let tries = 0; tries < 4000; tries++) {
        if (done()) return;
        await pause(250);
      }
      throw new Error(`waited for ${what}:\n${slurm.ask('squeue')}${slurm.ask('sinfo')}`);
    }
    /** Empty where it does not answer in time: it is asked again. */
    const ask = (...command: [string, ...string[]]): string => {
      try {
        return slurm.ask(...command);
      } catch {
        return '';
      }
    };
    const runningOn = (node: string) =>
      ask('squeue', '-h', '-t', 'R', '-w', node, '-o', '%A').split('\n').filter(Boolean);
    /** A task that was hit is begun again, unless it had just come to its end. */
    const over = (id: string) => /Restarts=[1-9]|JobState=COMPLETED/.test(ask('scontrol', 'show', 'job', id));
    const restarted = (id: string) => /Restarts=[1-9]/.test(ask('scontrol', 'show', 'job', id));
    /** A job that no other needs, held by this process as one more worker: nothing is complete before it lets go. */
    function holdLast(calm: string, folder: string): () => void {
      const jobs = join(calm, 'runs/c/jobs');
      const all = readdirSync(jobs).map((id) => JSON.parse(readFileSync(join(jobs, id, 'job.json'), 'utf8')));
      const needed = new Set(all.flatMap(({ needs }) => needs));
      const last = all.map(({ id }) => id).findLast((id) => !needed.has(id));
      const own = join(folder, 'runs/c/jobs', last);
      mkdirSync(own, { recursive: true });
      const claim = makeClaim(own, { number: 1, from: 0 });
      if (claim === undefined) throw new Error(`${last} is taken`);
      return () => expect(endClaim(claim, 'paused', '')).toBe(true);
    }

    it.each([
      ['count', count],
      ['vacancy', vacancy],
    ])(
      'an array of 20 workers and two failing nodes give the numbers of an undisturbed run: %s',
      async (_, text) => {
        const calm = begin(text);
        expect((await frenkel(calm, ['campaign', 'run', 'c.yaml'])).code).toBe(0);
        const folder = begin(text);
        expect(run(folder, ['plan', 'c.yaml']).status).toBe(0);
        const release = holdLast(calm, folder);
        const submitted = run(folder, ['submit', 'c.yaml', '--slurm', '--tasks', '20', '--throttle', '4', '--json']);
        expect(submitted.status, submitted.stderr).toBe(0);
        expect(submitted.stderr).toMatch(/^(frenkel: note: .*\n)*$/);
        const { job } = JSON.parse(submitted.stdout);
        for (const node of ['n1', 'n2']) {
          await until(`tasks on ${node}`, () => runningOn(node).length > 0);
          // some work is under way
          await pause(1500);
          let hit: string[] = [];
          await until(`tasks on ${node}`, () => {
            hit = runningOn(node);
            return hit.length > 0;
          });
          expect(report(folder)).toBeUndefined();
          await until(
            'the controller',
            () =>
              spawnSync('scontrol', ['update', `nodename=${node}`, 'state=down', 'reason=test'], { env: slurm.env })
                .status === 0,
          );
          const status = JSON.parse(run(folder, ['status', 'runs/c', '--json']).stdout);
          expect(status).toMatchObject({ complete: false, failed: {} });
          // a node that answers may be back by itself: then this is refused, and others may run there already
          spawnSync('scontrol', ['update', `nodename=${node}`, 'state=resume'], { env: slurm.env });
          await until(`restarts of what ran on ${node}`, () => hit.every(over) && hit.some(restarted));
        }
        release();
        await until('the report', () => report(folder) !== undefined);
        expect(report(folder)).toBe(report(calm));
        expect(job).toMatch(/^\d+$/);
        const logs = readdirSync(join(folder, 'runs/c/slurm')).filter((name) => name.endsWith('.log'));
        expect(logs.length).toBeGreaterThan(3);
      },
      3_000_000,
    );

    it('says what sbatch refuses', () => {
      const refused = run(begin(count), ['submit', 'c.yaml', '--slurm', '--partition', 'none']);
      expect([refused.status, refused.stderr]).toEqual([
        2,
        expect.stringMatching(/array\.sh: sbatch refused it: .*invalid partition/i),
      ]);
    });
  },
);
