/** The page as a bench drives it: dynamics of iron on one thread, with the steps that its worker tells and the pictures drawn. */
import type { Browser, Page } from 'playwright-core';

/** What was counted on the page so far; by the clock of the page. */
interface Count {
  /** Pictures that were drawn. */
  drawn: number;
  /** The last step that the page heard of, and when, ms. */
  step: number;
  at: number;
  now: number;
}

/** Counts from outside: calls that end a picture, and messages of the worker. */
function count(): void {
  const seen = { drawn: 0, step: 0, at: 0 };
  Object.assign(window, { counted: () => ({ ...seen, now: performance.now() }) });
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (this: CanvasRenderingContext2D, ...rest: unknown[]) {
    seen.drawn++;
    putImageData.apply(this, rest as Parameters<typeof putImageData>);
  };
  const { clear } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.clear = function (this: WebGL2RenderingContext, mask) {
    seen.drawn++;
    clear.call(this, mask);
  };
  const listen = Worker.prototype.addEventListener;
  const heard = (event: Event) => {
    const { data } = event as MessageEvent;
    if (data.type === 'progress') Object.assign(seen, { step: data.step, at: performance.now() });
  };
  Worker.prototype.addEventListener = function (this: Worker, ...rest: unknown[]) {
    if (rest[0] === 'message') listen.call(this, 'message', heard);
    listen.apply(this, rest as Parameters<typeof listen>);
  };
}

const phase = (page: Page, name: string) => page.waitForSelector(`body[data-phase=${name}]`, { timeout: 300_000 });
const counted = (page: Page) => page.evaluate(() => (window as unknown as { counted(): Count }).counted());

export interface Tab {
  /** steps/s and pictures/s while the run goes on, also `turned`; it is paused before and after. */
  run(seconds: number, turned?: boolean): Promise<{ steps: number; pictures: number }>;
  /** pictures/s while it is turned; it is paused. */
  turn(seconds: number): Promise<number>;
  close(): Promise<void>;
}

const size = { viewport: { width: 1280, height: 820 } };

/** ms from the address to the first result: the vacancy, relaxed. */
export async function firstResult(browser: Browser, url: string): Promise<number> {
  const begin = performance.now();
  const page = await browser.newPage(size);
  await page.goto(`${url}?threads=1&keep=no`);
  await phase(page, 'ready');
  await page.click('#run');
  await phase(page, 'done');
  const first = performance.now() - begin;
  await page.close();
  return first;
}

/** Turns the view with every frame of the browser, for so many ms. */
const turning = (page: Page, ms: number) =>
  page.evaluate(
    (wait) =>
      new Promise<void>((done) => {
        const [canvas, start] = [document.getElementById('canvas'), performance.now()];
        const tick = () => {
          canvas?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }));
          if (performance.now() - start < wait) requestAnimationFrame(tick);
          else done();
        };
        requestAnimationFrame(tick);
      }),
    ms,
  );

/** 2 cells³ atoms; `perfect` as in the list of the page: faint or shown. */
export async function openTab(browser: Browser, url: string, cells: number, perfect: string): Promise<Tab> {
  const page = await browser.newPage(size);
  await page.addInitScript(count);
  const fragment = new URLSearchParams({
    ...{ kind: 'bcc', element: 'Fe', a: '2.8553 A', repeat: String(cells), potential: 'Fe-Ackland-2004', task: 'md' },
    ...{ '--ensemble': 'nve', '--temperature': '600 K', '--steps': '10000000', '--timestep': '1 fs' },
  });
  await page.goto(`${url}?threads=1&keep=no#${fragment}`);
  await phase(page, 'ready');
  await page.selectOption('#perfect', perfect);
  await page.click('#run');
  await page.waitForTimeout(1000);
  await page.click('#pause');
  await phase(page, 'paused');
  return {
    async run(seconds, turned = false) {
      await page.click('#pause');
      await phase(page, 'running');
      await page.waitForTimeout(700);
      const begin = await counted(page);
      if (turned) await turning(page, 1000 * seconds);
      else await page.waitForTimeout(1000 * seconds);
      const end = await counted(page);
      await page.click('#pause');
      await phase(page, 'paused');
      const pictures = (end.drawn - begin.drawn) / ((end.now - begin.now) / 1000);
      return { steps: (end.step - begin.step) / ((end.at - begin.at) / 1000), pictures };
    },
    async turn(seconds) {
      const begin = await counted(page);
      await turning(page, 1000 * seconds);
      const end = await counted(page);
      return (end.drawn - begin.drawn) / ((end.now - begin.now) / 1000);
    },
    close: () => page.close(),
  };
}
