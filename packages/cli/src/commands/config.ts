// config: the project as it is understood, or lists taken from it.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Loaded, LoadRequest } from "@composure/core/load/Load";
import type { Project } from "@composure/core/model/Project";
import { modelJson, projectJson } from "@composure/core/print/json";
import * as lists from "@composure/core/print/lists";
import { modelYaml, projectYaml } from "@composure/core/print/yaml";
import * as Result from "effect/Result";
import type { configSpec } from "../argv/specs/reading.ts";
import { explainValue } from "../explain/value.ts";
import { printWarnings } from "../load/warnings.ts";
import { loadFiles } from "../load/source.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { withSession, type Session } from "../session.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof configSpec>["options"];

const lines = (texts: ReadonlyArray<string>): string => texts.map((text) => `${text}\n`).join("");

const hashes = (project: Project, wanted: string): string | Failure => {
  const found = lists.hashLines(project, wanted === "*" ? [] : wanted.split(","));
  if (Result.isSuccess(found)) return lines(found.success);
  const [first] = found.failure;
  return refuse(first?.message ?? "", first?.hint);
};

const variables = (loaded: Loaded, format: string): string | Failure => {
  switch (format) {
    case "json":
      return `${lists.variablesJson(loaded.variables)}\n`;
    case "yaml":
      return lists.variablesYaml(loaded.variables);
    case "":
    case "table":
      return lines(lists.variablesTable(loaded.variables));
    default:
      return refuse(`unsupported format "${format}"`, "use table, yaml or json");
  }
};

/** What is asked for instead of the whole model; undefined when it is the model. */
const list = (loaded: Loaded, options: Options, session: Session): string | Failure | undefined => {
  const { project } = loaded;
  if (options.explain !== undefined) return explainValue(loaded, options.explain, options.format, session);
  if (options.services) return lines(lists.serviceNames(project));
  if (options.volumes) return lines(lists.volumeNames(project));
  if (options.networks) return lines(lists.networkNames(project));
  if (options.models) return lines(lists.modelNames(project));
  if (wantsHash(options)) return hashes(project, options.hash ?? "");
  if (options.profiles) return lines(lists.profileNames(project));
  if (options.images) return lines(lists.imageNames(project));
  if (options.variables) return variables(loaded, options.format ?? "");
  if (options.environment) return lines(lists.environmentLines(project));
  return undefined;
};

const wantsHash = (options: Options): boolean => options.hash !== undefined && options.hash !== "";

const model = (loaded: Loaded, options: Options, digests: ReadonlyMap<string, string> | undefined): string | Failure => {
  if (options.format !== undefined && options.format !== "" && options.format !== "yaml" && options.format !== "json") return refuse(`unsupported format "${options.format}"`, "use yaml or json");
  const json = options.format === "json";
  if (options.noInterpolate) return json ? modelJson(loaded.tree) : modelYaml(loaded.tree);
  const project = digests === undefined ? loaded.project : pinned(loaded.project, digests, options.lockImageDigests);
  // docker compose ends JSON without a newline.
  return json ? projectJson(project) : projectYaml(project);
};

/** Images by digest; `only` leaves nothing else of the project (--lock-image-digests). */
const pinned = (project: Project, digests: ReadonlyMap<string, string>, only: boolean): Project => {
  const services = Object.fromEntries(
    Object.entries(project.services).map(([name, service]) => {
      const image = service.image === undefined ? undefined : (digests.get(service.image) ?? service.image);
      const base = only ? { name } : service;
      return [name, image === undefined ? base : { ...base, image }];
    }),
  );
  return only ? { ...project, name: "", services, networks: {}, volumes: {}, secrets: {}, configs: {}, models: {}, extensions: {} } : { ...project, services };
};

type Loading = Partial<LoadRequest> & { readonly services: ReadonlyArray<string> };

const loadOptions = (options: Options, operands: ReadonlyArray<string>, globals: { readonly allResources: boolean; readonly compatibility: boolean }): Loading => {
  const ofProject = options.services || options.volumes || options.networks || options.models || wantsHash(options);
  const ofModel = !ofProject && !options.profiles && !options.images && !options.variables;
  return {
    // These lists are of the whole project, whatever services are named.
    services: ofProject ? [] : operands,
    noInterpolate: options.noInterpolate || options.variables,
    noNormalize: options.noNormalize || globals.compatibility,
    noPathResolution: options.noPathResolution,
    noConsistency: options.noConsistency || options.variables,
    // Lists of names and hashes read no env files. The flag --no-env-resolution changes nothing in docker compose either.
    noEnvResolution: !ofModel && !options.environment,
    allResources: globals.allResources,
  };
};

const resolveDigests = async (session: Session, project: Project): Promise<ReadonlyMap<string, string> | undefined> => {
  const { digestsOf } = await import("../engine/digests.ts");
  return digestsOf(session, project);
};

export const run: Run<typeof configSpec> = ({ globals, options, operands }, host) =>
  withSession(globals, host, async (session) => {
    const loaded = await loadFiles(globals, host, loadOptions(options, operands, globals));
    if (loaded._tag === "Invalid") {
      await printFailure(loaded, host, session.settings);
      return 1;
    }
    if (!options.variables) await printWarnings(loaded.warnings, session);
    const listed = list(loaded, options, session);
    const digests = listed === undefined && (options.resolveImageDigests || options.lockImageDigests) ? await resolveDigests(session, loaded.project) : undefined;
    if (listed === undefined && (options.resolveImageDigests || options.lockImageDigests) && digests === undefined) return 1;
    const text = listed ?? model(loaded, options, digests);
    if (typeof text !== "string") {
      await printFailure(text, host, session.settings);
      return 1;
    }
    if (options.output !== undefined && options.output !== "") writeFileSync(resolve(host.cwd, options.output), text);
    else if (!options.quiet || listed !== undefined) await host.stdout.write(text);
    return 0;
  });
