// Takes values from the environment into the model: environment lists, configs and secrets (L16).
import { pathRules } from "../source/paths.ts";
import { type Rewrite, rewrite } from "../source/rewrite.ts";
import type { Environment as Sources } from "../source/Environment.ts";
import { get, mapItems, scalar, type ScalarTree, set, type Tree } from "../source/Tree.ts";

type Environment = Readonly<Record<string, string>>;

/** The value of a variable; names like "constructor" must not find what every object has. */
export const lookup = (environment: Environment, name: string): string | undefined =>
  Object.hasOwn(environment, name) ? environment[name] : undefined;

/** A value that a variable of the same name gave; without a name of the source it keeps no history. */
export const inherited = (from: Tree, name: string, value: string, sources: Sources | undefined): ScalarTree => {
  const filled = scalar(value, from.span);
  const source = sources?.get(name)?.source;
  return source === undefined ? filled : { ...filled, origin: { ...from.origin, variables: [{ name, source }] } };
};

const listed =
  (environment: Environment, sources: Sources | undefined): Rewrite =>
  ({ tree }) => {
    if (tree._tag !== "List") return tree;
    return mapItems(tree, (item) => {
      const value =
        item._tag === "Scalar" && typeof item.value === "string" ? lookup(environment, item.value) : undefined;
      return value === undefined || item._tag !== "Scalar"
        ? item
        : inherited(item, String(item.value), `${String(item.value)}=${value}`, sources);
    });
  };

/**
 * What the variable of a config or secret holds. The key passes the schema when an included model is merged into another;
 * it is never printed.
 */
export const valueKey = "x-#value";

const content =
  (environment: Environment): Rewrite =>
  ({ tree }) => {
    const name = get(tree, "environment");
    if (tree._tag !== "Map" || name?._tag !== "Scalar" || typeof name.value !== "string") return tree;
    const value = lookup(environment, name.value);
    return value === undefined ? tree : set(tree, valueKey, scalar(value, name.span));
  };

/** `sources` are the same variables with where they came from, for the history of values. */
export const resolveEnvironment = (tree: Tree, environment: Environment, sources?: Sources): Tree => {
  const rules = pathRules<Rewrite>([
    ["services.*.environment", listed(environment, sources)],
    ["secrets.*", content(environment)],
    ["configs.*", content(environment)],
  ]);
  return rewrite({ tree, path: [], problems: { add: () => {} } }, rules);
};
