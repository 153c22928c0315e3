/** What the drivers of runs and campaigns share. */
import { describe, expect, it, vi } from 'vitest';
import { createBreather, createTimer, plain, provenance } from '../src/node/run.ts';

describe('what drivers share', () => {
  it('a timer rings every so many seconds, a breath is taken every 20 ms', () => {
    let now = 5;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const [timer, always, breathe] = [createTimer(2), createTimer(0), createBreather()];
    const at = (time: number) => {
      now = time;
      return [timer(), always(), breathe() !== undefined];
    };
    expect(at(5)).toEqual([false, true, false]);
    expect(at(24.9)).toEqual([false, true, false]);
    expect(at(25)).toEqual([false, true, true]);
    expect(at(30)).toEqual([false, true, false]);
    expect(at(2004)).toEqual([false, true, true]);
    expect(at(2005)).toEqual([true, true, false]);
    expect(at(2006)).toEqual([false, true, false]);
    expect(at(4004)).toEqual([false, true, true]);
    expect(at(4005)).toEqual([true, true, false]);
    vi.restoreAllMocks();
  });

  it('potentials without a name go by their kernel', () => {
    const potential = { kernel: 'lj', cutoff: 1, species: [18], params: Float64Array.of(1), reference: 'x' };
    const named = provenance({ ...potential, name: 'Ar' } as never).potential as { name: string; sha256: string };
    const bare = provenance(potential as never).potential as { name: string; sha256: string };
    expect([named.name, bare.name]).toEqual(['Ar', 'lj']);
    expect(named.sha256).not.toBe(bare.sha256);
  });

  it('options are JSON, whole numbers of any size among them', () => {
    expect(plain({ seed: 2n ** 64n, steps: 3, nothing: undefined })).toEqual({
      seed: '18446744073709551616',
      steps: 3,
    });
  });
});
