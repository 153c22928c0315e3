/**
 * Runs that outlive the tab. A project is a structure with a potential, a run a task with its flags; both are folders of
 * the browser's own file system, a run with its inputs, its rows and the state from which it goes on with the same bits.
 */
import { InputError } from '../data/errors.ts';
import { decodeState, encodeState } from '../data/state.ts';
import type { Film } from './film.ts';
import { type Filmed, filmFiles, readFilm } from './film-files.ts';
import { doubles, type Folder, foldersIn, ownFolder, twin } from './own-files.ts';
import type {
  Flags,
  KeptRun,
  Phase,
  PotentialInput,
  Project,
  ResultRow,
  StructureInput,
  TaskName,
} from './protocol.ts';

export interface Inputs {
  structure: StructureInput;
  potential: PotentialInput;
}

/** What a project is, beside its inputs. */
export interface ProjectAbout {
  name: string;
  title: string;
  potential: string;
  atoms: number;
}

/** What a run is, from its beginning on. */
export interface RunAbout {
  task: TaskName;
  flags: Flags;
  total: number;
  /** SHA-256 of the kernels: with others the run cannot go on. */
  kernels: string;
}

/** How far it got. */
export interface Standing {
  status: Phase;
  step: number;
  rows: ResultRow[];
  digest: string;
}

/** The state of a run, to go on from. */
export interface Position {
  saved: unknown;
  /** All rows of its table so far. */
  rows: readonly number[][];
  film: Film;
}

/** A run that this tab writes; other tabs are kept from it until it is closed. */
export interface Writer {
  readonly project: string;
  readonly run: string;
  save(standing: Standing, position: Position): Promise<void>;
  close(): void;
}

export interface Loaded extends Inputs {
  project: ProjectAbout;
  about: RunAbout;
  /** Undefined where the tab was closed before the first state was kept. */
  position?: Omit<Position, 'film'> & { film?: Pick<Film, 'shots' | 'every'> };
  writer: Writer;
}

export interface Projects {
  list(): Promise<Project[]>;
  begin(inputs: Inputs, project: ProjectAbout, about: RunAbout): Promise<Writer>;
  /** Throws InputError where another tab has it, or where its files are damaged. */
  load(project: string, run: string): Promise<Loaded>;
  rename(project: string, name: string): Promise<void>;
  remove(project: string, run?: string): Promise<void>;
}

type Dated = { begun: number; kept: number };

const put = (folder: Folder, name: string, value: object) => twin(folder, name).write(encodeState(value));

async function get<T>(folder: Folder, name: string): Promise<T | undefined> {
  const bytes = await twin(folder, name).read();
  return bytes && (decodeState(bytes) as T);
}

const lockName = (project: string, run: string) => `frenkel ${project}/${run}`;

const heldNames = async () => new Set((await navigator.locks.query()).held?.map(({ name }) => name ?? ''));

/** Keeps other tabs from a run; undefined where one has it. */
function hold(name: string): Promise<(() => void) | undefined> {
  return new Promise((taken) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return taken(undefined);
      return new Promise<void>((release) => taken(() => release()));
    });
  });
}

/** Throws InputError where another tab has the run. */
async function take(project: string, run: string): Promise<() => void> {
  const release = await hold(lockName(project, run));
  if (!release) throw new InputError('this run is open in another tab');
  return release;
}

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
    list: () => list(root),
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
      if ([...other].some((name) => name.startsWith(lockName(project, run ?? ''))))
        throw new InputError('it is open in another tab: close that first');
      if (run === undefined) return root.removeEntry(project, { recursive: true });
      const folder = await projectFolder(project);
      await folder.removeEntry(run, { recursive: true });
      if ((await foldersIn(folder)).length === 0) await root.removeEntry(project, { recursive: true });
    },
  };
}

/** What the kept state of a run says. */
interface Kept {
  saved: unknown;
  rows: number;
  columns: number;
  film?: Filmed;
}

/** Rows and frames are appended; then the state, which says how many there are; then where the run stands. */
function saver(folder: Folder, begun: number, kept?: Kept): Writer['save'] {
  const log = doubles(folder, 'rows');
  const films = filmFiles(folder, kept?.film?.file);
  const state = twin(folder, 'state');
  const standing = twin(folder, 'standing');
  let written = 0;
  return async (now, { saved, rows, film: frames }) => {
    const columns = rows[0]?.length ?? 0;
    // after a step back there are fewer
    const from = Math.min(written, rows.length);
    await log.write(from * columns, rows.slice(from).flat());
    const film = await films.write(frames);
    const next: Kept = { saved, rows: rows.length, columns, ...(film ? { film } : {}) };
    await state.write(encodeState(next));
    written = rows.length;
    await films.clean();
    await standing.write(encodeState({ ...now, begun, kept: Date.now() }));
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
    return { ...inputs, project, about, writer, ...(position ? { position } : {}) };
  } catch (error) {
    release();
    throw error;
  }
}

async function positionOf(folder: Folder, { saved, rows, columns, film }: Kept): Promise<Loaded['position']> {
  const table = await doubles(folder, 'rows').read(rows * columns);
  if (!table) throw new InputError('the table of this run is damaged; delete it');
  const lines = Array.from({ length: rows }, (_, k) => [...table.subarray(k * columns, (k + 1) * columns)]);
  return { saved, rows: lines, film: film && (await readFilm(folder, film)) };
}

async function list(root: Folder): Promise<Project[]> {
  const held = await heldNames();
  const projects: Project[] = [];
  for (const id of await foldersIn(root)) {
    const folder = await root.getDirectoryHandle(id);
    const about = await get<ProjectAbout>(folder, 'project');
    if (!about) continue;
    const runs: KeptRun[] = [];
    for (const run of (await foldersIn(folder)).reverse()) {
      const own = await folder.getDirectoryHandle(run);
      const [what, standing] = await Promise.all([get<RunAbout>(own, 'about'), get<Standing & Dated>(own, 'standing')]);
      if (!what || !standing) continue;
      const { task, flags, total } = what;
      runs.push({ id: run, task, flags, total, elsewhere: held.has(lockName(id, run)), ...standing });
    }
    if (runs.length > 0) projects.push({ id, ...about, runs });
  }
  return projects.sort((a, b) => b.runs[0].begun - a.runs[0].begun);
}
