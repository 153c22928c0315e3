/** What is seldom enough done a few times a second: at once, and again at the end of each interval in which it was asked for. */
export function rarely(ms: number, act: () => void): () => void {
  let timer = 0;
  let asked = false;
  const run = () => {
    asked = false;
    timer = setTimeout(() => {
      timer = 0;
      if (asked) run();
    }, ms) as unknown as number;
    act();
  };
  return () => {
    asked = true;
    if (timer === 0) run();
  };
}
