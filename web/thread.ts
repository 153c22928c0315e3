/** A thread of the engine, as a file of its own: the page's policy refuses workers from blob: addresses. */
import { serve, type ThreadStart } from '../src/engine/thread.ts';

globalThis.addEventListener('message', ({ data }: MessageEvent<ThreadStart>) => serve(data));
