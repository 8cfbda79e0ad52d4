// Answers `__complete`: the lines that cobra's completion scripts, and docker's CLI for its plugins, read.
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import type { CommandSpec } from "../argv/Flag.ts";
import type { GlobalOptions } from "../argv/globals.ts";
import { parse } from "../argv/parse.ts";
import { runWithEngine } from "../engine/run.ts";
import type { Host } from "../host/Host.ts";
import { loadFilesOrName } from "../load/source.ts";
import { identityOf } from "../pipeline/identity.ts";
import { engineFailed, type Failure } from "../pipeline/Failure.ts";
import { labelOf } from "../pipeline/reading.ts";
import { withSession } from "../session.ts";
import { completionRequest, directives, type Live, type Offer, type Want } from "./request.ts";

/** A shell waits for the answer: an engine that does not answer in this time is left out. */
const patience = "2 seconds";

const names: Record<number, string> = {
  [directives.nothing]: "ShellCompDirectiveDefault",
  [directives.noSpace]: "ShellCompDirectiveNoSpace",
  [directives.noFiles]: "ShellCompDirectiveNoFileComp",
  [directives.extensions]: "ShellCompDirectiveFilterFileExt",
  [directives.folders]: "ShellCompDirectiveFilterDirs",
};

const nameOf = (directive: number): string =>
  names[directive] ?? [2, 4, 8, 16].filter((bit) => (directive & bit) !== 0).map((bit) => names[bit]).join(", ");

const unique = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)].sort();

/** Values of one label on what the engine holds; nothing when it does not answer. */
const fromEngine = async (label: string, having: ReadonlyArray<string>, running: boolean, globals: GlobalOptions, host: Host): Promise<ReadonlyArray<string>> => {
  let found: ReadonlyArray<string> = [];
  const silent: Host = { ...host, stderr: { ...host.stderr, write: () => {} } };
  await withSession(globals, silent, (session) => {
    const program: Effect.Effect<number, Failure, Engine> = Effect.gen(function* () {
      const engine = yield* Engine;
      const containers = yield* Effect.mapError(engine.listContainers({ labels: having, all: !running }), engineFailed);
      found = unique(containers.map((container) => labelOf(container, label)).filter((value) => value !== ""));
      return 0;
    });
    return runWithEngine(session, host.cwd, Effect.map(Effect.timeoutOption(program, patience), () => 0));
  });
  return found;
};

const quietly = async <A>(read: () => Promise<A>, otherwise: A): Promise<A> => {
  try {
    return await read();
  } catch {
    return otherwise;
  }
};

const services = async (running: boolean, globals: GlobalOptions, host: Host): Promise<ReadonlyArray<string>> => {
  const source = await loadFilesOrName(globals, host);
  if (source._tag === "FromFiles" && !running) {
    const { project } = source.loaded;
    return unique([...Object.keys(project.services), ...Object.keys(project.disabled_services)]);
  }
  if (source._tag === "Invalid") return [];
  const { name } = identityOf(source, host);
  const held = await fromEngine("service", [`com.docker.compose.project=${name}`, "com.docker.compose.config-hash"], running, globals, host);
  // Nothing runs, or no engine answers: what the files declare is the better offer.
  return held.length > 0 || source._tag !== "FromFiles" ? held : unique(Object.keys(source.loaded.project.services));
};

const profiles = async (globals: GlobalOptions, host: Host): Promise<ReadonlyArray<string>> => {
  const source = await loadFilesOrName({ ...globals, profile: ["*"] }, host);
  return source._tag === "FromFiles" ? unique(Object.values(source.loaded.project.services).flatMap((service) => service.profiles ?? [])) : [];
};

/** Names of docker's contexts, from the folder where its CLI keeps them. */
const contexts = (host: Host): ReadonlyArray<string> => {
  const folder = join(host.env["DOCKER_CONFIG"] || join(host.env["HOME"] || homedir(), ".docker"), "contexts", "meta");
  const read = (id: string): string => {
    const meta = JSON.parse(readFileSync(join(folder, id, "meta.json"), "utf8")) as { readonly Name?: string };
    return meta.Name ?? "";
  };
  return unique(["default", ...readdirSync(folder).map(read)]);
};

const look = (what: Live, globals: GlobalOptions, host: Host): Promise<ReadonlyArray<string>> => {
  switch (what) {
    case "services":
    case "running":
      return services(what === "running", globals, host);
    case "profiles":
      return profiles(globals, host);
    case "projects":
      return fromEngine("project", ["com.docker.compose.project", "com.docker.compose.config-hash"], false, globals, host);
    case "contexts":
      return Promise.resolve().then(() => contexts(host));
  }
};

const offersOf = async (want: Want, globals: GlobalOptions, host: Host): Promise<readonly [ReadonlyArray<Offer>, number]> => {
  switch (want._tag) {
    case "Offers":
      return [want.offers, want.directive];
    case "Files":
      return want.extensions.length === 0 ? [[], directives.nothing] : [want.extensions.map((extension) => [extension, ""]), directives.extensions];
    case "Folders":
      return [[], directives.folders];
    case "Live": {
      const found = await quietly(() => look(want.what, globals, host), []);
      return [found.filter((name) => !want.without.includes(name)).map((name): Offer => [`${name}${want.after}`, ""]), want.directive];
    }
  }
};

/** Offers that begin with `last` only; those of files are extensions, which begin with nothing. */
const matching = (offers: ReadonlyArray<Offer>, last: string, want: Want): ReadonlyArray<Offer> => {
  if (want._tag === "Files") return offers;
  // "--progress=pl" is completed as a whole word.
  const flag = /^--[^=]+=/.exec(last)?.[0] ?? "";
  return offers.map(([value, about]): Offer => [`${flag}${value}`, about]).filter(([value]) => value.startsWith(last));
};

const globalsOf = (words: ReadonlyArray<string>, specs: ReadonlyArray<CommandSpec>): GlobalOptions | undefined => {
  const parsed = parse([...words, "version"], specs);
  return parsed._tag === "Invocation" ? parsed.globals : undefined;
};

/** `argv` is what follows `__complete`; its last word is the one under the cursor. */
export const answerCompletion = async (argv: ReadonlyArray<string>, withAbout: boolean, specs: ReadonlyArray<CommandSpec>, host: Host): Promise<number> => {
  const last = argv.at(-1) ?? "";
  const { want, globals: words } = completionRequest(argv.slice(0, -1), last, specs);
  const globals = globalsOf(words, specs) ?? (globalsOf([], specs) as GlobalOptions);
  const [offers, directive] = await offersOf(want, globals, host);
  const lines = matching(offers, last, want).map(([value, about]) => (withAbout && about !== "" ? `${value}\t${about}` : value));
  await host.stdout.write([...lines, `:${directive}`, ""].join("\n"));
  await host.stderr.write(`Completion ended with directive: ${nameOf(directive)}\n`);
  return 0;
};
