/** The tasks of the page, in the order of their tabs. */
import type { TaskName } from '../src/browser/protocol.ts';

export const tasks = ['relax', 'md', 'neb', 'phonons', 'entropy', 'free-energy'] as const satisfies readonly TaskName[];

/** Those that have stages and no steps. */
export const stepless: ReadonlySet<TaskName | undefined> = new Set<TaskName>(['phonons', 'entropy']);
