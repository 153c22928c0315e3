/**
 * What a campaign is made of. A job is immutable data; a task knows how to work on it in slices that can be saved and
 * restored; a kind of campaign plans jobs from its configuration and the results so far. Everything here is pure and
 * deterministic: the same input gives the same bits, whoever runs it, however often it is interrupted. So the directory
 * of a campaign (src/node/campaign-*.ts) needs no other state than jobs and results.
 */
import type { ZodType } from 'zod';
import type { Atoms, Json } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';

/** One piece of work for one thread. Never changed once it was planned. */
export interface Job {
  /** Unique and telling, also the name of a folder: lower-case letters, digits, '-', '.', '_', at most 100 characters. */
  id: string;
  /** Name of a task of the campaign's kind. */
  task: string;
  /** All that decides the result besides the results of `needs` and the campaign's inputs. No NaN, no bigint. */
  input: Json;
  /** Jobs whose results must be there first. */
  needs: string[];
}

/** Arrays that belong to a result and are too large for JSON, such as a Hessian. */
export type Arrays = Record<string, Float64Array>;

/** What a task may see: its input, finished jobs that it needs, and the campaign's inputs. Nothing else decides. */
export interface TaskContext {
  /** An engine of one thread, for this job alone. */
  engine: Engine;
  input: Json;
  /** Results of the jobs in `needs`. */
  results: ReadonlyMap<string, Json>;
  /** Arrays of a job in `needs`. Throws for any other. */
  arrays(job: string): Arrays;
  /** Records of a job in `needs`, in order. Throws for any other. */
  records(job: string): Json[];
  /** What the kind's gather() put there under this name: a potential, a structure. Throws for an unknown name. */
  resource(name: string): unknown;
}

/** How far a job is. */
export interface JobProgress {
  /** In units of its own (steps, force evaluations): for the estimated end. */
  done: number;
  total: number;
  /** What there is to see, short: 'coverage 0.93  F −1.2345 ± 0.0021 eV'. */
  text: string;
}

/**
 * A job at work. Saving must not change it, and a work restored from save() goes on with the same bits: results and
 * records then do not depend on when it was interrupted.
 */
export interface Work {
  /**
   * One slice, some 0.2 to 2 s by a number of steps that the input decides (never by the clock); false when the job is
   * done. Throws PhysicsError (melting, a lost atom …; name the step) or InputError: the job then fails for good.
   */
  advance(): boolean;
  /** Records made since the last call, JSON each: appended to the job's log, durably, before the next slice. */
  takeRecords(): Json[];
  /** The state: plain objects, numbers, strings, bigints, typed arrays (src/data/state.ts). Called between slices after takeRecords(). */
  save(): unknown;
  progress(): JobProgress;
  /** The result, once advance() returned false. */
  result(): Json;
  /** Large arrays of the result. */
  arrays?(): Arrays;
}

/** What a job costs, for `campaign plan`. */
export interface JobCost {
  /** Evaluations of the forces of `system`. */
  evaluations: number;
  /** A system like those that the job evaluates: one evaluation of it is timed. */
  system?: { atoms: Atoms; potential: Potential };
  /** Seconds besides the evaluations, on a usual core. */
  seconds?: number;
  /** Memory besides the system's own, bytes. */
  bytes?: number;
}

/** How one kind of job is done. */
export interface Task {
  name: string;
  start(context: TaskContext): Work;
  /** Goes on from what save() returned. */
  restore(context: TaskContext, state: unknown): Work;
  /**
   * Whether a job with the input `after` begins with all records of one with the input `before`, and goes on from the state at
   * its end. The states at the end of such tasks are kept.
   */
  continues?(before: Json, after: Json): boolean;
  cost?(input: Json, resource: (name: string) => unknown): JobCost;
}

/** Reads what a configuration names; paths are relative to the configuration's file. */
export interface ResourceReader {
  /** An embedded name, one or several files or inline forms, as for -p; several with `overlay` are added up. */
  potential(what: string | string[], options?: { overlay?: boolean; elements?: string[] }): Potential;
  /** The last frame of a file, and all of them. */
  structure(path: string): Atoms;
  structures(path: string): Atoms[];
}

/** The results so far, by job. Jobs that failed are not in it. */
export type Results = ReadonlyMap<string, Json>;

/**
 * One kind of campaign ('vacancy'). `C` is what its file says after the schema: plain JSON with all defaults filled in,
 * which is kept as the campaign's identity.
 */
export interface CampaignKind<C = unknown> {
  name: string;
  /** One sentence. */
  description: string;
  /** Strict objects throughout, so that unknown keys are refused. Its output must be JSON. */
  schema: ZodType<C>;
  /** A commented example of its file. */
  example: string;
  /**
   * Potentials, structures: everything outside the file that decides numbers. Called once, when the directory is made;
   * stored in it by content. Names: as for jobs.
   */
  gather(config: C, read: ResourceReader): Record<string, unknown>;
  /**
   * What is wrong before anything is computed: throws InputError, and returns sentences that a user should read once. For
   * seconds of work at most; called before the directory is made, and by a dry run.
   */
  check?(config: C, resource: (name: string) => unknown, engine: Engine): string[];
  /**
   * All jobs that are known to be needed, given the results so far; pure and monotone: with more results it returns the
   * same jobs and perhaps further ones. Called again after every result.
   */
  plan(config: C, results: Results): Job[];
  /** As plan(), with guesses in place of results: what a whole campaign will need, for its cost. Default: plan(config, none). */
  foresee?(config: C): Job[];
  tasks: ReadonlyMap<string, Task>;
  /** Of kinds whose runs can be made longer. */
  longer?: {
    /** The key of the file that says how long they are. */
    key: string;
    /**
     * What the file must say, by key, so that all runs are of so many steps and begin as those of `config` do. Throws InputError
     * where they would not be longer.
     */
    file(config: C, steps: number): { [key: string]: Json };
  };
}

/** Why a job failed for good. */
export interface JobFailure {
  /** 'physics', 'input': said by the task; 'crash', 'hang', 'lost': its worker was gone time and again; 'error': a bug. */
  kind: 'physics' | 'input' | 'crash' | 'hang' | 'lost' | 'error';
  message: string;
  tries: number;
}

/** A campaign as a report sees it: everything that decides the report, and no times or hosts. */
export interface CampaignView {
  kind: string;
  config: unknown;
  /** All planned jobs, in the plan's order. */
  jobs: readonly Job[];
  results: Results;
  failed: ReadonlyMap<string, JobFailure>;
  arrays(job: string): Arrays;
  records(job: string): Json[];
  resource(name: string): unknown;
  /** SHA-256 of the configuration, the resources and the kernels; versions of results are those of the kernels. */
  identity: { config: string; resources: Record<string, string>; kernels: string; version: string };
}
