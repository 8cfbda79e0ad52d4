// The variables that interpolation can use, each with where its value came from.
import type { VariableSource } from "./Origin.ts";

export interface Variable {
  readonly value: string;
  readonly source: VariableSource;
}

/** By name. A `Map`, so that a variable named `__proto__` is just a variable. */
export type Environment = ReadonlyMap<string, Variable>;

export const environmentOf = (values: Readonly<Record<string, string>>, source: VariableSource): Environment =>
  new Map(Object.entries(values).map(([name, value]) => [name, { value, source }]));

/** `first` with the variables that only `second` has; `first` itself when there are none. */
export const mergeMissing = (first: Environment, second: Environment): Environment => {
  if ([...second.keys()].every((name) => first.has(name))) return first;
  const merged = new Map(first);
  for (const [name, variable] of second) if (!merged.has(name)) merged.set(name, variable);
  return merged;
};

export const lookupIn =
  (environment: Environment) =>
  (name: string): string | undefined =>
    environment.get(name)?.value;

/** A plain record without a prototype. */
export const environmentRecord = (environment: Environment): Readonly<Record<string, string>> => {
  const record = Object.create(null) as Record<string, string>;
  for (const [name, variable] of environment) record[name] = variable.value;
  return record;
};
