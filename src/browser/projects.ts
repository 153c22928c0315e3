/**
 * Runs that outlive the tab. A project is a structure with a potential, a run a task with its flags; both are folders of
 * the browser's own file system, a run with its inputs, its rows and the state from which it goes on with the same bits.
 */
import { InputError } from '../data/errors.ts';
import { encodeState } from '../data/state.ts';
import type { Inputs, Loaded, ProjectAbout, Projects, RunAbout, Standing } from './kept.ts';
import { type Dated, get, type Kept, positionOf, put, saver } from './kept-files.ts';
import { listKept } from './kept-list.ts';
import { heldNames, lockName, take } from './kept-locks.ts';
import { type Folder, foldersIn, ownFolder } from './own-files.ts';

async function idOf(inputs: Inputs): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', encodeState({ ...inputs })));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Throws an Error with a sentence where the browser keeps nothing. */
export async function openProjects(): Promise<Projects> {
  const root = await ownFolder();
  const projectFolder = (id: string, create = false) => root.getDirectoryHandle(id, { create });
  const runFolder = async (project: string, run: string, create = false) =>
    (await projectFolder(project, create)).getDirectoryHandle(run, { create });
  return {
    list: () => listKept(root),
    async begin(inputs, about, run) {
      const id = await idOf(inputs);
      const folder = await projectFolder(id, true);
      if (!(await get(folder, 'project'))) {
        await put(folder, 'inputs', { ...inputs });
        await put(folder, 'project', { ...about });
      }
      const begun = Date.now();
      // names sort by time
      const name = `${begun.toString(36).padStart(9, '0')}-${crypto.getRandomValues(new Uint16Array(1))[0].toString(36)}`;
      const own = await folder.getDirectoryHandle(name, { create: true });
      await put(own, 'about', { ...run });
      return { project: id, run: name, close: await take(id, name), save: saver(own, begun) };
    },
    load: (project, run) => load(projectFolder, runFolder, project, run),
    async rename(project, name) {
      const folder = await projectFolder(project);
      const about = await get<ProjectAbout>(folder, 'project');
      if (about) await put(folder, 'project', { ...about, name });
    },
    async remove(project, run) {
      const other = await heldNames();
      if ([...other].some((name) => name.startsWith(lockName(project, run))))
        throw new InputError('it is open in another tab: close that first');
      if (run === undefined) return root.removeEntry(project, { recursive: true });
      const folder = await projectFolder(project);
      await folder.removeEntry(run, { recursive: true });
      if ((await foldersIn(folder)).length === 0) await root.removeEntry(project, { recursive: true });
    },
  };
}

async function load(
  projectFolder: (id: string) => Promise<Folder>,
  runFolder: (project: string, run: string) => Promise<Folder>,
  projectId: string,
  run: string,
): Promise<Loaded> {
  const [outer, folder] = await Promise.all([projectFolder(projectId), runFolder(projectId, run)]);
  const [inputs, project, about] = await Promise.all([
    get<Inputs>(outer, 'inputs'),
    get<ProjectAbout>(outer, 'project'),
    get<RunAbout>(folder, 'about'),
  ]);
  if (!inputs || !project || !about) throw new InputError('the files of this run are damaged; delete it');
  const standing = await get<Standing & Dated>(folder, 'standing');
  const release = await take(projectId, run);
  try {
    const kept = await get<Kept>(folder, 'state');
    const save = saver(folder, standing?.begun ?? Date.now(), kept);
    const writer = { project: projectId, run, close: release, save };
    const position = kept && (await positionOf(folder, kept));
    return { ...inputs, project, about, writer, ...(standing ? { standing } : {}), ...(position ? { position } : {}) };
  } catch (error) {
    release();
    throw error;
  }
}
