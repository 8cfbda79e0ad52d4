// The lists that `config` prints instead of the model: names, images, profiles, variables, hashes. One entry a line.
// Where docker compose prints in random order, the order here is by name.
import * as Result from "effect/Result";
import { byBytes, indentedJson } from "../hash/canonicalJson.ts";
import { serviceHash } from "../hash/serviceHash.ts";
import type { VariableUse } from "../load/Load.ts";
import type { Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";
import { withDefaultPlatform } from "../desired/platform.ts";
import { noSuchService } from "../select/select.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { documentText } from "./yaml.ts";

type Lines = ReadonlyArray<string>;

const sortedKeys = (record: object): Lines => Object.keys(record).sort(byBytes);

/** Dependencies come before the services that need them. */
export const serviceNames = (project: Project): Lines => {
  const done = new Set<string>();
  const visit = (name: string): void => {
    if (done.has(name) || !Object.hasOwn(project.services, name)) return;
    done.add(name);
    for (const dependency of sortedKeys(project.services[name]?.depends_on ?? {})) visit(dependency);
    ordered.push(name);
  };
  const ordered: Array<string> = [];
  for (const name of sortedKeys(project.services)) visit(name);
  return ordered;
};

/** The keys of the top-level sections, not the real names on the engine. */
export const volumeNames = (project: Project): Lines => sortedKeys(project.volumes);
export const networkNames = (project: Project): Lines => sortedKeys(project.networks);

/** The name a service's image has: its own, or the one that building it would give. */
export const imageName = (project: Project, service: Service): string =>
  service.image !== undefined && service.image !== ""
    ? service.image
    : `${project.name}${project.compatibility ? "_" : "-"}${service.name}`;

export const imageNames = (project: Project): Lines =>
  Object.values(project.services)
    .map((service) => imageName(project, service))
    .sort(byBytes);

/** Profiles of all services, also of those that are not enabled. */
export const profileNames = (project: Project): Lines => {
  const services = [...Object.values(project.services), ...Object.values(project.disabled_services)];
  return [...new Set(services.flatMap(({ profiles }) => profiles ?? []))].sort(byBytes);
};

/** The AI models that the project's models stand for. */
export const modelNames = (project: Project): Lines =>
  Object.values(project.models)
    .flatMap(({ model }) => (model === undefined || model === "" ? [] : [model]))
    .sort(byBytes);

/** The environment of interpolation as NAME=value. It may hold secrets: for the terminal of the user only. */
export const environmentLines = (project: Project): Lines =>
  Object.entries(project.environment)
    .map(([name, value]) => `${name}=${value}`)
    .sort(byBytes);

const byName = (variables: ReadonlyArray<VariableUse>): ReadonlyArray<VariableUse> =>
  [...variables].sort((a, b) => byBytes(a.name, b.name));

const headings = ["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"];

/** A table: columns at least 20 wide, with 3 spaces between them. */
export const variablesTable = (variables: ReadonlyArray<VariableUse>): Lines => {
  const rows = byName(variables).map(({ name, required, defaultValue, alternateValue }) => [
    name,
    String(required),
    defaultValue,
    alternateValue,
  ]);
  const all = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(20, ...all.map((row) => Array.from(row[column] ?? "").length + 3)),
  );
  return all.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join(""),
  );
};

/** The variables as data, in docker compose's names. */
const variableFields = (variables: ReadonlyArray<VariableUse>) =>
  new Map(
    byName(variables).map(({ name, required, defaultValue, alternateValue }) => [
      name,
      new Map<string, string | boolean>([
        ["Name", name],
        ["DefaultValue", defaultValue],
        ["PresenceValue", alternateValue],
        ["Required", required],
      ]),
    ]),
  );

export const variablesJson = (variables: ReadonlyArray<VariableUse>): string =>
  indentedJson(variableFields(variables)).replace(/^ +/gm, (indent) => indent.repeat(2));

export const variablesYaml = (variables: ReadonlyArray<VariableUse>): string => {
  const lowered = Array.from(variableFields(variables), ([name, fields]) => {
    const entries = Array.from(fields, ([key, value]) => [key.toLowerCase(), value] as const);
    return [name, new Map(entries)] as const;
  });
  return documentText(new Map(lowered)).replace(/^ +/gm, (indent) => indent.repeat(2));
};

/**
 * "<service> <hash>" for the named services, or for all when none is named. The project must be loaded without
 * resolving env files: docker compose hashes the service as written here, so that a service with env_file or
 * label_file has another hash in the label of its container.
 */
export const hashLines = (
  project: Project,
  names: ReadonlyArray<string>,
): Result.Result<Lines, ReadonlyArray<Diagnostic>> => {
  const wanted = names.length === 0 ? sortedKeys(project.services) : [...names].sort(byBytes);
  const unknown = wanted.filter((name) => !Object.hasOwn(project.services, name));
  if (unknown.length > 0) return Result.fail(unknown.map((name) => noSuchService(project, name)));
  return Result.succeed(
    wanted.map((name) => {
      const { label_file: _, ...service } = withDefaultPlatform(project, project.services[name] as Service);
      return `${name} ${serviceHash(service)}`;
    }),
  );
};
