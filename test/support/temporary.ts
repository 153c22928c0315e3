/** One folder for everything that the tests put aside, their children too; nothing of it stays behind. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'frenkel-tests-'));
  // munge, of Slurm, wants a way to its socket for everybody
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  return () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    } catch (error) {
      // a program that still writes there is no fault of what was tested
      console.log(`left behind: ${(error as Error).message}`);
    }
  };
}
