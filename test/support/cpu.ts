/** How long something takes, but for other people's load: by the CPU time of this process. */

/** ms of CPU time from now on, all threads of the process together. */
export function cpuClock(): () => number {
  const begin = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1000;
  };
}

/** ms of CPU time that it takes. */
export function cpuTime(run: () => unknown): number {
  const clock = cpuClock();
  run();
  return clock();
}
