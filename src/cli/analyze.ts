/** frenkel analyze: what a trajectory or a structure shows; one file for each analysis. */
import { Command } from 'commander';
import { averageCommand } from './analyze-average.ts';
import { commonNeighborsCommand } from './analyze-cna.ts';
import { distortionCommand } from './analyze-distortion.ts';
import { extrapolationCommand } from './analyze-extrapolation.ts';
import { displacementCommand } from './analyze-msd.ts';
import { radialCommand } from './analyze-rdf.ts';
import { velocityCommand } from './analyze-vacf.ts';
import { wignerSeitzCommand } from './analyze-wigner-seitz.ts';

export function analyzeCommand(): Command {
  return new Command('analyze')
    .description('g(r), displacements, velocity correlation, local structure, defects, averages of a trajectory')
    .addCommand(radialCommand())
    .addCommand(displacementCommand())
    .addCommand(velocityCommand())
    .addCommand(commonNeighborsCommand())
    .addCommand(wignerSeitzCommand())
    .addCommand(averageCommand())
    .addCommand(extrapolationCommand())
    .addCommand(distortionCommand());
}
