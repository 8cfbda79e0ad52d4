// Finds services that wait for each other.
import { byBytes } from "../hash/canonicalJson.ts";
import type { Project } from "../model/Project.ts";

/** A service on the way, and which of its dependencies comes next. */
interface Step {
  readonly name: string;
  readonly dependencies: ReadonlyArray<string>;
  next: number;
}

const stepAt = (project: Project, name: string): Step => ({
  name,
  dependencies: Object.keys(project.services[name]?.depends_on ?? {}).sort(byBytes),
  next: 0,
});

/** Walks down from one service with a stack of its own, since chains can be longer than the call stack. */
const cycleFrom = (project: Project, start: string, done: Set<string>): ReadonlyArray<string> | undefined => {
  const steps: Array<Step> = [stepAt(project, start)];
  const onPath = new Set<string>([start]);
  for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
    const name = step.dependencies[step.next++];
    if (name === undefined) {
      steps.pop();
      onPath.delete(step.name);
      done.add(step.name);
      continue;
    }
    if (onPath.has(name)) {
      const path = steps.map((one) => one.name);
      return [...path.slice(path.indexOf(name)), name];
    }
    if (done.has(name) || !Object.hasOwn(project.services, name)) continue;
    steps.push(stepAt(project, name));
    onPath.add(name);
  }
  return undefined;
};

/** The first cycle in order of names: ["a", "b", "a"]. */
export const dependencyCycle = (project: Project): ReadonlyArray<string> | undefined => {
  const done = new Set<string>();
  for (const name of Object.keys(project.services).sort(byBytes)) {
    const found = done.has(name) ? undefined : cycleFrom(project, name, done);
    if (found !== undefined) return found;
  }
  return undefined;
};
