/** frenkel defect: energies of point defects. */
import { Command } from 'commander';
import { formationCommand } from './defect-formation.ts';

export function defectCommand(): Command {
  return new Command('defect')
    .description('point defects: formation and binding energies')
    .addCommand(formationCommand());
}
