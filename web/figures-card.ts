/** Figures as small pictures; pressed, they are large. */
import { arrange, keyed } from './arrange.ts';
import { showDialog } from './dialog.ts';
import { action, byId } from './dom.ts';

export interface Figure {
  name: string;
  address: string;
}

let mine: string[] = [];

const items = keyed(
  ({ name }: Figure) => {
    const label = name.replace(/^.*\//, '').replace(/\.svg$/, '');
    const picture = Object.assign(new Image(), { alt: label });
    const shown = action('', () => showDialog(label, picture.cloneNode()));
    shown.append(picture);
    return { shown, picture };
  },
  ({ picture }, { address }) => {
    if (picture.getAttribute('src') !== address) picture.src = address;
  },
);

/** Shows these and no others. */
export function showFigures(figures: readonly Figure[]): void {
  byId('figures-card').hidden = figures.length === 0;
  arrange(
    byId('figures'),
    items(figures, ({ name }) => name).map(({ shown }) => shown),
  );
}

/** Figures as texts of SVG; those before are forgotten. */
export function showDrawn(svgs: Readonly<Record<string, string>>): void {
  for (const address of mine) URL.revokeObjectURL(address);
  const figures = Object.entries(svgs).map(([name, svg]) => ({
    name,
    address: URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' })),
  }));
  mine = figures.map(({ address }) => address);
  showFigures(figures);
}
