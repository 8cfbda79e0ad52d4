// Volumes: named and anonymous ones, who uses them, and the daemon's refusals.
import type { ObservedMount, ObservedVolume } from "@composure/core/observed/Observed";
import type { StringMap } from "@composure/core/model/Service";
import type { BoundContainerSpec, MountSpec } from "@composure/core/plan/Operation";
import { type Answer, answer, conflict, done, noSuchVolume, refuse, type Refusal, rejected } from "./refusals.ts";
import { NotFound } from "@composure/engine/EngineError";
import { findContainer, freshId, type SimContainer, type SimImage, type World } from "./World.ts";

const where = (name: string): string => `/var/lib/docker/volumes/${name}/_data`;

export type Mounts = Pick<SimContainer, "mounts" | "borrowed">;

/** Creating what exists succeeds and changes nothing, unless the driver differs. */
export const createVolume = (world: World, name: string, driver: string, labels: StringMap, anonymous = false): Answer<{ readonly labels: StringMap }> => {
  if (driver !== "local") return refuse(new NotFound({ what: `create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found` }));
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
    return rejected(400, `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`);
  }
  const present = world.volumes[name];
  if (present !== undefined) {
    return present.driver === driver
      ? answer({ labels: present.labels })
      : conflict(`create ${name}: conflict: volume name must be unique`);
  }
  world.volumes[name] = { name, driver, labels, anonymous, createdAt: world.now };
  return answer({ labels });
};

/** `key` or `key=value`, as the list call filters. */
export const labelled = (world: World, label: string): ReadonlyArray<ObservedVolume> => {
  const [, key = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(label) ?? [];
  return Object.values(world.volumes)
    .filter(({ labels }) => (value === undefined ? labels[key] !== undefined : labels[key] === value))
    .map(({ name, driver, labels }) => ({ name, driver, labels }));
};

const ownVolumes = ({ mounts, borrowed }: Mounts): ReadonlyArray<string> =>
  mounts.flatMap(({ type, name, destination }) => (type === "volume" && name !== undefined && !borrowed.includes(destination) ? [name] : []));

/** Any container counts, whatever its state; one that borrows the volume does not. */
export const usersOf = (world: World, volume: string): ReadonlyArray<string> =>
  Object.values(world.containers)
    .filter((container) => ownVolumes(container).includes(volume))
    .map((container) => container.id);

export const removeVolume = (world: World, name: string): Answer<void> => {
  if (world.volumes[name] === undefined) return noSuchVolume(name);
  const users = usersOf(world, name);
  if (users.length > 0) return conflict(`remove ${name}: volume is in use - [${users.join(", ")}]`);
  delete world.volumes[name];
  return done;
};

const volumeMount = (world: World, name: string | undefined, target: string, readOnly: boolean, driver: string): ObservedMount => {
  const anonymous = name === undefined;
  const real = name ?? freshId(world);
  const labels: StringMap = anonymous ? { "com.docker.volume.anonymous": "" } : {};
  if (world.volumes[real] === undefined) {
    world.volumes[real] = { name: real, driver, labels, anonymous, createdAt: world.now };
  }
  return { type: "volume", name: real, source: where(real), destination: target, readOnly };
};

const mountOf = (world: World, mount: MountSpec): ObservedMount => {
  switch (mount._tag) {
    case "Volume":
      return volumeMount(world, mount.name, mount.target, mount.readOnly, mount.driver ?? "local");
    case "Bind":
      return { type: "bind", source: mount.source, destination: mount.target, readOnly: mount.readOnly };
    case "Tmpfs":
      return { type: "tmpfs", source: "", destination: mount.target, readOnly: mount.readOnly };
    case "Image":
      return { type: "image", source: mount.source, destination: mount.target, readOnly: true };
    case "NamedPipe":
      return { type: "npipe", source: mount.source, destination: mount.target, readOnly: false };
  }
};

/** What is wrong with a container's mounts before anything is looked up. */
export const wrongMount = (world: World, spec: BoundContainerSpec): Refusal | undefined => {
  for (const mount of spec.mounts) {
    if (mount._tag === "Volume" && mount.name === undefined && mount.readOnly) {
      return rejected(400, 'invalid mount config for type "volume": must not set ReadOnly mode when using anonymous volumes');
    }
    if (mount._tag === "Bind" && !mount.createHostPath && world.missingPaths.includes(mount.source)) {
      return rejected(400, `invalid mount config for type "bind": bind source path does not exist: ${mount.source}`);
    }
  }
  return undefined;
};

/** A container's mounts: its own, then those of `volumes_from`, then fresh volumes for the image's VOLUME lines. */
export const makeMounts = (world: World, spec: BoundContainerSpec, image: SimImage): Answer<Mounts> => {
  const borrowed: Array<ObservedMount> = [];
  for (const reference of spec.volumesFrom) {
    const [id = "", mode] = reference.split(":");
    const lender = findContainer(world, id);
    if (lender === undefined) return rejected(400, `No such container: ${id}`);
    borrowed.push(...lender.mounts.map((mount) => (mode === "ro" ? { ...mount, readOnly: true } : mount)));
  }
  const mounts = spec.mounts.map((mount) => mountOf(world, mount));
  const taken = new Set(mounts.map((mount) => mount.destination));
  const tmpfs = new Set((spec.service.tmpfs ?? []).map((entry) => entry.split(":")[0]));
  const lent: Array<string> = [];
  for (const mount of borrowed) {
    if (taken.has(mount.destination)) continue;
    mounts.push(mount);
    lent.push(mount.destination);
    taken.add(mount.destination);
  }
  for (const target of image.volumes) {
    if (!taken.has(target) && !tmpfs.has(target)) mounts.push(volumeMount(world, undefined, target, false, "local"));
  }
  return answer({ mounts, borrowed: lent });
};

/** What `docker rm -v` takes along: this container's anonymous volumes that nobody else uses. */
export const removeAnonymousVolumes = (world: World, container: Mounts): void => {
  for (const name of ownVolumes(container)) {
    if (world.volumes[name]?.anonymous === true && usersOf(world, name).length === 0) delete world.volumes[name];
  }
};
