/** Reads hostile texts under guard: what may come of one is a result without NaN, or an error meant for people, and soon. */
import vm from 'node:vm';
import { InputError, PhysicsError } from '../../../src/data/errors.ts';
import { cpuClock } from '../cpu.ts';

/** Longest CPU time for one text, ms, and memory, bytes beside 20 times the text. */
const SLOWEST = 2000;
/** ms by the clock on the wall after which texts are broken off to see whose time it was. */
const LOOK = 30_000;
const ROOM = 64 * 2 ** 20;

export interface Complaint {
  index: number;
  text: string;
  /** What came of it. */
  what: string;
}

export interface Outcome {
  accepted: number;
  refused: number;
  complaints: Complaint[];
  /** ms of CPU time, of one text. */
  slowest: number;
}

/** The path of the first number that is not finite, or of a property that no parser may make. */
export function unsound(value: unknown, path = ''): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (ArrayBuffer.isView(value)) {
    if (!(value instanceof Float64Array)) return undefined;
    for (let i = 0; i < value.length; i++) if (!Number.isFinite(value[i])) return `${path}[${i}] is ${value[i]}`;
    return undefined;
  }
  if (Reflect.get(value, 'polluted') !== undefined) return `${path} has a property of all objects`;
  for (const [key, item] of Object.entries(value)) {
    const found = unsound(item, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const taken = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** What is wrong with how one text was read; undefined: nothing. `accepted` is told of a text that was read. */
export function complaintOf(read: () => unknown, size: number, accepted: () => void): string | undefined {
  const before = taken();
  let wrong: string | undefined;
  try {
    wrong = unsound(read());
    accepted();
  } catch (error) {
    if (!(error instanceof InputError || error instanceof PhysicsError)) {
      wrong = error instanceof Error ? (error.stack ?? error.message).slice(0, 400) : `threw ${String(error)}`;
    } else if (/undefined|\bNaN\b.*expected NaN|\[object/.test(error.message)) wrong = `message: ${error.message}`;
  }
  const grown = taken() - before;
  if (wrong === undefined && grown > ROOM + 20 * size) wrong = `took ${(grown / 2 ** 20).toFixed(0)} MiB`;
  return wrong;
}

/** Reads texts 0 … count − 1 in turn; a text that takes more than 2 s of CPU time is broken off. */
export function watch(count: number, textOf: (index: number) => string, read: (text: string) => unknown): Outcome {
  const outcome: Outcome = { accepted: 0, refused: 0, complaints: [], slowest: 0 };
  let [index, text] = [0, ''];
  let spent = cpuClock();
  const batch = () => {
    const end = Math.min(count, index + 50);
    for (; index < end; index++) {
      text = textOf(index);
      spent = cpuClock();
      let ok = false;
      const what = complaintOf(
        () => read(text),
        text.length,
        () => {
          ok = true;
        },
      );
      const time = spent();
      outcome.slowest = Math.max(outcome.slowest, time);
      if (ok) outcome.accepted++;
      else outcome.refused++;
      if (what !== undefined) outcome.complaints.push({ index, text, what });
      else if (time > SLOWEST) outcome.complaints.push({ index, text, what: `took ${time.toFixed(0)} ms` });
    }
  };
  const script = new vm.Script('batch()');
  const context = vm.createContext({ batch });
  while (index < count && outcome.complaints.length < 20) {
    try {
      // a hang is broken off from outside
      script.runInContext(context, { timeout: LOOK });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')) throw error;
      // others had the machine: this text is read again
      if (spent() < SLOWEST) continue;
      outcome.complaints.push({ index, text, what: 'hangs' });
      index++;
    }
  }
  return outcome;
}
