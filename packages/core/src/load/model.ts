// Loads the files of one model, the main one or an included one, and completes it (L1 to L16).
import { applyDefaults } from "../normalise/defaults.ts";
import { resolveEnvironment } from "../normalise/environment.ts";
import { resolvePaths } from "../normalise/paths.ts";
import { environmentRecord } from "../source/Environment.ts";
import { map, type MapTree } from "../source/Tree.ts";
import { validateModel } from "../validate/rules.ts";
import { addFile } from "./document.ts";
import { type Accumulated, hasErrors, type Loading, report, type Scope, type Stages } from "./Loading.ts";

const complete = (loading: Loading, scope: Scope, tree: MapTree): Accumulated => {
  const filled = applyDefaults(tree) as MapTree;
  const faults = validateModel(filled);
  report(loading, faults);
  if (hasErrors(faults)) return { tree: filled, sound: false };
  let current = filled;
  if (scope.resolvePaths) {
    const resolved = resolvePaths(filled, { workingDir: scope.workingDir, home: loading.home });
    report(loading, resolved.diagnostics);
    if (hasErrors(resolved.diagnostics)) return { tree: filled, sound: false };
    current = resolved.tree as MapTree;
  }
  const { environment } = scope;
  return { tree: resolveEnvironment(current, environmentRecord(environment), environment) as MapTree, sound: true };
};

/** Later files go on top of earlier ones. */
export const loadModel: Stages["loadModel"] = (loading, scope, files, including) => {
  const start = { file: files[0]?.path ?? "", line: 1, column: 1 };
  let accumulated: Accumulated = { tree: map([], start), sound: true };
  for (const file of files) {
    accumulated = addFile(loading, scope, file, accumulated, "Model", including, file.place ?? {});
  }
  return accumulated.sound ? complete(loading, scope, accumulated.tree) : accumulated;
};
