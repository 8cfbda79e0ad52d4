// Images: the local store, pulls from the simulated registry, builds.
import type { ObservedImage } from "@composure/core/observed/Observed";
import type { Operation } from "@composure/core/plan/Operation";
import { type Answer, answer, conflict, done, noSuchImage, refuse, rejected, unauthorized } from "./refusals.ts";
import type { Yield } from "@composure/engine/Engine";
import { NotFound } from "@composure/engine/EngineError";
import { digestOf, type PullFailure, type SimImage, type World } from "./World.ts";

/** "nginx" is "nginx:latest"; a digest stays as it is. */
export const withTag = (reference: string): string =>
  reference.includes("@") || /:[^/]+$/.test(reference) ? reference : `${reference}:latest`;

/** Repository without tag or digest. */
const repositoryOf = (reference: string): string => reference.replace(/@.*$/, "").replace(/:[^/:]+$/, "");

const wellFormed = /^(?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9._/-]+(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/i;

/** By reference, id, or id without its algorithm. */
export const findImage = (world: World, reference: string): SimImage | undefined => {
  const tagged = world.tags[withTag(reference)];
  if (tagged !== undefined) return world.images[tagged.id];
  const byId = world.images[reference] ?? world.images[`sha256:${reference}`];
  if (byId !== undefined) return byId;
  return reference.includes("@") ? Object.values(world.images).find((image) => image.digests.includes(reference)) : undefined;
};

const platformText = (platform: string | undefined): string => platform ?? "linux/amd64";

const imageOf = (world: World, reference: string, seed: string, platform: string | undefined): SimImage => {
  const given = world.registry.images[reference] ?? world.registry.images[repositoryOf(reference)] ?? {};
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
  return {
    labels: {},
    platform: platformText(platform),
    volumes: [],
    exposed: [],
    entrypoint: [],
    command: [],
    ...given,
    id: `sha256:${digestOf(`image ${seed}`)}`,
    digests: [`${repositoryOf(reference)}@${pinned ?? `sha256:${digestOf(`digest ${seed}`)}`}`],
  };
};

const keptImage = (world: World, tagged: string): SimImage | undefined => world.images[world.registry.kept?.[tagged] ?? ""];

/** Puts an image into the store, as `docker load` or an earlier pull did. */
export const loadImage = (world: World, reference: string, platform?: string): SimImage => {
  const tagged = withTag(reference);
  const kept = keptImage(world, tagged);
  if (kept !== undefined) return kept;
  const pushes = world.registry.pushes[tagged] ?? 0;
  const image = imageOf(world, tagged, `${tagged} ${pushes} ${platformText(platform)}`, platform);
  world.images[image.id] = image;
  if (world.tags[tagged]?.id !== image.id) world.tags[tagged] = { id: image.id, at: world.now };
  return image;
};

/** A new version of a tag appears in the registry: the next pull gives another id. */
export const pushImage = (world: World, reference: string): void => {
  const tagged = withTag(reference);
  world.registry.pushes[tagged] = (world.registry.pushes[tagged] ?? 0) + 1;
};

const askRegistry = <A>(world: World, reference: string, found: () => A): Answer<A> => {
  if (!wellFormed.test(reference)) return rejected(400, "invalid reference format");
  const failure: PullFailure | undefined = world.registry.failing[reference] ?? world.registry.failing[withTag(reference)];
  switch (failure) {
    case "missing":
      return refuse(new NotFound({ what: `manifest for ${withTag(reference)} not found: manifest unknown: manifest unknown` }));
    case "unauthorized":
      return unauthorized(`pull access denied for ${repositoryOf(reference)}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`);
    case "unreachable":
      return rejected(500, `Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host`);
    case undefined:
      return answer(found());
  }
};

export const pullImage = (world: World, reference: string, platform?: string): Answer<{ readonly id: string }> =>
  askRegistry(world, reference, () => ({ id: loadImage(world, reference, platform).id }));

/** What a `push` sends must be there, and the registry must take it. */
export const sendImage = (world: World, reference: string): Answer<void> => {
  const found = findImage(world, reference);
  if (found === undefined) return refuse(new NotFound({ what: `An image does not exist locally with the tag: ${repositoryOf(reference)}` }));
  return askRegistry(world, reference, () => undefined);
};

/** Those without a name that carry all the labels and that no container uses. */
export const pruneImages = (world: World, labels: ReadonlyArray<string>): ReadonlyArray<string> => {
  const named = new Set(Object.values(world.tags).map(({ id }) => id));
  const used = new Set(Object.values(world.containers).map(({ imageId }) => imageId));
  const gone = Object.values(world.images).filter(
    (image) => !named.has(image.id) && !used.has(image.id) && labels.every((label) => `${label.split("=")[0]}=${image.labels[label.split("=")[0] ?? ""]}` === label),
  );
  for (const { id } of gone) delete world.images[id];
  return gone.map(({ id }) => id);
};

/** What a pull would bring. */
export const imageDigest = (world: World, reference: string): Answer<string> =>
  askRegistry(world, reference, () => {
    const tagged = withTag(reference);
    const image = imageOf(world, tagged, `${tagged} ${world.registry.pushes[tagged] ?? 0} ${platformText(undefined)}`, undefined);
    return (image.digests[0] as string).replace(/^.*@/, "");
  });

/** The same build twice gives the same image, as a warm cache does. */
export const buildImage = (world: World, operation: Extract<Operation, { _tag: "BuildImage" }>): Answer<{ readonly id: string }> => {
  const tagged = withTag(operation.image);
  const kept = keptImage(world, tagged);
  if (kept !== undefined) return answer({ id: kept.id });
  const source = world.registry.pushes[tagged] ?? 0;
  const seed = `build ${JSON.stringify(operation.build)} ${JSON.stringify(operation.labels)} ${source}`;
  const image = { ...imageOf(world, tagged, seed, operation.platform), labels: { ...operation.build.labels, ...operation.labels } };
  world.images[image.id] = image;
  for (const tag of [tagged, ...(operation.build.tags ?? []).map(withTag)]) {
    if (world.tags[tag]?.id !== image.id) world.tags[tag] = { id: image.id, at: world.now };
  }
  return answer({ id: image.id });
};

export const removeImage = (world: World, reference: string): Answer<void> => {
  const image = findImage(world, reference);
  if (image === undefined) return noSuchImage(withTag(reference));
  const tags = Object.keys(world.tags).filter((tag) => world.tags[tag]?.id === image.id);
  const tagged = withTag(reference);
  const user = Object.values(world.containers).find((container) => container.imageId === image.id);
  if (user !== undefined && tags.length <= 1) {
    const state = user.state === "running" ? "running" : "stopped";
    return conflict(
      `conflict: unable to remove repository reference "${reference}" (must force) - ${state === "running" ? "container" : "stopped container"} ${user.id.slice(0, 12)} is using its referenced image ${image.id.slice(7, 19)}`,
    );
  }
  if (tags.length > 1 && world.tags[tagged] !== undefined) {
    delete world.tags[tagged];
    return done;
  }
  for (const tag of tags) delete world.tags[tag];
  delete world.images[image.id];
  return done;
};

export const observeImage = (world: World, reference: string, details: boolean): ObservedImage | undefined => {
  const image = findImage(world, reference);
  if (image === undefined) return undefined;
  const taggedAt = world.tags[withTag(reference)]?.at;
  return {
    reference,
    id: image.id,
    digests: image.digests,
    labels: image.labels,
    platform: image.platform,
    ...(taggedAt === undefined ? {} : { taggedAt: Math.floor(taggedAt / 1000) }),
    ...(details
      ? { details: { volumes: image.volumes, hasHealthcheck: (image.healthcheck?.test[0] ?? "NONE") !== "NONE", exposed: image.exposed } }
      : {}),
  };
};

/** What a plugin gives: the same each time. */
export const yields = (variables: Readonly<Record<string, string>>): Answer<Yield> => answer({ id: digestOf(`variables ${JSON.stringify(variables)}`), variables });
