/** What a session is at any moment; what happens to it is in the modules beside this one, each a few functions of it. */
import type { Engine } from '../engine/engine.ts';
import type { Active } from './active.ts';
import type { Archive } from './archive.ts';
import type { Projects } from './kept.ts';
import type { Open } from './open.ts';
import type { Phase, Reply } from './protocol.ts';

export interface Session {
  /** What it has to say goes there. */
  post(reply: Reply, transfer?: Transferable[]): void;
  /** Lets messages in. */
  pause(): Promise<void>;
  engine?: Engine;
  projects?: Projects;
  /** Why no runs are kept. */
  missing?: string;
  open?: Open;
  active?: Active;
  /** In the place of `active`: a kept run that cannot go on. */
  archive?: Archive;
  phase: Phase;
  /** Counted up to end the loop of an earlier run. */
  turn: number;
  /** Frames of a run that the page was sent and has not drawn yet. */
  away: number;
}

export function engineOf({ engine }: Session): Engine {
  if (!engine) throw new Error('a session begins with start');
  return engine;
}

export function enter(session: Session, phase: Phase): void {
  session.phase = phase;
  const { active } = session;
  session.post({ type: 'phase', phase, ...(active ? { task: active.task, total: active.run.total } : {}) });
}

/** A run that can go on. */
export const underWay = ({ phase }: Session): boolean => phase === 'running' || phase === 'paused';
