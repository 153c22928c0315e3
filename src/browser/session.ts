/**
 * What a worker does for its page: it opens a structure with a potential, runs a task in slices of some milliseconds so
 * that pause, stop and step are heard, posts rows and frames, and keeps the last good state for when the physics fails.
 */
import { wignerSeitz } from '../analysis/wigner-seitz.ts';
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { version } from '../data/version.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem, type System } from '../engine/system.ts';
import { embeddedPotentials } from '../io/embedded.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { formatThermoHeader, formatThermoRow } from '../io/thermo.ts';
import { digestOf } from './digest.ts';
import { readPotential, readStructure, type Structure, sortFiles } from './inputs.ts';
import { startPath } from './path-run.ts';
import type {
  Flags,
  Frame,
  Phase,
  PotentialInput,
  Reply,
  Request,
  StructureInput,
  TaskName,
  TextFile,
} from './protocol.ts';
import { type Shown, type StepRun, startRun } from './runs.ts';
import { createBrowserEngine } from './threads.ts';

type Post = (reply: Reply, transfer?: Transferable[]) => void;

/** What is open: a system in the engine, and where its memory began. */
interface Open {
  structure: Structure;
  system: System;
  mark: number;
  /** eV/atom of the perfect crystal. */
  perfectEnergy?: number;
}

interface Active {
  task: TaskName;
  run: StepRun;
  /** All rows of the table so far. */
  rows: number[][];
  sent: number;
  good: { saved: unknown; step: number; rows: number };
}

/** Wall-clock times, none of which touches results, ms: a slice of work, between frames, between kept states. */
const SLICE = 12;
const FRAME = 33;
/** Frames that are dear to make come more seldom: once in so many times what they take. */
const SHARE = 8;
const KEEP = 1000;
/** Sites of the crystal are looked up in every frame up to this many atoms. */
const MOST_SITES = 20_000;

/** Lets messages in. A timer would do, but browsers make nested timers wait 4 ms. */
function createPause(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  let resume = () => {};
  port1.onmessage = () => resume();
  return () =>
    new Promise((resolve) => {
      resume = resolve;
      port2.postMessage(null);
    });
}

/** Answers requests one after the other; what it has to say goes to `post`. */
export function createSession(post: Post): (request: Request) => Promise<void> {
  const pause = createPause();
  let engine: Engine | undefined;
  let open: Open | undefined;
  let active: Active | undefined;
  let phase: Phase = 'empty';
  /** Counted up to end the loop of an earlier run. */
  let turn = 0;

  const enter = (next: Phase) => {
    phase = next;
    post({ type: 'phase', phase, ...(active ? { task: active.task, total: active.run.total } : {}) });
  };

  const started = (): Engine => {
    if (!engine) throw new Error('a session begins with start');
    return engine;
  };

  const start = async (request: Extract<Request, { type: 'start' }>): Promise<void> => {
    const { threads, threadUrl, ordinary } = request;
    engine = await createBrowserEngine({
      threads,
      threadUrl,
      ordinary: { force: ordinary },
      notice: (text) => post({ type: 'notice', text }),
    });
    const memory = engine.memory.buffer instanceof ArrayBuffer ? 'ordinary' : 'shared';
    const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
    const potentials = embeddedPotentials.map(({ name, summary, citation }) => ({ name, summary, citation }));
    const { threads: running, hash } = engine;
    post({ type: 'started', threads: running, isolated, memory, hash, version, potentials });
  };

  const bring = (input: StructureInput, potentialInput: PotentialInput): void => {
    const on = started();
    const structure = readStructure(input);
    const potential = readPotential(potentialInput, structure.atoms);
    turn++;
    active = undefined;
    if (open) on.release(open.mark);
    open = undefined;
    phase = 'empty';
    const mark = on.mark();
    const { atoms, perfect } = structure;
    let perfectEnergy: number | undefined;
    if (perfect) {
      const inner = on.mark();
      perfectEnergy = createSystem(on, perfect, potential).evaluate() / perfect.numbers.length;
      on.release(inner);
    }
    const system = createSystem(on, atoms, potential);
    system.evaluate();
    open = { structure, system, mark, perfectEnergy };
    const frame = frameOf(structure, system, 0);
    post(
      {
        type: 'opened',
        title: structure.title,
        last: structure.last?.numbers.length ?? 0,
        numbers: atoms.numbers,
        symbols: [...new Set(atoms.numbers)].map(symbolOf),
        pbc: atoms.pbc,
        potential: potential.name ?? potential.kernel,
        reference: potential.reference,
        warnings: potential.warnings ?? [],
        frame,
      },
      [frame.positions.buffer, frame.energies.buffer],
    );
    enter('ready');
  };

  /** A fresh system, so that a second run begins as the first did. */
  const begin = (task: TaskName, flags: Flags): void => {
    if (!open) throw new InputError('no structure is open');
    turn++;
    active = undefined;
    phase = 'ready';
    const on = started();
    const { structure, system, mark } = open;
    on.release(mark);
    open = { ...open, system: createSystem(on, structure.atoms, system.potential) };
    const { potential } = system;
    const run =
      task === 'neb'
        ? startPath({ engine: on, atoms: structure.atoms, last: structure.last, potential }, flags)
        : startRun(open.system, task, flags, open.perfectEnergy);
    active = { task, run, rows: [], sent: 0, good: { saved: run.save(), step: run.step(), rows: 1 } };
    post({ type: 'begun', columns: [...run.columns], options: { ...run.options } });
    record(active);
    enter('running');
    void loop(turn);
  };

  const fail = (error: unknown, during: boolean): void => {
    const kind = error instanceof InputError ? 'input' : error instanceof PhysicsError ? 'physics' : 'bug';
    const message = error instanceof Error ? error.message : String(error);
    const place = during && active ? { step: active.run.step(), good: active.good.step } : {};
    post({ type: 'failed', kind, message, ...place });
    if (during) enter('failed');
  };

  const finish = async (next: Phase): Promise<void> => {
    if (!open || !active) return;
    phase = next;
    const { run, rows } = active;
    const last = rows[rows.length - 1];
    if (last?.[0] !== run.step()) rows.push(run.row());
    report(active, open, 0, true);
    const { status, rows: table } = run.result(rows);
    postPath(open.structure, run);
    const digest = await digestOf(run.bits());
    post({ type: 'result', status, rows: table, energy: run.energy(), digest });
    enter(next);
  };

  const postPath = (structure: Structure, run: StepRun): void => {
    if (!run.path || !run.ended()) return;
    const { curve, images, shown } = run.path();
    const frames = shown.map((one, k) => ({ ...frameOf(structure, one, run.step()), label: `image ${k}` }));
    post({ type: 'path', curve, images, frames });
  };

  const report = ({ run, rows, ...rest }: Active, { structure }: Open, perSecond: number, draw: boolean): void => {
    const frame = draw ? frameOf(structure, run.shown(), run.step()) : undefined;
    const reply: Reply = { type: 'progress', step: run.step(), rows: rows.slice(rest.sent), perSecond, frame };
    if (active) active.sent = rows.length;
    post(reply, frame ? [frame.positions.buffer, frame.energies.buffer] : []);
  };

  const loop = async (mine: number): Promise<void> => {
    let [drawn, kept, counted] = [0, performance.now(), { at: performance.now(), step: active?.run.step() ?? 0 }];
    let speed = 0;
    let interval = FRAME;
    try {
      while (turn === mine && phase === 'running' && active && open) {
        const { run } = active;
        const begun = performance.now();
        while (!run.ended() && performance.now() - begun < SLICE) advance(active);
        const now = performance.now();
        if (now - counted.at > 500) {
          speed = (1000 * (run.step() - counted.step)) / (now - counted.at);
          counted = { at: now, step: run.step() };
        }
        if (run.ended()) return await finish('done');
        if (now - drawn >= interval) {
          report(active, open, speed, true);
          drawn = performance.now();
          interval = Math.max(FRAME, SHARE * (drawn - now));
        }
        if (now - kept >= KEEP) {
          active.good = { saved: run.save(), step: run.step(), rows: active.rows.length };
          kept = now;
        }
        await pause();
      }
    } catch (error) {
      if (turn === mine) fail(error, true);
    }
  };

  const back = (): void => {
    if (!active || !open || phase !== 'failed') return;
    const { run, good } = active;
    run.restore(good.saved);
    active.rows.length = good.rows;
    active.sent = Math.min(active.sent, good.rows);
    report(active, open, 0, true);
    enter('paused');
  };

  const one = async (): Promise<void> => {
    if (!active || !open || phase !== 'paused') return;
    advance(active);
    if (active.run.ended()) await finish('done');
    else report(active, open, 0, true);
  };

  const answer = async (request: Request): Promise<void> => {
    switch (request.type) {
      case 'start':
        return start(request);
      case 'open':
        return bring(request.structure, request.potential);
      case 'run':
        return begin(request.task, request.flags);
      case 'pause':
        if (phase === 'running' && active && open) {
          enter('paused');
          report(active, open, 0, true);
        }
        return;
      case 'resume':
        if (phase === 'paused') {
          enter('running');
          void loop(++turn);
        }
        return;
      case 'step':
        return one();
      case 'stop':
        if (phase === 'running' || phase === 'paused') {
          turn++;
          await finish('stopped');
        }
        return;
      case 'back':
        return back();
      case 'sort':
        return post({ type: 'sorted', ...sortFiles(request.files) });
      case 'export':
        return post({ type: 'files', files: open ? filesOf(open, active) : [] });
    }
  };

  let last: Promise<void> = Promise.resolve();
  return (request) => {
    last = last.then(() => answer(request)).catch((error) => fail(error, request.type === 'step'));
    return last;
  };
}

function advance(active: Active): void {
  active.run.advance();
  record(active);
}

function record({ run, rows }: Active): void {
  if (run.due()) rows.push(run.row());
}

function frameOf(structure: Structure, { x, energies, cell }: Shown, step: number): Frame {
  const { vacant, crowded } = defects(structure, x, cell);
  return {
    step,
    positions: Float32Array.from(x),
    energies: Float32Array.from(energies),
    cell: [...cell],
    vacant,
    crowded,
  };
}

/** Empty and crowded sites of the perfect crystal, in the cell of now. */
function defects(
  { perfect, atoms }: Structure,
  x: Float64Array,
  cell: Float64Array,
): { vacant: number[]; crowded: number[] } {
  if (!perfect || perfect.numbers.length > MOST_SITES) return { vacant: [], crowded: [] };
  const { vacancies, crowded } = wignerSeitz({ ...atoms, positions: x.slice(), cell }, perfect, { align: true });
  const strain = [0, 4, 8].map((k) => cell[k] / perfect.cell[k]);
  return {
    vacant: vacancies.flatMap((s) => [0, 1, 2].map((c) => perfect.positions[3 * s + c] * strain[c])),
    crowded: crowded.flatMap(({ atoms: shared }) => shared),
  };
}

function filesOf({ structure, system }: Open, active: Active | undefined): TextFile[] {
  const text = (atoms: Atoms) => [...extxyzChunks(atoms)].join('');
  const files = [{ name: 'start.xyz', text: text(structure.atoms) }];
  if (!active) return files;
  const { run, rows, task } = active;
  const log = [formatThermoHeader(run.columns), ...rows.map(formatThermoRow)].join('');
  const { status, rows: table } = run.result(rows);
  const report = { command: task, version, status, potential: system.potential.reference, results: table };
  return [
    ...files,
    { name: 'final.xyz', text: text(run.atoms()) },
    { name: task === 'md' ? 'log.thermo' : `log.${task}`, text: log },
    { name: 'report.json', text: `${JSON.stringify(report, null, 2)}\n` },
  ];
}
