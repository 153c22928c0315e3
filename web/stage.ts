/** The parts that show a run while it goes on: atoms, plots, trajectory. */
import type { Frame } from '../src/browser/protocol.ts';
import { byId, select } from './dom.ts';
import { showLegend } from './legend.ts';
import { createPlots } from './plots.ts';
import type { ColorMode, PerfectMode } from './shade.ts';
import { now } from './state.ts';
import { createTrajectory } from './trajectory.ts';
import { createView } from './view.ts';

export const view = createView(byId<HTMLCanvasElement>('canvas'));
export const plots = createPlots(byId('plots'));
export const trajectory = createTrajectory(draw, ({ step, label }) => label ?? `step ${step}`);

let shown: Frame | undefined;

/** Colours and perfect atoms as they are chosen. */
export const modes = (): [ColorMode, PerfectMode] => [
  select('color').value as ColorMode,
  select('perfect').value as PerfectMode,
];

export function setModes(color: ColorMode, perfect: PerfectMode): void {
  [select('color').value, select('perfect').value] = [color, perfect];
  view.style(color, perfect);
}

export function draw(frame: Frame): void {
  view.show(frame);
  if (now.opened) showLegend(byId('legend'), modes()[0], view.range(), now.opened.numbers, view.holes());
  shown = frame;
}

export function wireStage(): void {
  for (const id of ['color', 'perfect'])
    select(id).addEventListener('change', () => {
      view.style(...modes());
      if (shown) draw(shown);
    });
  byId('home').addEventListener('click', () => view.home());
}
