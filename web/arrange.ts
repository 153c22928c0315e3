/** Lists that are shown anew while they are used: what is still there stays the same element, where it is. */

/** Makes `wanted` the children of `parent`; only what is new or elsewhere is put in its place. */
export function arrange(parent: Element, wanted: readonly Element[]): void {
  const stays = new Set(wanted);
  for (const child of [...parent.children]) if (!stays.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const child of wanted) {
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}

/** Nodes by key: `make` is called for those that are new, `show` for all of them; those that are not asked for are forgotten. */
export function keyed<T, N>(make: (item: T) => N, show: (node: N, item: T) => void) {
  let known = new Map<string, N>();
  return (items: readonly T[], keyOf: (item: T) => string): N[] => {
    const now = new Map<string, N>();
    const nodes = items.map((item) => {
      const key = keyOf(item);
      const node = known.get(key) ?? make(item);
      now.set(key, node);
      show(node, item);
      return node;
    });
    known = now;
    return nodes;
  };
}

/** Writes only what is another text: nothing is touched under the mouse. */
export function write(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
