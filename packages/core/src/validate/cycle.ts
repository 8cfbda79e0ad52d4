// Finds services that wait for each other.
import { byBytes } from "../hash/canonicalJson.ts";
import type { Project } from "../model/Project.ts";

/** The first cycle in order of names: ["a", "b", "a"]. */
export const dependencyCycle = (project: Project): ReadonlyArray<string> | undefined => {
  const done = new Set<string>();
  const path: Array<string> = [];
  const visit = (name: string): ReadonlyArray<string> | undefined => {
    const at = path.indexOf(name);
    if (at >= 0) return [...path.slice(at), name];
    if (done.has(name) || !Object.hasOwn(project.services, name)) return undefined;
    path.push(name);
    for (const next of Object.keys(project.services[name]?.depends_on ?? {}).sort(byBytes)) {
      const found = visit(next);
      if (found !== undefined) return found;
    }
    path.pop();
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(project.services).sort(byBytes)) {
    const found = visit(name);
    if (found !== undefined) return found;
  }
  return undefined;
};
