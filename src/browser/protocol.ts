/**
 * What a page and its worker say to each other: plain messages that structured cloning can carry. Options are texts with
 * units, as on the command line, so that a page, a command and a share link mean the same.
 */

import type { FigureInput } from './figure-input.ts';

/** A file that the user gave, decompressed. */
export interface TextFile {
  name: string;
  text: string;
}

/** A crystal with a defect, as `frenkel build` makes it. */
export interface Recipe {
  kind: string;
  element: string;
  /** Å, as text. */
  a: string;
  repeat: number;
  /** A name of src/data/point-defects.ts; none: the perfect crystal. */
  defect?: string;
  /** Of a screw-dipole: GPa, C11,C12,C44, and columns along x and y. */
  elastic?: string;
  size?: string;
  /** Site of the same defect in the structure at the other end of a path; in the first it is at site 0. */
  to?: number;
}

export type StructureInput = ({ recipe: Recipe } | { file: TextFile }) & {
  /** The other end of a path. */
  last?: TextFile;
};

/** What -p names, and the files that it may name. */
export interface PotentialInput {
  specs: string[];
  files: TextFile[];
}

export type TaskName = 'relax' | 'md' | 'neb' | 'phonons' | 'entropy' | 'free-energy';

/** Flags of the command line without their dashes: { fmax: '1e-6 eV/A' }. */
export type Flags = Record<string, string>;

export type Request =
  | { type: 'start'; threads?: number; threadUrl?: string; ordinary?: boolean; keep?: boolean }
  | { type: 'open'; structure: StructureInput; potential: PotentialInput }
  | { type: 'run'; task: TaskName; flags: Flags }
  /** `step`: one step, then pause. `back`: to the last good state after a failure, paused there. */
  | { type: 'pause' | 'resume' | 'step' | 'stop' | 'back' }
  /** A frame of a run that goes on was drawn: more can come. */
  | { type: 'drawn' }
  /** Keeps the run as it is now: the page is about to be hidden. */
  | { type: 'save' }
  /** What is kept in this browser: everything, one run again, a new name, nothing any more (a run, or a whole project). */
  | { type: 'projects' }
  | { type: 'reopen'; project: string; run: string }
  | { type: 'rename'; project: string; name: string }
  | { type: 'remove'; project: string; run?: string }
  /** A file of structures is shown frame by frame, without a potential; a last frame that is still written is left out. */
  | { type: 'view'; file: TextFile }
  /** Which of some files are structures and which potentials; `end`: a structure is to be the other end of a path. */
  | { type: 'sort'; files: TextFile[]; end?: boolean }
  /** Files of the run as text. */
  | { type: 'export' };

/** Where a run is. */
export type Phase = 'empty' | 'ready' | 'running' | 'paused' | 'stopped' | 'done' | 'failed';

/** What is drawn. Arrays are single precision and transferred. */
export interface Frame {
  step: number;
  /** (n,3) Å. */
  positions: Float32Array<ArrayBuffer>;
  /** (n) eV. */
  energies: Float32Array<ArrayBuffer>;
  /** 9 Å, rows. */
  cell: number[];
  /** Against the perfect crystal, where there is one: (m,3) Å of empty sites, and atoms that share a site. */
  vacant: number[];
  crowded: number[];
  /** In place of the step. */
  label?: string;
  /** (n) k_B: local entropies above those of the perfect crystal, where they were computed. */
  entropies?: Float32Array<ArrayBuffer>;
}

/** Lines of a plot over a common x; null leaves a gap. */
export interface Curve {
  x: number[];
  ys: (number | null)[][];
  /** Words at places of the x axis. */
  ticks?: { at: number; label: string }[];
}

/** A line of a table of results: name, value as text, unit. */
export type ResultRow = [name: string, value: string, unit: string];

export interface Opened {
  type: 'opened';
  title: string;
  /** A crystal without a defect: it has phonons. */
  perfect: boolean;
  /** The other end of a path, and what it took to bring it into line with the first. */
  last?: { name: string; note: string };
  /** Why what was given as the other end is none. */
  refused?: string;
  numbers: Uint8Array;
  symbols: string[];
  pbc: [boolean, boolean, boolean];
  potential: string;
  reference: string;
  warnings: string[];
  frame: Frame;
}

/** A run that is kept in the browser's own files, as far as lists and comparisons need it. */
export interface KeptRun {
  id: string;
  task: TaskName;
  flags: Flags;
  /** 'running' also where the tab was closed: `elsewhere` tells whether it still runs. */
  status: Phase;
  /** Another tab has it; this one has it. */
  elsewhere: boolean;
  here?: boolean;
  step: number;
  total: number;
  /** Milliseconds since 1970: begun, and last kept. */
  begun: number;
  kept: number;
  rows: ResultRow[];
  digest: string;
}

/** The runs of one structure with one potential. */
export interface Project {
  id: string;
  name: string;
  title: string;
  potential: string;
  atoms: number;
  /** Newest first. */
  runs: KeptRun[];
}

/** Files told apart: a structure to open, the other end of a path, potentials. */
export interface Sorted {
  structure?: TextFile;
  last?: TextFile;
  potentials: TextFile[];
}

/** The engine as it is here. */
export interface Started {
  type: 'started';
  threads: number;
  isolated: boolean;
  memory: 'shared' | 'ordinary';
  hash: string;
  version: string;
  /** Embedded ones. */
  potentials: { name: string; summary: string; citation: string }[];
}

export type Reply =
  | Started
  | { type: 'notice'; text: string }
  | Opened
  | { type: 'phase'; phase: Phase; task?: TaskName; total?: number }
  /** A run has begun: columns of its rows, and its options in the library's units. */
  | { type: 'begun'; columns: string[]; options: Record<string, unknown> }
  | ({ type: 'sorted' } & Sorted)
  /** Rows since the last, and the frame to draw. */
  | { type: 'progress'; step: number; rows: number[][]; frame?: Frame; perSecond: number; says: string }
  | { type: 'result'; status: string; rows: ResultRow[]; energy: number; digest: string; figures?: FigureInput }
  /** For the first plots, in the place of rows. */
  | { type: 'curves'; curves: Curve[] }
  /** The runs kept here; `missing`: why none can be. */
  | { type: 'projects'; projects: Project[]; missing?: string }
  /** Images of a path, or frames of a file, and which is shown first. */
  | { type: 'frames'; frames: Frame[]; at: 'middle' | 'last' }
  /** A kept run was opened: what it was made of. */
  | {
      type: 'reopened';
      structure: StructureInput;
      potential: PotentialInput;
      task: TaskName;
      flags: Flags;
      name: string;
    }
  /** The run is safe up to this step; or it cannot be kept, and why. */
  | { type: 'saved'; step: number; problem?: string }
  | { type: 'files'; files: TextFile[] }
  /**
   * `kind`: bad input, physics gone wrong, or a bug. `still`: what was open is open. `unfit`: what was to be opened can be read,
   * but the structure is none of the potential.
   */
  | {
      type: 'failed';
      kind: 'input' | 'physics' | 'bug';
      message: string;
      step?: number;
      good?: number;
      still: boolean;
      unfit: boolean;
    };
