/** Files of the browser that are asked for again where it does not answer. */
import { describe, expect, it } from 'vitest';
import { accessTo } from '../src/browser/own-files.ts';

/** Answers the requests in turn: after so many ms with an access, with an error, or never. */
function browser(answers: (number | Error | undefined)[]) {
  const [closed, given]: number[][] = [[], []];
  let asked = 0;
  const handle = {
    createSyncAccessHandle() {
      const k = asked++;
      const answer = answers[k];
      if (answer instanceof Error) return Promise.reject(answer);
      const access = { write: () => k, truncate() {}, flush() {}, close: () => closed.push(k) };
      return new Promise<typeof access>((done) => {
        if (answer === undefined) return;
        setTimeout(() => {
          given.push(k);
          done(access);
        }, answer);
      });
    },
  };
  return { handle, closed, given, asked: () => asked };
}

const taken = async (answers: (number | Error | undefined)[], answer: number) => {
  const { handle, closed, given, asked } = browser(answers);
  const access = await accessTo(handle, answer).catch((error) => error);
  return { access, closed, given, asked };
};
const turn = () => new Promise((done) => setTimeout(done, 0));

describe('a file that is to be written', () => {
  it('is asked for once where the browser answers, and not closed', async () => {
    const { access, asked, closed } = await taken([0], 10_000);
    await turn();
    expect([access.write(), asked(), closed]).toEqual([0, 1, []]);
  });

  it('is asked for again where it does not, and one that comes too late is closed', async () => {
    const never = await taken([undefined, 0], 20);
    expect([never.access.write(), never.asked()]).toEqual([1, 2]);
    const late = await taken([200, 0], 20);
    const first = late.access.write();
    while (late.given.length < 2) await new Promise((done) => setTimeout(done, 10));
    await turn();
    expect([first, late.closed]).toEqual([1, [0]]);
  });

  it('is waited for where the one before has it still', async () => {
    const { access, closed } = await taken([100, new Error('locked'), new Error('locked'), new Error('locked')], 40);
    expect([access.write(), closed]).toEqual([0, []]);
  });

  it('fails with the reason of the browser, or because there is none', async () => {
    expect((await taken([new Error('full')], 10_000)).access.message).toBe('full');
    const { access, asked } = await taken([], 5);
    expect([access.name, asked()]).toEqual(['TimeoutError', 4]);
  });
});
