import { describe, expect, it } from 'vitest';
import {
  type DynamicsState,
  dynamicsInit,
  dynamicsInvariant,
  dynamicsStep,
  ensembles,
} from '../src/methods/dynamics.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { argon } from './support/objectives.ts';

/** Targets of a ramp: functions of the step alone. */
const targets = (step: number) => ({
  timestep: 0.004,
  temperature: 40 + step,
  friction: 2,
  seed: 77n,
  pressure: 0.001 + 1e-5 * step,
  relaxation: 0.1,
  cellRelaxation: 0.5,
});

describe.each([...ensembles.map((name) => [name, 'iso'] as const), ['npt', 'aniso'] as const])(
  '%s %s goes on with the same bits after any stop',
  (ensemble, coupling) => {
    const masses = Float64Array.from({ length: 32 }, (_, i) => 30 + i);
    const fixed = new Uint8Array(96);
    fixed[10] = 1;
    const begin = () => {
      const objective = argon(2, 0.05);
      const velocities = maxwellBoltzmann(masses, 40, 11n, { fixed });
      return { objective, state: dynamicsInit(ensemble, objective, { masses, velocities, fixed, coupling }) };
    };
    const bits = (objective: ReturnType<typeof argon>, state: DynamicsState) => [
      [...objective.x],
      [...objective.f],
      [...objective.cell],
      structuredClone(state),
      dynamicsInvariant(objective, state, targets(state.step)),
    ];

    it('stops after 0, 1, 7, 24 steps', () => {
      const { objective, state } = begin();
      const saved: { x: Float64Array; cell: Float64Array; state: DynamicsState }[] = [];
      for (let i = 0; i < 25; i++) {
        if ([0, 1, 7, 24].includes(i)) {
          saved.push({
            x: objective.x.slice(),
            cell: Float64Array.from(objective.cell),
            state: structuredClone(state),
          });
        }
        dynamicsStep(objective, state, targets(i));
      }
      const whole = bits(objective, state);
      for (const stop of saved) {
        const fresh = argon(2);
        fresh.setCell(stop.cell);
        fresh.x.set(stop.x);
        fresh.evaluate();
        const again = structuredClone(stop.state);
        while (again.step < 25) dynamicsStep(fresh, again, targets(again.step));
        expect(bits(fresh, again)).toEqual(whole);
      }
    });
  },
);
