/** frenkel potentials: the embedded potentials, and what is to be cited. */
import { Command } from 'commander';
import { symbolOf } from '../data/elements.ts';
import { embeddedPotentials, loadEmbedded } from '../io/embedded.ts';
import { describePotential } from './describe-potential.ts';
import { jsonFlag } from './flags.ts';

export function potentialsCommand(): Command {
  const command = new Command('potentials').description('list the embedded potentials, or show one');
  command
    .command('list', { isDefault: true })
    .description('names, elements, citations')
    .addOption(jsonFlag())
    .action(({ json }: { json?: boolean }) => {
      const rows = embeddedPotentials.map(({ name, summary, citation, doi, load }) => {
        const { species, cutoff, kernel } = load();
        return { name, kernel, elements: species.map(symbolOf), cutoff, summary, citation, doi };
      });
      if (json) process.stdout.write(`${JSON.stringify({ potentials: rows })}\n`);
      else
        for (const row of rows)
          process.stdout.write(
            `${row.name}\n  ${row.summary}\n  cutoff ${row.cutoff.toFixed(3)} Å\n  ${row.citation}\n  doi:${row.doi}\n`,
          );
    });
  command
    .command('show <name>')
    .description('one of them in detail')
    .addOption(jsonFlag())
    .action((name: string, { json }: { json?: boolean }) => {
      const described = describePotential(loadEmbedded(name));
      process.stdout.write(
        json
          ? `${JSON.stringify(described)}\n`
          : `${Object.entries(described)
              .map(([key, value]) => `${key.padEnd(12)}${value}`)
              .join('\n')}\n`,
      );
    });
  return command.addHelpText(
    'after',
    "\nExample:\n  frenkel potentials show Fe-Ackland-2004\n\nOther potentials: -p FILE (setfl, fs, funcfl, .snapcoeff + .snapparam, .snap, MILADY .pot) or inline:\n  -p 'lj epsilon=0.4eV sigma=2.3A cutoff=6A'   -p 'zbl inner=4A outer=4.8A'",
  );
}
