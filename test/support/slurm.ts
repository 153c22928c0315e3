/** A Slurm of two nodes on this machine, in a folder of its own: its munged, its slurmctld, two slurmd. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Slurm {
  /** For processes that talk to it. */
  env: NodeJS.ProcessEnv;
  /** Output of one of its commands. */
  ask(command: string, ...args: string[]): string;
  stop(): void;
}

/** Why Slurm cannot run here, or undefined. */
export function slurmMissing(): string | undefined {
  for (const name of ['munged', 'slurmctld', 'slurmd', 'sbatch'])
    if (spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
      return `${name} is not installed (slurm-wlm, munge)`;
  return process.getuid?.() === 0 ? undefined : 'slurmd needs root';
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const config = (root: string, [controller, ...nodes]: number[]) => `ClusterName=frenkel
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${root}/munge/socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
JobRequeue=1
KillWait=5
MessageTimeout=60
TCPTimeout=60
BatchStartTimeout=300
SlurmdTimeout=600
UnkillableStepTimeout=600
MinJobAge=100000
SlurmdParameters=config_overrides
SlurmctldPidFile=${root}/slurmctld.pid
SlurmdPidFile=${root}/slurmd-%n.pid
SlurmdSpoolDir=${root}/spool-%n
StateSaveLocation=${root}/state
SlurmctldLogFile=${root}/slurmctld.log
SlurmdLogFile=${root}/slurmd-%n.log
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
${nodes.map((port, i) => `NodeName=n${i + 1} NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${port} CPUs=2`).join('\n')}
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
`;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts it; throws with its logs where it does not come up, which another process may cause that took a port meanwhile. */
export async function startSlurm(tries = 3): Promise<Slurm> {
  try {
    return await startOnce();
  } catch (error) {
    if (tries <= 1) throw error;
    return startSlurm(tries - 1);
  }
}

/** Waits until it answers so. */
async function until(ask: () => { stdout: string | null }, answer: RegExp): Promise<boolean> {
  const begin = performance.now();
  while (performance.now() - begin < 120_000) {
    if (answer.test(ask().stdout ?? '')) return true;
    await pause(100);
  }
  return false;
}

async function startOnce(): Promise<Slurm> {
  const root = mkdtempSync(join(tmpdir(), 'slurm-'));
  chmodSync(root, 0o755);
  for (const name of ['munge', 'state']) mkdirSync(join(root, name), { mode: 0o755 });
  const key = join(root, 'munge.key');
  writeFileSync(key, randomBytes(1024), { mode: 0o600 });
  writeFileSync(join(root, 'slurm.conf'), config(root, [await freePort(), await freePort(), await freePort()]));
  const env = { ...process.env, SLURM_CONF: join(root, 'slurm.conf') };
  const munge = ['pid-file', 'log-file', 'seed-file'].map((name) => `--${name}=${root}/munge/${name}`);
  const daemons: ChildProcess[] = [];
  const daemon = (name: string, ...args: string[]) => daemons.push(spawn(name, args, { env, stdio: 'ignore' }));
  const ask = (command: string, ...args: string[]) =>
    execFileSync(command, args, { env, encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'pipe'] });
  const slurm: Slurm = {
    env,
    ask,
    stop() {
      // its jobs first: their keepers (slurmstepd) would wait for a controller that is gone
      spawnSync('scancel', ['--user=root'], { env, timeout: 30_000 });
      for (let tries = 0; tries < 20; tries++) {
        const { stdout } = spawnSync('squeue', ['-h'], { env, encoding: 'utf8', timeout: 30_000 });
        if (stdout?.trim() === '') break;
        spawnSync('sleep', ['0.5']);
      }
      for (const child of daemons.reverse()) child.kill('SIGKILL');
      rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
  daemon('munged', '--foreground', '--force', `--key-file=${key}`, `--socket=${root}/munge/socket`, ...munge);
  const answer = (command: string, ...args: string[]) =>
    spawnSync(command, args, { env, encoding: 'utf8', timeout: 30_000 });
  // each is there before the next one asks it
  await until(() => answer('munge', '-n', '-S', `${root}/munge/socket`), /^MUNGE:/);
  daemon('slurmctld', '-D');
  await until(() => answer('scontrol', 'ping'), /is UP/);
  for (const node of ['n1', 'n2']) daemon('slurmd', '-D', '-N', node);
  if (await until(() => answer('sinfo', '-h', '-o', '%D %t'), /^2 idle$/m)) return slurm;
  const logged = join(root, 'slurmctld.log');
  const log = existsSync(logged) ? readFileSync(logged, 'utf8').slice(-2000) : 'no slurmctld.log';
  slurm.stop();
  throw new Error(`Slurm does not start:\n${log}`);
}
