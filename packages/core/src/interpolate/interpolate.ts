// Interpolates every string of a document and casts the values whose path asks for a type (L3).
import type { Diagnostic } from "../source/Diagnostic.ts";
import { type Environment, lookupIn } from "../source/Environment.ts";
import type { Origin, VariableOrigin } from "../source/Origin.ts";
import { type PathRules, renderPath, underItem, underKey } from "../source/paths.ts";
import type { Span } from "../source/Span.ts";
import type { Staged } from "../source/Staged.ts";
import { mapEntries, mapItems, type ScalarTree, type Tree } from "../source/Tree.ts";
import { type Cast, casts } from "./cast.ts";
import { describeProblem, hintForProblem, type Lookup, type Substituted, substitute } from "./template.ts";

type Rules = PathRules<Cast> | undefined;

/** Mutable while one document is interpolated; `path` follows the walk. */
interface Walk {
  readonly lookup: Lookup;
  readonly environment: Environment;
  readonly path: Array<string | number>;
  readonly diagnostics: Diagnostic[];
  readonly warned: Set<string>;
  /** How much text variables may still add to the document. */
  budget: number;
}

/** UTF-16 units: far more than any project, far less than memory. */
const MAX_TEXT = 64 * 1024 * 1024;

const unsetWarning = (name: string, span: Span, path: string): Diagnostic => ({
  severity: "warning",
  code: "variable-unset",
  message: `The "${name}" variable is not set. Defaulting to a blank string.`,
  span,
  path,
  hint: `Set ${name}, write \${${name}:-default}, or write $$ for a plain dollar sign.`,
});

const originsOf = (walk: Walk, names: ReadonlyArray<string>): ReadonlyArray<VariableOrigin> =>
  [...new Set(names)].map((name) => ({ name, source: walk.environment.get(name)?.source ?? { _tag: "Unset" } }));

const report = (walk: Walk, substituted: Substituted, tree: ScalarTree): void => {
  const path = renderPath(walk.path);
  for (const problem of substituted.problems) {
    const required = problem._tag === "Required";
    walk.diagnostics.push({
      severity: "error",
      code: required ? "variable-required" : "interpolation",
      message: required
        ? `error while interpolating ${path}: ${describeProblem(problem)}`
        : `${describeProblem(problem)} for ${path}`,
      span: tree.span,
      path,
      hint: hintForProblem(problem),
    });
  }
  for (const name of substituted.unset) {
    if (walk.warned.has(name)) continue;
    walk.warned.add(name);
    walk.diagnostics.push(unsetWarning(name, tree.span, path));
  }
};

const castScalar = (walk: Walk, tree: ScalarTree, text: string, cast: Cast): ScalarTree => {
  const result = cast(text);
  const path = renderPath(walk.path);
  if (result._tag === "Failed") {
    const message = `error while interpolating ${path}: failed to cast to expected type: ${result.message}`;
    walk.diagnostics.push({ severity: "error", code: "cast", message, span: tree.span, path, hint: result.hint });
    return tree;
  }
  if (result.warning !== undefined) {
    walk.diagnostics.push({
      severity: "warning",
      code: "boolean-word",
      message: result.warning,
      span: tree.span,
      path,
    });
  }
  return { ...tree, value: result.value, ...(result.float ? { float: true } : {}) };
};

const exhausted: Substituted = { value: "", problems: [{ _tag: "TooLong" }], unset: [], names: [] };

const interpolateScalar = (walk: Walk, tree: ScalarTree, rules: Rules): ScalarTree => {
  if (typeof tree.value !== "string" || tree.timestamp) return tree;
  const cast = rules?.rule;
  if (!tree.value.includes("$")) return cast === undefined ? tree : castScalar(walk, tree, tree.value, cast);
  const substituted = walk.budget > 0 ? substitute(tree.value, walk.lookup) : exhausted;
  walk.budget -= substituted.value.length;
  report(walk, substituted, tree);
  const failed = substituted.problems.length > 0;
  const origin: Origin = {
    ...tree.origin,
    written: tree.value,
    ...(substituted.names.length === 0 ? {} : { variables: originsOf(walk, substituted.names) }),
  };
  const filled: ScalarTree = { ...tree, value: substituted.value, origin };
  return cast === undefined || failed ? filled : castScalar(walk, filled, substituted.value, cast);
};

const walkTree = (walk: Walk, tree: Tree, rules: Rules): Tree => {
  switch (tree._tag) {
    case "Scalar":
      return interpolateScalar(walk, tree, rules);
    case "List":
      return mapItems(tree, (item, index) => {
        walk.path.push(index);
        const walked = walkTree(walk, item, underItem(rules));
        walk.path.pop();
        return walked;
      });
    case "Map":
      return mapEntries(tree, (value, key) => {
        walk.path.push(key);
        const walked = walkTree(walk, value, underKey(rules, key));
        walk.path.pop();
        return walked;
      });
  }
};

/** Keys are never interpolated. A value with an error keeps its place, with what could be put in. */
export const interpolate = (tree: Tree, environment: Environment): Staged => {
  const walk: Walk = {
    lookup: lookupIn(environment),
    environment,
    path: [],
    diagnostics: [],
    warned: new Set(),
    budget: MAX_TEXT,
  };
  return { tree: walkTree(walk, tree, casts), diagnostics: walk.diagnostics };
};
