/** Where two JSON values differ: 'temperatures.1: 600 became 900', the first few of them. */
import type { Json } from '../data/atoms.ts';

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const brief = (value: Json | undefined) => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** One sentence for each place, at most `most` of them. Order of keys does not matter. */
export function differences(before: Json | undefined, after: Json | undefined, most = 5): string[] {
  const found: string[] = [];
  const visit = (a: Json | undefined, b: Json | undefined, path: string): void => {
    if (found.length >= most) return;
    if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        visit(own(a, key), own(b, key), path === '' ? key : `${path}.${key}`);
    } else if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
      a.forEach((item, i) => {
        visit(item, b[i], `${path}.${i}`);
      });
    } else if (JSON.stringify(a) !== JSON.stringify(b)) {
      found.push(`${path}: ${brief(a)} became ${brief(b)}`);
    }
  };
  visit(before, after, '');
  return found;
}

const own = (from: { [key: string]: Json }, key: string) => (Object.hasOwn(from, key) ? from[key] : undefined);
