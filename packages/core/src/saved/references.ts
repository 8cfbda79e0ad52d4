// Secrets of a plan as references into the project, and back again: the file says where a value is and how to know it.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import * as Result from "effect/Result";
import { maskSecrets, replaceSecrets } from "../explain/secrets.ts";
import type { FileObject, Project } from "../model/Project.ts";
import type { StringMap } from "../model/Service.ts";
import type { Observed } from "../observed/Observed.ts";
import type { Plan } from "../plan/Plan.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { renderPath } from "../source/paths.ts";
import { fault } from "../source/problem.ts";
import type { ContentReference, SavedPlan, SecretReference } from "./Saved.ts";

/**
 * Where the values of secrets are: the loaded project, the proxies of docker's client, and what the engine holds (a way
 * back may make a network again as it was, with its labels).
 */
export interface SecretSource {
  readonly project: Pick<Project, "services" | "networks" | "volumes" | "configs" | "secrets">;
  readonly proxyEnvironment: StringMap;
  readonly observed: Pick<Observed, "networks" | "volumes">;
}

type Path = ReadonlyArray<string | number>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (at, step) =>
      isRecord(at) && Object.hasOwn(at, step) ? (at as Readonly<Record<string | number, unknown>>)[step] : undefined,
    root,
  );

/** Keyed by the file's salt and the value's place: equal secrets do not look equal, within a file or across files. */
const digest = (salt: string, path: Path, value: string): string =>
  `hmac-sha256:${bytesToHex(hmac(sha256, utf8ToBytes(JSON.stringify([salt, ...path])), utf8ToBytes(value)))}`;

const labelsByName = (things: ReadonlyArray<{ readonly name: string; readonly labels: StringMap }>): unknown =>
  Object.fromEntries(things.map(({ name, labels }) => [name, { labels }]));

/** Files come first: of equal places the first is taken. */
const rootOf = ({ project, proxyEnvironment, observed }: SecretSource): unknown => ({
  services: project.services,
  networks: project.networks,
  volumes: project.volumes,
  proxyEnvironment,
  engine: { networks: labelsByName(observed.networks), volumes: labelsByName(observed.volumes) },
});

/** Only what is executed needs its values back; everything else stays masked. */
const isExecuted = (at: Path): boolean => at[0] === "steps" && at[2] === "operation";

/** The texts of the plan that hold secrets, with their places. */
const secretTexts = (plan: Plan): ReadonlyArray<{ readonly at: Path; readonly value: string }> => {
  const found = new Map<string, { readonly at: Path; readonly value: string }>();
  replaceSecrets(plan, (secret, at) => {
    const value = isExecuted(at) ? valueAt(plan, at) : undefined;
    if (typeof value === "string") found.set(JSON.stringify(at), { at, value });
    return secret;
  });
  return Array.from(found.values());
};

/** Where the project has each of the wanted texts. */
const placesOf = (root: unknown, wanted: ReadonlySet<string>): ReadonlyMap<string, ReadonlyArray<Path>> => {
  const places = new Map<string, Array<Path>>();
  const walk = (value: unknown, path: Path): void => {
    if (typeof value === "string") {
      if (wanted.has(value)) places.set(value, [...(places.get(value) ?? []), path]);
      return;
    }
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, [...path, index]);
    else if (isRecord(value)) for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
  };
  walk(root, []);
  return places;
};

/** Of several places with the same text the one that is most like the plan's: same name, same service. */
const bestPlace = (places: ReadonlyArray<Path>, at: Path, service: string | undefined): Path | undefined => {
  const score = (path: Path): number =>
    (path.at(-1) === at.at(-1) ? 2 : 0) + (service !== undefined && path[1] === service ? 1 : 0);
  return places.reduce<Path | undefined>(
    (best, path) => (best === undefined || score(path) > score(best) ? path : best),
    undefined,
  );
};

const serviceOf = (plan: Plan, at: Path): string | undefined => {
  const step = at[0] === "steps" && typeof at[1] === "number" ? plan.steps[at[1]] : undefined;
  return step?.address.startsWith("service:") === true ? step.address.split(":")[1] : undefined;
};

const homeless = (at: Path): Diagnostic =>
  fault(
    "secret-without-place",
    `${renderPath(at)} holds a secret that the project's files do not have, so a saved plan cannot refer to it`,
    {},
    "let the file take it from the environment, for example build.args with ${TOKEN}, instead of giving it on the command line",
  );

/** Every secret of the plan by reference; a secret that has no place in the project cannot be saved. */
export const referSecrets = (
  plan: Plan,
  source: SecretSource,
  salt: string,
): Result.Result<ReadonlyArray<SecretReference>, ReadonlyArray<Diagnostic>> => {
  const texts = secretTexts(plan);
  const places = placesOf(rootOf(source), new Set(texts.map(({ value }) => value)));
  const problems: Array<Diagnostic> = [];
  const references = texts.flatMap(({ at, value }): ReadonlyArray<SecretReference> => {
    const path = bestPlace(places.get(value) ?? [], at, serviceOf(plan, at));
    if (path !== undefined) return [{ at, path, digest: digest(salt, path, value) }];
    problems.push(homeless(at));
    return [];
  });
  return problems.length > 0 ? Result.fail(problems) : Result.succeed(references);
};

const objectsOf = (source: SecretSource, kind: ContentReference["kind"]): Readonly<Record<string, FileObject>> =>
  kind === "config" ? source.project.configs : source.project.secrets;

const contentOf = (source: SecretSource, kind: ContentReference["kind"], key: string): string | undefined => {
  const objects = objectsOf(source, kind);
  return Object.hasOwn(objects, key) ? objects[key]?.content : undefined;
};

/** The contents of all files that the plan puts into containers or hands to builders, each once. */
export const referContents = (plan: Plan, source: SecretSource, salt: string): ReadonlyArray<ContentReference> => {
  const files = plan.steps.flatMap(({ operation }): ReadonlyArray<Pick<ContentReference, "kind" | "key">> => {
    if (operation._tag === "InjectFiles") return operation.files;
    if (operation._tag !== "BuildImage") return [];
    const linked = Object.values(operation.linked ?? {}).flatMap(({ secrets = [] }) => secrets);
    return [...(operation.secrets ?? []), ...linked].flatMap((secret) =>
      secret._tag === "Value" ? [{ kind: "secret", key: secret.key }] : [],
    );
  });
  const unique = new Map(files.map(({ kind, key }) => [`${kind} ${key}`, { kind, key }] as const));
  return Array.from(unique.values(), ({ kind, key }) => ({
    kind,
    key,
    digest: digest(salt, [kind, key], contentOf(source, kind, key) ?? ""),
  }));
};

/** The same data with the texts at the given places replaced. */
const replaceAt = (value: unknown, texts: ReadonlyMap<string, string>, path: Path = []): unknown => {
  if (typeof value === "string") return texts.get(JSON.stringify(path)) ?? value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => replaceAt(item, texts, [...path, index]));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceAt(item, texts, [...path, key])]));
};

const changed = (what: string): Diagnostic =>
  fault(
    "secret-changed",
    `${what} is not what it was when the plan was made`,
    {},
    "make the plan again, or restore the value",
  );

const checkContents = (saved: SavedPlan, source: SecretSource): ReadonlyArray<Diagnostic> =>
  saved.contents.flatMap(({ kind, key, digest: wanted }) => {
    const content = contentOf(source, kind, key);
    const what = `the content of ${kind} ${key}`;
    if (content === undefined) return [fault("secret-missing", `${what} is not in the project any more`, {})];
    return digest(saved.meta.salt, [kind, key], content) === wanted ? [] : [changed(what)];
  });

/** The plan as it was approved. Every value is taken from the project as it is now and must be the one of then. */
export const fillSecrets = (saved: SavedPlan, source: SecretSource): Result.Result<Plan, ReadonlyArray<Diagnostic>> => {
  const root = rootOf(source);
  const texts = new Map<string, string>();
  const problems = saved.secrets.flatMap((reference): ReadonlyArray<Diagnostic> => {
    const value = valueAt(root, reference.path);
    const what = renderPath(reference.path);
    if (typeof value !== "string")
      return [
        fault(
          "secret-missing",
          `${what} is not in the project any more`,
          {},
          "the plan needs its value; make the plan again",
        ),
      ];
    if (digest(saved.meta.salt, reference.path, value) !== reference.digest) return [changed(what)];
    texts.set(JSON.stringify(reference.at), value);
    return [];
  });
  const all = [...problems, ...checkContents(saved, source)];
  return all.length > 0 ? Result.fail(all) : Result.succeed(replaceAt(saved.plan, texts) as Plan);
};

/** The plan as it may be shown and stored. */
export const withoutSecrets = (plan: Plan): Plan => maskSecrets(plan);
