// Where the new value of a changed field is written, and where a problem that planning found is.
import type { Plan } from "../plan/Plan.ts";
import type { FieldChange } from "../plan/Reason.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { placeOf } from "../source/problem.ts";
import type { Span } from "../source/Span.ts";
import type { ListTree, Tree } from "../source/Tree.ts";

/** The steps of a field's path: `labels["a.b"]` and `ports[0].published` as keys and positions. */
export const fieldPath = (path: string): ReadonlyArray<string | number> =>
  Array.from(path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|([^.[\]]+)/g), ([, quoted, index, plain]) => {
    if (quoted !== undefined) return JSON.parse(quoted) as string;
    return index === undefined ? (plain as string) : Number(index);
  });

/** Hashes write a few keys with a capital: blkio_config.device_read_bps[0].Path. */
const uncapitalised = (key: string): string => `${key.charAt(0).toLowerCase()}${key.slice(1)}`;

interface Found {
  readonly tree: Tree;
  readonly span: Span;
}

/** Some maps stand in the model as lists of `KEY=value`. */
const itemOf = (list: ListTree, key: string): Found | undefined => {
  const item = list.items.find(
    (each) => each._tag === "Scalar" && (each.value === key || String(each.value).startsWith(`${key}=`)),
  );
  return item === undefined ? undefined : { tree: item, span: item.span };
};

const step = (at: Tree, key: string | number): Found | undefined => {
  if (at._tag === "List" && typeof key === "number") {
    const item = at.items[key];
    return item === undefined ? undefined : { tree: item, span: item.span };
  }
  if (typeof key !== "string") return undefined;
  if (at._tag === "List") return itemOf(at, key);
  if (at._tag !== "Map") return undefined;
  const entry = at.entries.get(key) ?? at.entries.get(uncapitalised(key));
  if (entry === undefined) return undefined;
  const isWritten = entry.value._tag === "Scalar" && entry.value.value !== null;
  // A block starts on the line below its key; the key is the better place to point at.
  return { tree: entry.value, span: isWritten ? entry.value.span : entry.span };
};

/** The deepest part of the path that is written. The service's own key would point at nothing in particular. */
const spanOf = (service: Tree, path: ReadonlyArray<string | number>): Span | undefined => {
  let at = service;
  let span: Span | undefined;
  for (const key of path) {
    const found = step(at, key);
    if (found === undefined) return span;
    at = found.tree;
    span = found.span;
  }
  return span;
};

/** `tree` is the merged model. A removed field has no place, and neither has one that no file wrote. */
export const locateChanges = (
  changes: ReadonlyArray<FieldChange>,
  tree: Tree,
  service: string,
): ReadonlyArray<FieldChange> => {
  const services = step(tree, "services")?.tree;
  const own = services === undefined ? undefined : step(services, service)?.tree;
  if (own === undefined) return changes;
  return changes.map((change) => {
    const span = change.after === null ? undefined : spanOf(own, fieldPath(change.path));
    return span === undefined ? change : { ...change, span };
  });
};

/** The same plan with places in its reasons; nothing else differs. */
export const locatePlan = (plan: Plan, tree: Tree): Plan => ({
  ...plan,
  steps: plan.steps.map((step) => {
    const [kind, service] = step.address.split(":");
    if (step.reason._tag !== "ConfigChanged" || kind !== "service" || service === undefined) return step;
    return { ...step, reason: { ...step.reason, fields: locateChanges(step.reason.fields, tree, service) } };
  }),
});

/** The planner knows paths only. What no file wrote (the default network) stays without a place. */
export const locateDiagnostics = (diagnostics: ReadonlyArray<Diagnostic>, tree: Tree): ReadonlyArray<Diagnostic> =>
  diagnostics.map((diagnostic) => {
    if (diagnostic.span !== undefined || diagnostic.path === undefined) return diagnostic;
    const { span } = placeOf(tree, fieldPath(diagnostic.path));
    return span === undefined || span === tree.span ? diagnostic : { ...diagnostic, span };
  });
