/** The parts that show a run while it goes on: atoms, plots, trajectory. */
import type { Frame, Opened } from '../src/browser/protocol.ts';
import { byId, select } from './dom.ts';
import { showLegend } from './legend.ts';
import type { Painted, Style } from './paint.ts';
import { createPlots } from './plots.ts';
import { rarely } from './rarely.ts';
import type { ColorMode, PerfectMode } from './shade.ts';
import { now } from './state.ts';
import { stepless } from './tasks.ts';
import { createTrajectory } from './trajectory.ts';
import { createView } from './view.ts';

let known: Painted = { range: undefined, holes: 0 };
const explain = () => {
  if (now.opened) showLegend(byId('legend'), styleNow().color, known.range, now.opened.numbers, known.holes);
};
const explainRarely = rarely(500, explain);

export const view = createView(byId<HTMLCanvasElement>('canvas'), byId<HTMLCanvasElement>('axes'), (painted) => {
  known = painted;
  if (now.phase === 'running') explainRarely();
  else explain();
});
export const plots = createPlots(byId('plots'));
/** Before a run, and in one that has no steps. */
const OPENED = 'as opened';
export const trajectory = createTrajectory(draw, ({ step, label }) =>
  label !== undefined ? label : stepless.has(now.ran?.task) ? OPENED : `step ${step}`,
);

/** A structure that was opened, and nothing was done to it yet. */
export function stageOpened(opened: Opened): void {
  trajectory.clear();
  view.open(opened);
  trajectory.add({ ...opened.frame, label: OPENED });
}

/** Colours and perfect atoms as they are chosen. */
function styleNow(): Style {
  const axis = ['x', 'y', 'z'].indexOf(select('slice').value);
  const range = byId<HTMLInputElement>('slice-at');
  range.hidden = axis < 0;
  return {
    color: select('color').value as ColorMode,
    perfect: select('perfect').value as PerfectMode,
    slice: axis < 0 ? undefined : { axis, at: range.valueAsNumber },
  };
}

export function setModes(color: ColorMode, perfect: PerfectMode): void {
  [select('color').value, select('perfect').value] = [color, perfect];
  restyle();
}

function restyle(): void {
  view.style(styleNow());
  explain();
}

/** A run has ended, or is held: what is said is what is seen. */
export function settle(): void {
  view.settle();
  explain();
}

export function draw(frame: Frame): void {
  view.show(frame);
}

/** Colours by local entropy are there once it was computed. */
export function allowEntropy(there: boolean): void {
  const option = select('color').querySelector<HTMLOptionElement>('option[value=entropy]');
  if (!option || option.disabled === !there) return;
  option.disabled = !there;
  option.text = there ? 'local entropy' : 'local entropy (run Entropy)';
  if (there) setModes('entropy', 'shown');
  else if (select('color').value === 'entropy') setModes('energy', 'faint');
}

export function wireStage(): void {
  for (const id of ['color', 'perfect', 'slice']) select(id).addEventListener('change', restyle);
  byId('slice-at').addEventListener('input', restyle);
  byId('home').addEventListener('click', () => view.home());
}
