// Where the engine is: the docker CLI's rules for --host, --context, DOCKER_HOST, contexts and TLS, as a function of its inputs.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { EngineError, Unavailable, Unsupported } from "@composure/engine/EngineError";
import * as Result from "effect/Result";

/** PEM texts; `verify` false accepts any server certificate. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly verify: boolean;
}

/** An engine's address. `name` is for people and for error texts. */
export type Target =
  /** `fallbacks` are tried when `path` cannot be used; only for the default, never for an address somebody gave. */
  | { readonly _tag: "Unix"; readonly name: string; readonly path: string; readonly fallbacks: ReadonlyArray<string> }
  | {
      readonly _tag: "Tcp";
      readonly name: string;
      readonly host: string;
      readonly port: number;
      readonly prefix: string;
      readonly tls?: TlsMaterial;
    }
  | {
      readonly _tag: "Ssh";
      readonly name: string;
      readonly host: string;
      readonly port?: number;
      readonly user?: string;
      readonly socket?: string;
    };

/** TLS as docker's own flags ask for it; files that are not named are those of DOCKER_CERT_PATH. */
export interface TlsOptions {
  readonly verify: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface TargetOptions {
  readonly host?: string;
  readonly context?: string;
  readonly tls?: TlsOptions;
}

type Env = Readonly<Record<string, string | undefined>>;
/** The text of a file, or undefined when there is none. */
export type ReadFile = (path: string) => string | undefined;

const DEFAULT_SOCKET = "/var/run/docker.sock";

const unavailable = (target: string, detail: string) =>
  Result.fail(
    new EngineError({
      call: "connect",
      subject: target,
      reason: new Unavailable({ cause: "missing", target, detail }),
    }),
  );

const unsupported = (subject: string, feature: string, needs: string) =>
  Result.fail(new EngineError({ call: "connect", subject, reason: new Unsupported({ feature, needs }) }));

/** The folder of docker's client configuration. */
export const dockerConfigDir = (env: Env, home: string): string => env["DOCKER_CONFIG"] || join(home, ".docker");

const parseJson = (text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const field = (value: unknown, ...path: ReadonlyArray<string>): unknown => {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
};

const portOf = (url: URL, fallback: number): number => (url.port === "" ? fallback : Number(url.port));
const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

/** Reads one address; `tls` is what the environment or the context offers for tcp. */
export const parseHost = (address: string, tls: TlsMaterial | undefined): Result.Result<Target, EngineError> => {
  const text = address.trim();
  const scheme = /^([a-z+]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "unix") {
    const path = text.slice("unix://".length) || DEFAULT_SOCKET;
    return Result.succeed({ _tag: "Unix", name: `unix://${path}`, path, fallbacks: [] });
  }
  if (scheme === "npipe")
    return unsupported(text, "Windows named pipes (npipe://)", "an engine at unix://, tcp:// or ssh://");
  if (scheme !== undefined && !["tcp", "http", "https", "ssh"].includes(scheme)) {
    return unsupported(
      text,
      `engine addresses of the form ${scheme}://`,
      "unix://, tcp://, http://, https:// or ssh://",
    );
  }
  let url: URL;
  try {
    // http has a host parser of the special kind: it lowercases and checks; tcp and ssh have not.
    url = new URL(scheme === undefined ? `http://${text}` : text.replace(/^[a-z]+:/i, "http:"));
  } catch {
    return unavailable(text, `"${text}" is not an engine address`);
  }
  if (url.hostname === "") return unavailable(text, `"${text}" names no host`);
  if (scheme === "ssh") return sshTarget(text, url);
  const secure = tls ?? (scheme === "https" ? { verify: true } : undefined);
  // The special scheme drops ":80" as its default port, which no docker client would.
  const port = /:80(?:\/|$)/.test(text)
    ? 80
    : portOf(url, secure === undefined ? (scheme === "http" ? 80 : 2375) : scheme === "https" ? 443 : 2376);
  const prefix = url.pathname.replace(/\/+$/, "");
  const name = scheme === undefined ? `tcp://${text}` : text;
  return Result.succeed({
    _tag: "Tcp",
    name,
    host: bareHost(url),
    port,
    prefix,
    ...(secure === undefined ? {} : { tls: secure }),
  });
};

const sshTarget = (text: string, url: URL): Result.Result<Target, EngineError> => {
  if (url.password !== "")
    return unsupported("ssh", "passwords in ssh:// addresses", "a key known to ssh or its agent");
  const host = bareHost(url);
  if (host.startsWith("-") || url.username.startsWith("-")) return unavailable(text, `"${text}" is not an ssh address`);
  const socket = url.pathname === "/" || url.pathname === "" ? undefined : url.pathname;
  const port = /:80(?:\/|$)/.test(text) ? 80 : url.port === "" ? undefined : Number(url.port);
  return Result.succeed({
    _tag: "Ssh",
    name: text,
    host,
    ...(port === undefined ? {} : { port }),
    ...(url.username === "" ? {} : { user: decodeURIComponent(url.username) }),
    ...(socket === undefined ? {} : { socket }),
  });
};

const environmentTls = (env: Env, configDir: string, readFile: ReadFile, asked: TlsOptions | undefined): TlsMaterial | undefined => {
  const verify = Boolean(env["DOCKER_TLS_VERIFY"]);
  const folder = env["DOCKER_CERT_PATH"] || configDir;
  if (asked !== undefined) return tlsMaterial(folder, asked.verify || verify, readFile, asked);
  if (!verify && !env["DOCKER_TLS"]) return undefined;
  return tlsMaterial(folder, verify, readFile);
};

const tlsMaterial = (folder: string, verify: boolean, readFile: ReadFile, named: Omit<TlsOptions, "verify"> = {}): TlsMaterial => {
  const ca = readFile(named.ca ?? join(folder, "ca.pem"));
  const cert = readFile(named.cert ?? join(folder, "cert.pem"));
  const key = readFile(named.key ?? join(folder, "key.pem"));
  return {
    verify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
};

const fromContext = (name: string, configDir: string, readFile: ReadFile): Result.Result<Target, EngineError> => {
  const id = createHash("sha256").update(name).digest("hex");
  const meta = parseJson(readFile(join(configDir, "contexts", "meta", id, "meta.json")));
  const host = field(meta, "Endpoints", "docker", "Host");
  if (typeof host !== "string" || host === "") {
    return unavailable(
      `context ${name}`,
      `the docker context "${name}" is not known in ${join(configDir, "contexts")}`,
    );
  }
  const skip = field(meta, "Endpoints", "docker", "SkipTLSVerify") === true;
  const material = tlsMaterial(join(configDir, "contexts", "tls", id, "docker"), !skip, readFile);
  const offered = skip || material.ca !== undefined || material.cert !== undefined;
  return parseHost(host, offered ? material : undefined);
};

const defaultTarget = (env: Env, home: string): Target => {
  const runtime = env["XDG_RUNTIME_DIR"];
  return {
    _tag: "Unix",
    name: `unix://${DEFAULT_SOCKET}`,
    path: DEFAULT_SOCKET,
    fallbacks: [
      ...(runtime ? [join(runtime, "docker.sock")] : []),
      join(home, ".docker", "run", "docker.sock"),
      ...(runtime ? [join(runtime, "podman", "podman.sock")] : []),
      "/run/podman/podman.sock",
    ],
  };
};

/** The name of the docker context that is meant; empty for none and for the default one, which has no name of its own. */
const contextName = (env: Env, options: TargetOptions, configDir: string, readFile: ReadFile): string => {
  if (options.context) return options.context === "default" ? "" : options.context;
  if (options.host || env["DOCKER_HOST"]) return "";
  const current = field(parseJson(readFile(join(configDir, "config.json"))), "currentContext");
  const named = env["DOCKER_CONTEXT"] || (typeof current === "string" ? current : "");
  return named === "default" ? "" : named;
};

/**
 * How another docker program finds the engine that we found. `used` is the address in use where that is not what
 * docker itself would take: a fallback socket, or the near end of a tunnel.
 */
export const endpointFor = (
  env: Env,
  home: string,
  options: TargetOptions,
  readFile: ReadFile,
  used: string | undefined,
): { readonly DOCKER_HOST: string | undefined; readonly DOCKER_CONTEXT: string | undefined } => {
  if (used !== undefined) return { DOCKER_HOST: used, DOCKER_CONTEXT: undefined };
  const context = contextName(env, options, dockerConfigDir(env, home), readFile);
  if (context !== "") return { DOCKER_HOST: undefined, DOCKER_CONTEXT: context };
  return { DOCKER_HOST: options.host || env["DOCKER_HOST"], DOCKER_CONTEXT: undefined };
};

/** Finds the engine in the docker CLI's order: --context, --host, DOCKER_HOST, DOCKER_CONTEXT, currentContext, the default socket. */
export const resolveTarget = (
  env: Env,
  home: string,
  options: TargetOptions,
  readFile: ReadFile,
): Result.Result<Target, EngineError> => {
  const configDir = dockerConfigDir(env, home);
  const tls = environmentTls(env, configDir, readFile, options.tls);
  if (options.host && options.context) {
    return unavailable(options.host, "--host and --context exclude each other: give one of them");
  }
  const host = options.context ? undefined : options.host || env["DOCKER_HOST"];
  if (host) return parseHost(host, tls);
  const current = field(parseJson(readFile(join(configDir, "config.json"))), "currentContext");
  const context = options.context || env["DOCKER_CONTEXT"] || (typeof current === "string" ? current : "");
  if (context !== "" && context !== "default") return fromContext(context, configDir, readFile);
  const contextDefault = options.context === "default" ? env["DOCKER_HOST"] : undefined;
  return contextDefault ? parseHost(contextDefault, tls) : Result.succeed(defaultTarget(env, home));
};
