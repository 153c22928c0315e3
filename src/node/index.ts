/** What only Node has: threads, files, run folders. `import … from 'frenkel/node'`. */
export { createCampaign, type NewCampaign, readCampaign } from './campaign-create.ts';
export { type Executor, hereExecutor } from './campaign-executor.ts';
export { type CampaignEnd, type CampaignOptions, runCampaign } from './campaign-run.ts';
export { openStore, type Store, viewOf } from './campaign-store.ts';
export { threadExecutor } from './campaign-threads.ts';
export { WriteError } from './files.ts';
export { readPotentialFile, readStructureFile, writeStructureFile } from './load.ts';
export { fingerprint, type RunEnd, type RunHooks } from './run.ts';
export { openRun, type Run, type RunSpec } from './run-folder.ts';
export { type FreeEnergyResult, type FreeEnergyRun, runFreeEnergy } from './run-free-energy.ts';
export { type MdResult, type MdRun, runMd } from './run-md.ts';
export { type NebRun, runNeb } from './run-neb.ts';
export { type RelaxResult, type RelaxRun, runRelax } from './run-relax.ts';
export { runSaddle, type SaddleRun } from './run-saddle.ts';
export { runScaling, type ScalingResult, type ScalingRun } from './run-scaling.ts';
export { type SpaceGroup, spaceGroup } from './space-group.ts';
export { startRun } from './start-run.ts';
export { createEngine } from './threads.ts';
