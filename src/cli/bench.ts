/** frenkel bench: what things cost on this machine. */
import { Command } from 'commander';
import { benchDescriptorsCommand } from './bench-descriptors.ts';

export function benchCommand(): Command {
  return new Command('bench')
    .description('what descriptors cost on this machine')
    .addCommand(benchDescriptorsCommand());
}
