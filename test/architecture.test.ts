import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as browser from '../src/browser/index.ts';
import { version } from '../src/data/version.ts';
import * as frenkel from '../src/index.ts';
import * as node from '../src/node/index.ts';

/** From the bottom up: a folder imports from those before it and from itself. */
const layers = [
  'generated',
  'data',
  'io',
  'engine',
  'linalg',
  'methods',
  'tasks',
  'analysis',
  'fit',
  'free-energy',
  'verify',
  'campaign',
  'plot',
  'browser',
  'node',
  'cli',
];
/** What must run in a browser. */
const portable = layers.slice(0, layers.indexOf('node'));

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

interface Import {
  from: string;
  to: string;
}

const imports: Import[] = sources('src').flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'/gms)].map(([, to]) => ({
    from: relative('src', path),
    to: to.startsWith('.') ? relative('src', join(dirname(path), to)) : to,
  })),
);
const layerOf = (path: string) => layers.indexOf(path.split('/')[0]);

describe('architecture', () => {
  it('imports point only downward', () => {
    expect(imports.length).toBeGreaterThan(100);
    const upward = imports.filter(({ from, to }) => layerOf(to) > layerOf(from) && layerOf(from) >= 0);
    expect(upward).toEqual([]);
  });

  it('knows every folder', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).filter((name) => !layers.includes(name))).toEqual([]);
  });

  it('has no import cycles', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of imports) if (to.endsWith('.ts')) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[][] = [];
    const visit = (path: string, trail: string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path]);
      if (done.has(path)) return;
      done.add(path);
      for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    };
    for (const path of next.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it('nobody inside imports index.ts', () => {
    expect(imports.filter(({ to }) => to === 'index.ts')).toEqual([]);
  });

  it('keeps node: out of what runs in a browser', () => {
    const leaks = imports.filter(({ from, to }) => to.startsWith('node:') && portable.includes(from.split('/')[0]));
    expect(leaks).toEqual([]);
  });

  it('leaves transcendental functions of the host out of what touches state', () => {
    const exact = new Set([
      'abs',
      'floor',
      'ceil',
      'round',
      'trunc',
      'sqrt',
      'min',
      'max',
      'sign',
      'PI',
      'imul',
      'fround',
      'clz32',
      'SQRT2',
      'SQRT1_2',
    ]);
    const folders = ['data', 'engine', 'linalg', 'methods', 'tasks'];
    const used = folders
      .flatMap((folder) => (readdirSync('src').includes(folder) ? sources(join('src', folder)) : []))
      .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\bMath\.(\w+)/g)].map(([, name]) => ({ path, name })))
      .filter(({ name }) => !exact.has(name));
    expect(used).toEqual([]);
  });

  it('multiplies out powers above 2 in what touches state: hosts differ in the last bit', () => {
    // powers of 2 and numbers of channels are exact
    const power = /(?<!\b2 |channels |CHANNELS\] )\*\* (?!2\b)\S+/;
    const found = ['data', 'engine', 'linalg', 'methods', 'tasks', 'free-energy']
      .flatMap((folder) => sources(join('src', folder)))
      .flatMap((path) => {
        const code = readFileSync(path, 'utf8').replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '');
        return code.split('\n').flatMap((line) => (power.test(line) ? [`${path}: ${line.trim()}`] : []));
      });
    expect(found).toEqual([]);
  });
});

describe('public names', () => {
  it('of frenkel', () => {
    expect(Object.keys(frenkel).sort()).toMatchSnapshot();
  });

  it('of frenkel/node', () => {
    expect(Object.keys(node).sort()).toMatchSnapshot();
  });

  it('of frenkel/browser', () => {
    expect(Object.keys(browser).sort()).toMatchSnapshot();
  });

  it('carry the version of package.json', () => {
    expect(version).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
  });
});
