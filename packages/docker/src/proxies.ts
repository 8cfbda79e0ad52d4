// docker's client proxies as build arguments. Source: docker CLI, config.json `proxies`.
import type { DockerConfig } from "./auth.ts";

const VARIABLES: ReadonlyArray<readonly [string, string]> = [
  ["httpProxy", "HTTP_PROXY"],
  ["httpsProxy", "HTTPS_PROXY"],
  ["noProxy", "NO_PROXY"],
  ["ftpProxy", "FTP_PROXY"],
  ["allProxy", "ALL_PROXY"],
];

/** In both spellings, since programs disagree. `engine` is its address: a host may have proxies of its own. */
export const proxyArguments = ({ proxies }: DockerConfig, engine: string): Readonly<Record<string, string>> => {
  const chosen = proxies?.[engine] ?? proxies?.["default"] ?? {};
  return Object.fromEntries(
    VARIABLES.flatMap(([key, name]) => {
      const value = chosen[key];
      return value ? [[name, value] as const, [name.toLowerCase(), value] as const] : [];
    }),
  );
};
