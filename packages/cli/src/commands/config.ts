// config: the project as it is understood, or lists taken from it.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ProjectIdentity } from "@composure/core/desired/Desired";
import { imageName } from "@composure/core/desired/names";
import { serviceHash } from "@composure/core/hash/serviceHash";
import type { Loaded, LoadRequest } from "@composure/core/load/Load";
import type { Project } from "@composure/core/model/Project";
import { modelJson, projectJson } from "@composure/core/print/json";
import { modelYaml, projectYaml } from "@composure/core/print/yaml";
import type { configSpec } from "../argv/specs/reading.ts";
import { printWarnings } from "../load/warnings.ts";
import { loadFiles } from "../load/source.ts";
import { table } from "../output/table.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { withSession, type Session } from "../session.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof configSpec>["options"];

const lines = (texts: Iterable<string>): string => [...texts].map((text) => `${text}\n`).join("");
const sorted = (texts: Iterable<string>): ReadonlyArray<string> => [...texts].sort((a, b) => (a < b ? -1 : 1));

const variables = (loaded: Loaded, json: boolean): string => {
  const uses = [...loaded.variables].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (json) {
    const shape = uses.map((use) => [use.name, { Name: use.name, DefaultValue: use.defaultValue, PresenceValue: use.alternateValue, Required: use.required }]);
    return `${JSON.stringify(Object.fromEntries(shape), null, 4)}\n`;
  }
  return table(
    [["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"], ...uses.map((use) => [use.name, String(use.required), use.defaultValue, use.alternateValue])],
    20,
  );
};

const everyService = (project: Project) => ({ ...project.disabled_services, ...project.services });

const profiles = (project: Project): ReadonlyArray<string> =>
  sorted(new Set(Object.values(everyService(project)).flatMap((service) => service.profiles ?? [])));

const hashes = (project: Project, wanted: string): string | Failure => {
  const names = wanted === "*" ? Object.keys(project.services) : wanted.split(",");
  const unknown = names.find((name) => project.services[name] === undefined);
  if (unknown !== undefined) return refuse(`no such service: ${unknown}`);
  return lines(sorted(names).map((name) => `${name} ${serviceHash(project.services[name]!)}`));
};

const images = (project: Project): ReadonlyArray<string> => {
  const identity: ProjectIdentity = {
    name: project.name,
    workingDir: project.working_dir,
    configFiles: project.config_files,
    envFiles: project.env_files,
    separator: project.compatibility ? "_" : "-",
  };
  return Object.values(project.services)
    .filter((service) => service.image !== undefined || service.build !== undefined)
    .map((service) => imageName(identity, service));
};

/** What is asked for instead of the whole model; undefined when it is the model. */
const list = (loaded: Loaded, options: Options): string | Failure | undefined => {
  const { project } = loaded;
  if (options.services) return lines(sorted(Object.keys(project.services)));
  if (options.volumes) return lines(Object.keys(project.volumes));
  if (options.networks) return lines(Object.keys(project.networks));
  if (options.models) return lines(sorted(Object.values(project.models).flatMap((model) => (model.model === undefined ? [] : [model.model]))));
  if (options.hash !== undefined) return hashes(project, options.hash);
  if (options.profiles) return lines(profiles(project));
  if (options.images) return lines(images(project));
  if (options.variables) return variables(loaded, options.format === "json");
  if (options.environment) return lines(sorted(Object.entries(project.environment).map(([name, value]) => `${name}=${value}`)));
  return undefined;
};

const model = (loaded: Loaded, options: Options, digests: ReadonlyMap<string, string> | undefined): string | Failure => {
  if (options.format !== undefined && options.format !== "" && options.format !== "yaml" && options.format !== "json") return refuse(`unsupported format "${options.format}"`, "use yaml or json");
  const json = options.format === "json";
  if (options.noInterpolate) return json ? `${modelJson(loaded.tree)}\n` : modelYaml(loaded.tree);
  const project = digests === undefined ? loaded.project : pinned(loaded.project, digests, options.lockImageDigests);
  return json ? `${projectJson(project)}\n` : projectYaml(project);
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
  return only ? { ...project, services, networks: {}, volumes: {}, secrets: {}, configs: {}, models: {}, extensions: {} } : { ...project, services };
};

const loadOptions = (options: Options, operands: ReadonlyArray<string>, globalsAll: boolean): Partial<LoadRequest> & { readonly services: ReadonlyArray<string> } => ({
  services: operands,
  // Lists of names need no more than the names: a missing variable or env file is no obstacle to them.
  noInterpolate: options.noInterpolate || options.variables,
  noNormalize: options.noNormalize,
  noPathResolution: options.noPathResolution,
  noConsistency: options.noConsistency || options.variables,
  noEnvResolution: options.noEnvResolution,
  allResources: globalsAll,
});

const resolveDigests = async (session: Session, project: Project): Promise<ReadonlyMap<string, string> | undefined> => {
  const { digestsOf } = await import("../engine/digests.ts");
  return digestsOf(session, project);
};

export const run: Run<typeof configSpec> = ({ globals, options, operands }, host) =>
  withSession(globals, host, async (session) => {
    const loaded = await loadFiles(globals, host, loadOptions(options, operands, globals.allResources));
    if (loaded._tag === "Invalid") {
      await printFailure(loaded, host, session.settings);
      return 1;
    }
    if (!options.variables) await printWarnings(loaded.warnings, session);
    const listed = list(loaded, options);
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
