/** What is kept of runs, so that they outlive the tab, and who writes it; the files are those of kept-files.ts. */
import type { Film } from './film.ts';
import type { Flags, Phase, PotentialInput, Project, ResultRow, StructureInput, TaskName } from './protocol.ts';

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
  /** Of its saved state (kept-format.ts); 1 where none is given. */
  format?: number;
  /** Names of the columns of its table; runs kept earlier have none. */
  columns?: readonly string[];
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
  standing?: Standing;
  position?: Omit<Position, 'film'> & { film?: Pick<Film, 'shots' | 'every'> };
  writer: Writer;
}

/** All that this browser keeps. */
export interface Projects {
  list(): Promise<Project[]>;
  begin(inputs: Inputs, project: ProjectAbout, about: RunAbout): Promise<Writer>;
  /** Throws InputError where another tab has it, or where its files are damaged. */
  load(project: string, run: string): Promise<Loaded>;
  rename(project: string, name: string): Promise<void>;
  remove(project: string, run?: string): Promise<void>;
}
