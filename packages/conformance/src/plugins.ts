// A docker client configuration of a test's own, with docker's plugins linked into it where they are at hand.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";

const places = (): ReadonlyArray<string> => {
  const peer = process.env["COMPOSURE_PEER"];
  return [
    join(process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker"), "cli-plugins"),
    ...(peer === undefined || peer === "" ? [] : [dirname(peer)]),
    "/usr/local/lib/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
  ];
};

/** docker's buildx, in docker's folders or beside the peer. */
export const buildxPath = (): string | undefined =>
  places()
    .map((folder) => join(folder, "docker-buildx"))
    .find((path) => existsSync(path));

export interface ClientConfig {
  /** For DOCKER_CONFIG. */
  readonly folder: string;
  /** Writes an executable `docker-NAME` into its plugins. */
  readonly plugin: (name: string, text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** `config` is the content of config.json. */
export const clientConfig = async (config: object = {}): Promise<ClientConfig> => {
  const folder = await mkdtemp(join(tmpdir(), "composure-client-"));
  const plugins = join(folder, "cli-plugins");
  await mkdir(plugins);
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const buildx = buildxPath();
  if (buildx !== undefined) await symlink(buildx, join(plugins, "docker-buildx"));
  return {
    folder,
    plugin: (name, text) => writeFile(join(plugins, `docker-${name}`), text, { mode: 0o755 }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
