/** Figures as small pictures; pressed, they are large. */
import { showDialog } from './dialog.ts';
import { action, byId } from './dom.ts';

export interface Figure {
  name: string;
  address: string;
}

let mine: string[] = [];

/** Shows these and no others. */
export function showFigures(figures: readonly Figure[]): void {
  byId('figures-card').hidden = figures.length === 0;
  byId('figures').replaceChildren(
    ...figures.map(({ name, address }) => {
      const label = name.replace(/^.*\//, '').replace(/\.svg$/, '');
      const picture = () => Object.assign(new Image(), { src: address, alt: label });
      const shown = action('', () => showDialog(label, picture()));
      shown.append(picture());
      return shown;
    }),
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
