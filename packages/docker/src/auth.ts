// Registry credentials as the docker CLI keeps them: config.json, its credential helpers and stores.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseReference } from "./reference.ts";

/** As the engine takes it in X-Registry-Auth. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
  readonly serveraddress: string;
}

interface StoredAuth {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

export interface DockerConfig {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly cliPluginsExtraDirs?: ReadonlyArray<string>;
  readonly proxies?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Asks `docker-credential-<helper>`; undefined when it knows nothing. Rejects when it cannot be asked. */
export type AskHelper = (helper: string, action: "get" | "list", input: string) => Promise<string | undefined>;

/** Docker Hub's key, from the days of its first API. */
const HUB_KEY = "https://index.docker.io/v1/";

/** The key under which docker files a registry's credentials. */
export const registryKey = (image: string): string => {
  const { domain } = parseReference(image);
  return domain === "docker.io" ? HUB_KEY : domain;
};

const hostOf = (key: string): string => key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");

const decode = (server: string, stored: StoredAuth): RegistryAuth | undefined => {
  const pair = stored.auth === undefined ? "" : Buffer.from(stored.auth, "base64").toString("utf8").replace(/\0+$/, "");
  const colon = pair.indexOf(":");
  const username = stored.username || (colon < 0 ? "" : pair.slice(0, colon));
  const password = stored.password || (colon < 0 ? "" : pair.slice(colon + 1));
  const { identitytoken, registrytoken } = stored;
  if (!username && !identitytoken && !registrytoken) return undefined;
  return {
    serveraddress: server,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(identitytoken ? { identitytoken } : {}),
    ...(registrytoken ? { registrytoken } : {}),
  };
};

const fromHelper = async (helper: string, server: string, ask: AskHelper): Promise<RegistryAuth | undefined> => {
  const answer = await ask(helper, "get", server);
  if (answer === undefined) return undefined;
  const { Username, Secret } = JSON.parse(answer) as { readonly Username?: string; readonly Secret?: string };
  if (!Secret) return undefined;
  return Username === "<token>"
    ? { serveraddress: server, identitytoken: Secret }
    : { serveraddress: server, username: Username ?? "", password: Secret };
};

/** The credentials for one registry key, or undefined when there are none. A helper of its own comes first, then the store, then the file. */
export const findAuth = async (
  config: DockerConfig,
  server: string,
  ask: AskHelper,
): Promise<RegistryAuth | undefined> => {
  const helper = config.credHelpers?.[server] ?? config.credHelpers?.[hostOf(server)];
  if (helper) return fromHelper(helper, server, ask);
  if (config.credsStore) {
    const stored = await fromHelper(config.credsStore, server, ask);
    if (stored !== undefined) return stored;
  }
  const auths = config.auths ?? {};
  const exact = auths[server];
  const key = exact === undefined ? Object.keys(auths).find((name) => hostOf(name) === hostOf(server)) : server;
  const stored = key === undefined ? undefined : auths[key];
  return stored === undefined ? undefined : decode(server, stored);
};

/** Everything docker knows, for a build, whose base images are named inside its Dockerfile. */
export const allAuths = async (
  config: DockerConfig,
  ask: AskHelper,
): Promise<Readonly<Record<string, RegistryAuth>>> => {
  const listed = config.credsStore ? await ask(config.credsStore, "list", "").catch(() => undefined) : undefined;
  const servers = new Set([
    ...Object.keys(config.auths ?? {}),
    ...Object.keys(config.credHelpers ?? {}),
    ...(listed === undefined ? [] : Object.keys(JSON.parse(listed) as object)),
  ]);
  const found = await Promise.all(
    // One broken helper must not fail a build that may not need it.
    [...servers].map(async (server) => [server, await findAuth(config, server, ask).catch(() => undefined)] as const),
  );
  return Object.fromEntries(found.flatMap(([server, auth]) => (auth === undefined ? [] : [[server, auth] as const])));
};

/** For a header: base64 in the URL alphabet, padded. */
export const encodeAuth = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");

export const readDockerConfig = async (configDir: string): Promise<DockerConfig> => {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(configDir, "config.json"), "utf8"));
    return typeof parsed === "object" && parsed !== null ? (parsed as DockerConfig) : {};
  } catch {
    // No file, or one that docker could not read either: the registry will say whether credentials are needed.
    return {};
  }
};

/** Milliseconds that a helper may think; some ask the user to unlock a key chain. */
const HELPER_LIMIT = 120_000;

export const askHelperProcess: AskHelper = (helper, action, input) =>
  new Promise((resolve, reject) => {
    const name = `docker-credential-${helper}`;
    const child = spawn(name, [action], { stdio: ["pipe", "pipe", "ignore"], timeout: HELPER_LIMIT });
    let said = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      said += text;
    });
    child.stdin.on("error", () => {});
    child.once("error", (error) => reject(new Error(`${name}: ${error.message}`)));
    child.once("close", (code) => {
      if (code === 0) resolve(said);
      // What it prints on failure is a message, never a secret.
      else if (/credentials not found/i.test(said)) resolve(undefined);
      else reject(new Error(`${name}: ${said.trim() || `ended with code ${code ?? "unknown"}`}`));
    });
    child.stdin.end(input);
  });
