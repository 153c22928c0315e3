/** The table of a run's results, and of two runs beside each other. */
import type { ResultRow } from '../src/browser/protocol.ts';
import { byId, element, indexed } from './dom.ts';

function headed(row: HTMLTableRowElement, name: string): void {
  const head = row.appendChild(document.createElement('th'));
  head.scope = 'row';
  head.append(...indexed(name));
}

export function fillTable(body: HTMLTableSectionElement, rows: readonly ResultRow[]): void {
  body.replaceChildren();
  for (const [name, value, unit] of rows) {
    const row = body.insertRow();
    headed(row, name);
    const cell = row.insertCell();
    cell.textContent = value;
    if (unit === '') Object.assign(cell, { className: 'words', colSpan: 2 });
    else row.insertCell().append(...indexed(unit));
  }
}

export function showResults(rows: readonly ResultRow[], digest: string): void {
  fillTable(byId('table').querySelector('tbody') as HTMLTableSectionElement, rows);
  byId('empty').hidden = rows.length > 0;
  const line = byId('digest');
  line.hidden = digest === '';
  line.replaceChildren('SHA-256 of what the run computed: ');
  line.appendChild(document.createElement('code')).textContent = digest;
}

export interface Compared {
  name: string;
  rows: readonly ResultRow[];
  digest: string;
}

/** Rows that either has; numbers with their difference, second less first. */
export function comparison(first: Compared, second: Compared): HTMLElement {
  const table = document.createElement('table');
  table.className = 'compared';
  const head = table.createTHead().insertRow();
  for (const text of ['', first.name, second.name, 'difference', '']) {
    const cell = head.appendChild(document.createElement('th'));
    cell.scope = 'col';
    cell.textContent = text;
  }
  const body = table.createTBody();
  const [a, b] = [first, second].map(({ rows }) => new Map(rows.map(([name, value, unit]) => [name, { value, unit }])));
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const [one, two] = [a.get(name), b.get(name)];
    const row = body.insertRow();
    headed(row, name);
    row.insertCell().textContent = one?.value ?? '–';
    row.insertCell().textContent = two?.value ?? '–';
    row.insertCell().textContent = one && two ? differenceOf(one.value, two.value) : '';
    row.insertCell().append(...indexed(one?.unit || two?.unit || ''));
    row.className = one?.value === two?.value ? 'same' : 'other';
  }
  const same = first.digest !== '' && first.digest === second.digest;
  const bits = same ? 'Both have the same bits.' : 'Their bits differ.';
  return element('div', '', table, element('p', 'quiet', first.digest && second.digest ? bits : ''));
}

function differenceOf(one: string, two: string): string {
  const [p, q] = [Number(one), Number(two)];
  if (!Number.isFinite(p) || !Number.isFinite(q)) return '';
  return p === q ? '0' : Number((q - p).toPrecision(4)).toString();
}
