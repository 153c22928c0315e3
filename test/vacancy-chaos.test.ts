/** Vacancy campaigns of the program itself, killed at any moment, alone and in pairs: the bytes of an undisturbed run. */
import { describe, expect, it } from 'vitest';
import { frenkel } from './support/cli.ts';
import { long } from './support/long.ts';
import { begin, lasting, runArgs, torment } from './support/torment.ts';

/** 16 atoms at zero pressure: a lattice constant, Hessians of some nine volumes, runs at three. */
const config = `campaign: vacancy
potential: Fe-Ackland-2004
element: Fe
sizes: [2]
temperatures: [${long ? '300 K, 600 K' : '300 K'}]
replicas: ${long ? 2 : 1}
steps: ${long ? 4000 : 2000}
seed: 3
`;

let reference: Promise<Record<string, string>> | undefined;
/** All that an undisturbed run leaves. */
async function undisturbed(): Promise<Record<string, string>> {
  const folder = begin(config);
  const { code, stderr } = await frenkel(folder, runArgs);
  expect(code, stderr).toBe(0);
  return lasting(folder);
}

describe('a vacancy campaign under kill -9', () => {
  it.each([
    [1, long ? 200 : 5],
    [2, long ? 20 : 3],
  ])(
    '%i at a time',
    async (together, count) => {
      reference ??= undisturbed();
      const calm = await reference;
      expect(Object.keys(calm).filter((name) => name.startsWith('/report/')).length).toBeGreaterThan(8);
      let kills = 0;
      for (let campaign = 0; kills < count; campaign++) {
        const folder = begin(config);
        const some = { count: count - kills, together, most: long ? 2500 : 1000, seed: 1000 * together + campaign };
        kills += await torment(folder, some);
        const { code, stderr } = await frenkel(folder, runArgs);
        expect(code, stderr).toBe(0);
        expect(lasting(folder)).toEqual(calm);
        if (long) console.log(`${kills} of ${count} kills, ${together} at a time, ${campaign + 1} campaigns`);
      }
    },
    3_600_000,
  );
});
