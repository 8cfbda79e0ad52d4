// docker's client proxies: variables that every container gets unless its service sets them. Source: docker CLI, config.json `proxies`.
import type { Host } from "../host/Host.ts";
import { dockerConfig } from "./dockerConfig.ts";

const variables = { httpProxy: "HTTP_PROXY", httpsProxy: "HTTPS_PROXY", noProxy: "NO_PROXY", ftpProxy: "FTP_PROXY", allProxy: "ALL_PROXY" } as const;

/** `engine` is the engine's address: a host may have proxies of its own. */
export const proxyEnvironment = (env: Host["env"], engine: string): Readonly<Record<string, string>> => {
  const { proxies } = dockerConfig(env);
  const chosen = proxies?.[engine] ?? proxies?.["default"] ?? {};
  const environment: Record<string, string> = {};
  for (const [key, name] of Object.entries(variables)) {
    const value = chosen[key];
    if (typeof value !== "string" || value === "") continue;
    environment[name] = value;
    environment[name.toLowerCase()] = value;
  }
  return environment;
};
