/** Dark or light: as the system says, also where that changes, until it is chosen. */
import { button } from './dom.ts';
import { plots, view } from './stage.ts';

function show(name: string): void {
  document.documentElement.dataset.theme = name;
  view.recolor();
  plots.restyle();
}

export function wireTheme(): void {
  const light = matchMedia('(prefers-color-scheme: light)');
  const follow = () => show(localStorage.getItem('theme') ?? (light.matches ? 'light' : 'dark'));
  follow();
  light.addEventListener('change', follow);
  button('theme').addEventListener('click', () => {
    const next = document.documentElement.dataset.theme === 'light' ? 'dark' : 'light';
    localStorage.setItem('theme', next);
    show(next);
  });
}
