/** The list of what is kept: projects with their runs, newest first. */
import { InputError } from '../data/errors.ts';
import type { ProjectAbout, RunAbout, Standing } from './kept.ts';
import { type Dated, get } from './kept-files.ts';
import { heldNames, lockName } from './kept-locks.ts';
import { type Folder, foldersIn } from './own-files.ts';
import type { KeptRun, Project } from './protocol.ts';

/** A run of which a record is missing or cannot be read is none: it must not hide the others. */
async function runIn(folder: Folder, id: string, elsewhere: boolean): Promise<KeptRun | undefined> {
  const own = await folder.getDirectoryHandle(id);
  try {
    const [what, standing] = await Promise.all([get<RunAbout>(own, 'about'), get<Standing & Dated>(own, 'standing')]);
    if (!what || !standing) return undefined;
    const { task, flags, total } = what;
    return { id, task, flags, total, elsewhere, ...standing };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

export async function listKept(root: Folder): Promise<Project[]> {
  const held = await heldNames();
  const projects: Project[] = [];
  for (const id of await foldersIn(root)) {
    const folder = await root.getDirectoryHandle(id);
    const about = await get<ProjectAbout>(folder, 'project');
    if (!about) continue;
    const runs: KeptRun[] = [];
    for (const run of (await foldersIn(folder)).reverse()) {
      const found = await runIn(folder, run, held.has(lockName(id, run)));
      if (found) runs.push(found);
    }
    if (runs.length > 0) projects.push({ id, ...about, runs });
  }
  return projects.sort((a, b) => b.runs[0].begun - a.runs[0].begun);
}
