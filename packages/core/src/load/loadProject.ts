// Loading as one pure, total function: from the request and the files fetched so far to a project, to the files that
// are still missing, or to everything that is wrong.
import { decodeProject } from "../decode/decode.ts";
import { extractVariables } from "../interpolate/variables.ts";
import type { Project } from "../model/Project.ts";
import { normalise } from "../normalise/normalise.ts";
import { resolveEnvFiles } from "../select/envFiles.ts";
import { enableServices, selectProfiles } from "../select/profiles.ts";
import { select } from "../select/select.ts";
import { type Environment, environmentRecord } from "../source/Environment.ts";
import { fault } from "../source/problem.ts";
import type { MapTree, Tree } from "../source/Tree.ts";
import { alignReplicas, checkConsistency, checkContainerNames } from "../validate/consistency.ts";
import { discover, type Discovered } from "./discovery.ts";
import { addFile, parseFile } from "./document.ts";
import { type EnvironmentPass, envFilePass, explicitEnvFiles, processPass, workingDirectory } from "./environment.ts";
import { filesOf } from "./files.ts";
import { finishDiagnostics } from "./finish.ts";
import type { Fetched, Load, LoadRequest, LoadResult } from "./Load.ts";
import { hasErrors, type Loading, report } from "./Loading.ts";
import { loadModel } from "./model.ts";
import { chooseProjectName } from "./projectName.ts";
import { isRemote, refuseRemote } from "./remote.ts";

/** Everything known once the files are found. */
interface Prepared {
  readonly name: string;
  readonly workingDir: string;
  readonly paths: ReadonlyArray<string>;
  readonly environment: Environment;
  readonly profiles: ReadonlyArray<string>;
  readonly compatibility: boolean;
}

/** Why a load call ends before there is a project. */
const stop = (loading: Loading): LoadResult | undefined => {
  const missing = loading.files.missing();
  if (missing.length > 0) return { _tag: "NeedFiles", paths: missing };
  if (!hasErrors(loading.diagnostics)) return undefined;
  return { _tag: "Invalid", diagnostics: finishDiagnostics(loading.diagnostics, loading.texts) };
};

const start = (request: LoadRequest, fetched: Fetched): Loading => ({
  request,
  fetched,
  files: filesOf(fetched),
  stages: { addFile, loadModel },
  home: request.env["HOME"],
  diagnostics: [],
  parsed: new Map(),
  texts: new Map(),
  extended: new Map(),
  included: new Map(),
  raw: [],
  obsoleteVersion: new Set(),
});

const findFiles = (loading: Loading, first: EnvironmentPass): Discovered => {
  const { request, files } = loading;
  const remote = request.files.filter(isRemote);
  if (remote.length > 0) {
    return { paths: [], diagnostics: remote.map((reference) => refuseRemote(reference, {})) };
  }
  return discover(request, files, first.environment, workingDirectory(request, request.files));
};

/** Unset is one empty name, so that a service with `profiles: ["${DEBUG}"]` is enabled while DEBUG is unset. */
const activeProfiles = (request: LoadRequest, environment: Environment): ReadonlyArray<string> =>
  request.profiles.length > 0
    ? request.profiles
    : (environment.get("COMPOSE_PROFILES")?.value ?? "").split(",").map((profile) => profile.trim());

const isTrue = (text: string | undefined): boolean => ["1", "t", "true"].includes((text ?? "").trim().toLowerCase());

const prepare = (loading: Loading): Prepared => {
  const { request, files } = loading;
  const base = processPass(request, files);
  const first = envFilePass(request, files, base, workingDirectory(request, request.files));
  const found = findFiles(loading, first);
  const workingDir = workingDirectory(request, found.paths);
  const { environment, diagnostics } = envFilePass(request, files, first, workingDir);
  report(loading, diagnostics);
  report(loading, found.diagnostics);
  const documents = found.paths.map((path) => parseFile(loading, path)?.documents.map(({ tree }) => tree) ?? []);
  const chosen = chooseProjectName(request, documents, environment, workingDir);
  report(loading, chosen.diagnostics);
  return {
    name: chosen.name,
    workingDir,
    paths: found.paths,
    environment: new Map(environment).set("COMPOSE_PROJECT_NAME", {
      value: chosen.name,
      source: { _tag: "ProjectName" },
    }),
    profiles: activeProfiles(request, environment),
    compatibility: request.compatibility === true || isTrue(environment.get("COMPOSE_COMPATIBILITY")?.value),
  };
};

const checkNotEmpty = (loading: Loading, prepared: Prepared, tree: MapTree): void => {
  if (tree.entries.size === 0) {
    const place = { span: { file: prepared.paths[0] ?? "", line: 1, column: 1 } };
    report(loading, fault("empty-file", "empty compose file", place, "Add a services section."));
  }
  if (prepared.name === "") {
    const hint = "Set it with --project-name, COMPOSE_PROJECT_NAME or a top-level name.";
    report(loading, fault("project-name", "project name must not be empty", {}, hint));
  }
};

interface Modelled {
  readonly prepared: Prepared;
  readonly tree: Tree;
}

/** The merged model, normalised; or undefined when problems stand in the way. */
const buildModel = (loading: Loading): Modelled | undefined => {
  const { request } = loading;
  const prepared = prepare(loading);
  if (stop(loading) !== undefined && prepared.paths.length === 0) return undefined;
  const scope = {
    environment: prepared.environment,
    folder: prepared.workingDir,
    workingDir: prepared.workingDir,
    resolvePaths: request.noPathResolution !== true,
  };
  const model = loadModel(
    loading,
    scope,
    prepared.paths.map((path) => ({ path })),
    [],
  );
  if (model.sound) checkNotEmpty(loading, prepared, model.tree);
  if (stop(loading) !== undefined) return undefined;
  if (request.noNormalize === true) return { prepared, tree: model.tree };
  const normal = normalise(model.tree, {
    projectName: prepared.name,
    environment: environmentRecord(prepared.environment),
    sources: prepared.environment,
  });
  report(loading, normal.diagnostics);
  return { prepared, tree: normal.tree };
};

const decode = (loading: Loading, { prepared, tree }: Modelled): Project => {
  const decoded = decodeProject(tree, {
    name: prepared.name,
    workingDir: prepared.workingDir,
    configFiles: prepared.paths,
    envFiles: explicitEnvFiles(loading.request),
    environment: environmentRecord(prepared.environment),
    profiles: prepared.profiles,
    compatibility: prepared.compatibility,
  });
  report(loading, decoded.diagnostics);
  return decoded.project;
};

/** P6, R1 and P7: the services that the profiles and the named services enable, checked against each other. */
const enable = (loading: Loading, project: Project, tree: Tree): Project => {
  const { request } = loading;
  const enabled = enableServices(selectProfiles(project, project.profiles), request.services);
  if (request.noConsistency === true) return enabled;
  report(loading, checkConsistency(enabled, tree));
  return alignReplicas(enabled);
};

/** R2 to R4: what the named services leave of the project. */
const narrow = (loading: Loading, project: Project, tree: Tree): Project => {
  const { request } = loading;
  const selected = select(project, {
    services: request.services,
    withDependencies: request.withDependencies ?? true,
    allResources: request.allResources ?? false,
  });
  report(loading, selected.diagnostics);
  if (request.noConsistency !== true) report(loading, checkContainerNames(selected.project, tree));
  return selected.project;
};

/** P3 to R4: from the model to the project; or why that is not possible yet, or at all. */
const buildProject = (loading: Loading, modelled: Modelled): Project | LoadResult => {
  const { request } = loading;
  const { tree } = modelled;
  const decoded = decode(loading, modelled);
  // Without interpolation the values are templates: what does not fit together is no mistake then.
  const lenient = request.noInterpolate === true;
  const undecoded = lenient ? undefined : stop(loading);
  if (undecoded !== undefined) return undecoded;
  const enabled = enable(loading, decoded, tree);
  const first = request.envOfSelected === true ? narrow(loading, enabled, tree) : enabled;
  const resolved = resolveEnvFiles(first, tree, loading.fetched, {
    resolveEnvironment: !lenient && request.noEnvResolution !== true,
    cwd: request.cwd,
  });
  if (resolved._tag === "NeedFiles") return { _tag: "NeedFiles", paths: resolved.paths };
  report(loading, resolved.diagnostics);
  const narrowed = request.envOfSelected === true ? resolved.project : narrow(loading, resolved.project, tree);
  return (lenient ? undefined : stop(loading)) ?? narrowed;
};

/** Everything that was read: compose files and env files. */
const textsOf = ({ fetched, texts }: Loading): ReadonlyMap<string, string> => {
  const all = new Map(texts);
  for (const [path, content] of fetched) if (content._tag === "Text") all.set(path, content.content);
  return all;
};

export const load: Load = (request, fetched) => {
  const loading = start(request, fetched);
  const modelled = buildModel(loading);
  const stopped = stop(loading);
  if (stopped !== undefined || modelled === undefined) return stopped ?? { _tag: "Invalid", diagnostics: [] };
  const { tree, prepared } = modelled;
  const modelProblems = [...loading.diagnostics];
  const project = buildProject(loading, modelled);
  if ("_tag" in project) return project;
  const lenient = request.noInterpolate === true;
  return {
    _tag: "Loaded",
    project: { ...project, name: prepared.name },
    tree,
    variables: extractVariables(lenient ? [tree] : loading.raw),
    sources: { environment: prepared.environment, texts: textsOf(loading) },
    warnings: finishDiagnostics(lenient ? modelProblems : loading.diagnostics, loading.texts),
  };
};
