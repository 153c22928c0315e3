/** Files of the browser that are asked for again where it does not answer. */
import { describe, expect, it } from 'vitest';
import { accessTo } from '../src/browser/own-files.ts';

/** Answers the requests in turn: with an access after so many requests in all, with an error, or never. */
function browser(answers: (number | Error | undefined)[]) {
  const closed: number[] = [];
  const waiting: { until: number; give(): void }[] = [];
  let asked = 0;
  const answerAll = (upTo: number) => {
    for (const { until, give } of waiting) if (until <= upTo) give();
  };
  const handle = {
    createSyncAccessHandle() {
      const k = asked++;
      const answer = answers[k];
      queueMicrotask(() => answerAll(k + 1));
      if (answer instanceof Error) return Promise.reject(answer);
      const access = { write: () => k, truncate() {}, flush() {}, close: () => closed.push(k) };
      return new Promise<typeof access>((done) => {
        if (answer !== undefined) waiting.push({ until: answer, give: () => done(access) });
      });
    },
  };
  return { handle, closed, asked: () => asked, answerAll };
}

const taken = async (answers: (number | Error | undefined)[], answer: number) => {
  const { handle, ...seen } = browser(answers);
  return { ...seen, access: await accessTo(handle, answer).catch((error) => error) };
};
const turn = () => new Promise((done) => setTimeout(done, 0));

describe('a file that is to be written', () => {
  it('is asked for once where the browser answers, and not closed', async () => {
    const { access, asked, closed } = await taken([1], 10_000);
    await turn();
    expect([access.write(), asked(), closed]).toEqual([0, 1, []]);
  });

  it('is asked for again where it does not, and one that comes too late is closed', async () => {
    const never = await taken([undefined, 2], 20);
    expect([never.access.write(), never.asked()]).toEqual([1, 2]);
    const late = await taken([99, 2], 20);
    expect([late.access.write(), late.closed]).toEqual([1, []]);
    late.answerAll(99);
    await turn();
    expect(late.closed).toEqual([0]);
  });

  it('is waited for where the one before has it still', async () => {
    const { access, closed } = await taken([3, new Error('locked'), new Error('locked'), new Error('locked')], 20);
    await turn();
    expect([access.write(), closed]).toEqual([0, []]);
  });

  it('fails with the reason of the browser, or because there is none', async () => {
    expect((await taken([new Error('full')], 10_000)).access.message).toBe('full');
    const { access, asked } = await taken([], 5);
    expect([access.name, asked()]).toEqual(['TimeoutError', 4]);
  });
});
