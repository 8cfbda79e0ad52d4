// Takes values from the environment into the model: environment lists, configs and secrets (L16).
import { pathRules } from "../source/paths.ts";
import { type Rewrite, rewrite } from "../source/rewrite.ts";
import { get, mapItems, scalar, set, type Tree } from "../source/Tree.ts";

type Environment = Readonly<Record<string, string>>;

/** The value of a variable; names like "constructor" must not find what every object has. */
export const lookup = (environment: Environment, name: string): string | undefined =>
  Object.hasOwn(environment, name) ? environment[name] : undefined;

const listed =
  (environment: Environment): Rewrite =>
  ({ tree }) => {
    if (tree._tag !== "List") return tree;
    return mapItems(tree, (item) => {
      const value =
        item._tag === "Scalar" && typeof item.value === "string" ? lookup(environment, item.value) : undefined;
      return value === undefined || item._tag !== "Scalar"
        ? item
        : { ...item, value: `${String(item.value)}=${value}` };
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

export const resolveEnvironment = (tree: Tree, environment: Environment): Tree => {
  const rules = pathRules<Rewrite>([
    ["services.*.environment", listed(environment)],
    ["secrets.*", content(environment)],
    ["configs.*", content(environment)],
  ]);
  return rewrite({ tree, path: [], problems: { add: () => {} } }, rules);
};
