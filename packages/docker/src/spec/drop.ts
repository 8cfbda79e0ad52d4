// Request bodies without the keys that say nothing.

type Value = unknown;

/** Leaves out undefined; everything else, false and 0 and [] too, is a statement. */
export const defined = (fields: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** A list or map that holds something, else undefined. */
export const filled = <A extends object>(value: A | undefined): A | undefined =>
  value === undefined || Object.keys(value).length === 0 ? undefined : value;

/** Undefined when no key has a value. */
export const anyDefined = (fields: Readonly<Record<string, Value>>): Record<string, Value> | undefined =>
  filled(defined(fields));
