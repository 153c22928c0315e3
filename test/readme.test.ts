import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program, scratch } from './support/cli.ts';

const readme = readFileSync('README.md', 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code);

/** A folder where `frenkel` resolves to this checkout, as after npm install. */
function installed(): string {
  const folder = scratch();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules', 'frenkel'));
  return folder;
}

describe('README', () => {
  it('names commands that run', () => {
    const folder = installed();
    const commands = blocks('sh')
      .flatMap((block) => block.trim().split('\n'))
      .filter((line) => line.startsWith('npx frenkel '));
    expect(commands.length).toBeGreaterThanOrEqual(6);
    for (const command of commands) {
      const line = command.replace(/^npx frenkel/, `'${process.execPath}' '${program}'`);
      execFileSync('sh', ['-c', line], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    }
    rmSync(folder, { recursive: true });
  });

  it('has threads in a program on the command line of node, too', () => {
    const folder = installed();
    const code = `import { createEngine } from 'frenkel/node';
      const engine = await createEngine({ threads: 2 });
      console.log(engine.threads);
      engine.close();`;
    const line = ['--input-type=module', '-e', code];
    expect(execFileSync(process.execPath, line, { cwd: folder, encoding: 'utf8' }).trim()).toBe('2');
    rmSync(folder, { recursive: true });
  });

  it('has a program of ten lines that runs', () => {
    const [code] = blocks('js');
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(10);
    const folder = installed();
    writeFileSync(join(folder, 'program.mjs'), code);
    const output = execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
    const [status, energy, fmax] = output.trim().split(' ');
    expect(status).toBe('converged');
    // 249 atoms of the vacancy cell: E_f = 1.722 eV above 249 atoms of the perfect crystal (reference numbers of LAMMPS)
    expect(Number(energy) + 249 * 4.01298230623334).toBeCloseTo(1.722, 3);
    expect(Number(fmax)).toBeLessThan(1e-6);
    rmSync(folder, { recursive: true });
  });
});
