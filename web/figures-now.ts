/** Figures of the run that is shown; the worker that draws them is fetched when the first are wanted. */
import { now } from './state.ts';

type Answer = { svgs: Record<string, string> } | { error: string };

let worker: Worker | undefined;
let last: Promise<unknown> = Promise.resolve();

/** SVG files by name; none where there is nothing to draw. */
export async function figuresNow(): Promise<Record<string, string>> {
  const { figures, columns, rows } = now;
  if (!figures) return {};
  worker ??= new Worker('./figures.js', { type: 'module' });
  const artist = worker;
  const drawn = last.then(
    () =>
      new Promise<Record<string, string>>((done, failed) => {
        artist.onmessage = ({ data }: MessageEvent<Answer>) =>
          'svgs' in data ? done(data.svgs) : failed(new Error(data.error));
        artist.onerror = ({ message }) => failed(new Error(message));
        artist.postMessage([figures, columns, rows]);
      }),
  );
  last = drawn.catch(() => undefined);
  return drawn;
}
