/**
 * A worker that draws the figures. Apart from the page's script: Observable Plot and its document weigh as much as all
 * else there; and apart from the page: beside a window Observable Plot moves lines by half a pixel, so that the figures
 * would not be those of the command line.
 */
import { drawFigures } from '../src/browser/figures.ts';

globalThis.addEventListener('message', ({ data }: MessageEvent<Parameters<typeof drawFigures>>) => {
  try {
    postMessage({ svgs: drawFigures(...data) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
