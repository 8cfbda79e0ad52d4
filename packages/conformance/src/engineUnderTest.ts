// The gate in front of tests that need an engine: is one there, has it the images, and leaving nothing behind.
import { EngineClient } from "./EngineClient.ts";

/** An engine that answers and has the images, or the sentence that says why not. */
export type EngineGate =
  | { readonly _tag: "Ready"; readonly client: EngineClient }
  | { readonly _tag: "Absent"; readonly why: string };

/** True when missing engines are failures instead of skips. */
export const enginesRequired = (): boolean => process.env["COMPOSURE_ENGINE_TESTS"] === "required";

const defaultHost = "unix:///var/run/docker.sock";

/** Images the projects are made of; scripts/engine/images.sh makes them all without a registry. */
export const requiredImages = [
  "composure/test-idle:latest",
  "composure/test-web:1",
  "composure/test-web:2",
  "composure/test-db:1",
  "composure/test-db:2",
  "composure/test-cache:latest",
] as const;

const missingImages = async (client: EngineClient): Promise<ReadonlyArray<string>> => {
  const present = await Promise.all(requiredImages.map((image) => client.hasImage(image)));
  return requiredImages.filter((_, at) => !present[at]);
};

/** Looks for the engine at DOCKER_HOST (or the usual socket). Throws when engines are required and there is none. */
export const findEngine = async (): Promise<EngineGate> => {
  const host = process.env["DOCKER_HOST"] ?? defaultHost;
  const client = new EngineClient(host);
  const gate = await client.request("GET", "/_ping").then(
    async (): Promise<EngineGate> => {
      const missing = await missingImages(client);
      if (missing.length === 0) return { _tag: "Ready", client };
      return { _tag: "Absent", why: `the engine lacks ${missing.join(", ")}: scripts/engine/images.sh ${host} loads them` };
    },
    (error: unknown): EngineGate => ({ _tag: "Absent", why: `no engine answers at ${host} (${(error as Error).message})` }),
  );
  if (gate._tag === "Absent" && enginesRequired()) throw new Error(`COMPOSURE_ENGINE_TESTS=required, but ${gate.why}`);
  return gate;
};

const deleteAll = async (client: EngineClient, paths: ReadonlyArray<string>): Promise<void> => {
  await Promise.all(paths.map((path) => client.request("DELETE", path)));
};

/** Removes everything that carries the project's label, and the volumes named in `volumes`; errors are left to the next look. */
export const removeProject = async (client: EngineClient, project: string, volumes: Iterable<string> = []): Promise<void> => {
  const containers = await client.containers(project);
  await deleteAll(client, containers.map((one) => `/containers/${one.id}?force=1&v=1`));
  const [networks, named, images] = await Promise.all([client.networks(project), client.volumes(project), client.images(project)]);
  await deleteAll(client, [
    ...networks.map((one) => `/networks/${one.Id}`),
    ...named.map((one) => `/volumes/${one.Name}?force=1`),
    ...[...volumes].map((name) => `/volumes/${name}?force=1`),
    // The lock of a run that was killed, or that its test gave up on.
    `/volumes/composure-lock.${project}?force=1`,
    ...images.map((one) => `/images/${one.Id}?force=1`),
  ]);
};

/** What still carries the project's label: "container x", "network y", "volume z". */
export const remains = async (client: EngineClient, project: string): Promise<ReadonlyArray<string>> => {
  const [containers, networks, volumes] = await Promise.all([
    client.containers(project),
    client.networks(project),
    client.volumes(project),
  ]);
  return [
    ...containers.map((one) => `container ${one.name}`),
    ...networks.map((one) => `network ${one.Name}`),
    ...volumes.map((one) => `volume ${one.Name}`),
  ];
};
