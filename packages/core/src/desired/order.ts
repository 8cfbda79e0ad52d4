// Dependency order: dependencies first, names decide among equals, in time linear in services and edges.
import { byBytes } from "../hash/canonicalJson.ts";

export type Order =
  | { readonly _tag: "Ordered"; readonly names: ReadonlyArray<string> }
  /** ["a", "b", "a"]. */
  | { readonly _tag: "Cycle"; readonly path: ReadonlyArray<string> };

interface Visit {
  readonly name: string;
  readonly next: ReadonlyArray<string>;
  at: number;
}

/** Targets that are no nodes themselves are ignored. Walks depth first with its own stack: chains may be very long. */
export const dependencyOrder = (graph: ReadonlyMap<string, ReadonlyArray<string>>): Order => {
  const done = new Set<string>();
  const open = new Set<string>();
  const names: Array<string> = [];
  const enter = (name: string): Visit => {
    open.add(name);
    return { name, next: Array.from(graph.get(name) ?? []).sort(byBytes), at: 0 };
  };
  for (const root of Array.from(graph.keys()).sort(byBytes)) {
    if (done.has(root)) continue;
    const stack = [enter(root)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const target = top.next[top.at++];
      if (target === undefined) {
        stack.pop();
        open.delete(top.name);
        done.add(top.name);
        names.push(top.name);
      } else if (open.has(target)) {
        const path = stack.map((visit) => visit.name);
        return { _tag: "Cycle", path: [...path.slice(path.indexOf(target)), target] };
      } else if (!done.has(target) && graph.has(target)) stack.push(enter(target));
    }
  }
  return { _tag: "Ordered", names };
};
