/** A fit's YAML file: paths of data are beside it, unless they are found from here. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { parseConfig } from '../campaign/config.ts';
import { type FitConfig, fitSchema } from '../fit/config.ts';
import { readText } from '../node/files.ts';

/** Throws InputError with line and column. */
export function readFitConfig(file: string): FitConfig {
  const config = parseConfig<FitConfig>(readText(file), file, fitSchema);
  const beside = (path: string) => (isAbsolute(path) || existsSync(path) ? path : join(dirname(file), path));
  const constraints = config.constraints.map((one) => ('data' in one ? { ...one, data: one.data.map(beside) } : one));
  return { ...config, data: config.data.map(beside), constraints };
}
