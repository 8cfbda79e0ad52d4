// What differs between a container that carries no record and the wanted configuration, as far as the engine's list tells.
import type { DesiredService } from "../desired/Desired.ts";
import { byBytes } from "../hash/canonicalJson.ts";
import type { StringMap } from "../model/Service.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import type { MountSpec } from "../plan/Operation.ts";
import type { FieldChange } from "../plan/Reason.ts";
import { isSecretValue, replaceInText, secretText } from "./secrets.ts";

const shown = (key: string, value: string | undefined): string | null => {
  if (value === undefined) return null;
  return isSecretValue(key, value) ? secretText : replaceInText(value, () => secretText);
};

const compareMaps = (path: string, before: StringMap, after: StringMap): ReadonlyArray<FieldChange> =>
  Array.from(new Set([...Object.keys(before), ...Object.keys(after)]))
    .sort(byBytes)
    .filter((key) => before[key] !== after[key])
    .map((key) => ({
      path: /^[A-Za-z0-9_-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`,
      before: shown(key, before[key]),
      after: shown(key, after[key]),
    }));

const isOwn = (key: string): boolean => /^(com\.docker\.compose|composure)\./.test(key);

/** Labels that the file does not have may be the image's: only what it wants is compared. */
const changedLabels = (container: ObservedContainer, { service }: DesiredService): ReadonlyArray<FieldChange> => {
  const wanted = Object.fromEntries(Object.entries(service.labels ?? {}).filter(([key]) => !isOwn(key)));
  const present = Object.fromEntries(Object.entries(container.labels).filter(([key]) => Object.hasOwn(wanted, key)));
  return compareMaps("labels", present, wanted);
};

const changedImage = (container: ObservedContainer, desired: DesiredService): ReadonlyArray<FieldChange> =>
  container.image === desired.image || container.image.startsWith("sha256:")
    ? []
    : [{ path: "image", before: container.image, after: desired.image }];

const list = (items: Iterable<string>): string | null => {
  const sorted = Array.from(new Set(items)).sort(byBytes);
  return sorted.length === 0 ? null : sorted.join(" ");
};

const changedSet = (path: string, before: Iterable<string>, after: Iterable<string>): ReadonlyArray<FieldChange> => {
  const change = { path, before: list(before), after: list(after) };
  return change.before === change.after ? [] : [change];
};

/** Only a running container holds its ports, and only fixed ones are known beforehand. */
const changedPorts = (container: ObservedContainer, { service }: DesiredService): ReadonlyArray<FieldChange> => {
  const ports = service.ports ?? [];
  if (
    container.state !== "running" ||
    ports.some(({ published }) => published === undefined || !/^\d+$/.test(published))
  )
    return [];
  const live = container.ports.flatMap(({ public: published, private: target, protocol }) =>
    published === undefined ? [] : [`${published}:${target}/${protocol}`],
  );
  return changedSet(
    "ports",
    live,
    ports.map(({ published, target, protocol }) => `${published ?? ""}:${target}/${protocol ?? "tcp"}`),
  );
};

const mountText = (mount: MountSpec): string | undefined => {
  switch (mount._tag) {
    case "Volume":
      return mount.name === undefined ? undefined : `${mount.name}:${mount.target}${mount.readOnly ? ":ro" : ""}`;
    case "Bind":
      return `${mount.source}:${mount.target}${mount.readOnly ? ":ro" : ""}`;
    case "Tmpfs":
    case "Image":
    case "NamedPipe":
      return undefined;
  }
};

/** Anonymous volumes have names that nobody wrote: they are compared by their target alone, and so left out. */
const changedMounts = (container: ObservedContainer, desired: DesiredService): ReadonlyArray<FieldChange> => {
  const wanted = desired.mounts.flatMap((mount) => mountText(mount) ?? []);
  const anonymous = new Set(
    desired.mounts.flatMap((mount) => (mount._tag === "Volume" && mount.name === undefined ? [mount.target] : [])),
  );
  const live = container.mounts
    .filter(
      ({ type, name, destination }) =>
        (type === "bind" || (type === "volume" && !/^[0-9a-f]{64}$/.test(name ?? ""))) && !anonymous.has(destination),
    )
    .map(
      ({ type, name, source, destination, readOnly }) =>
        `${type === "volume" ? (name ?? "") : source}:${destination}${readOnly ? ":ro" : ""}`,
    );
  return changedSet("volumes", live, wanted);
};

const changedNetworks = (container: ObservedContainer, desired: DesiredService): ReadonlyArray<FieldChange> =>
  desired.service.network_mode === undefined
    ? changedSet(
        "networks",
        container.endpoints.map(({ network }) => network),
        desired.endpoints.map(({ network }) => network),
      )
    : [];

/** Sorted by path. Empty does not mean equal: environment, command and many more are not in the engine's list. */
export const diffLive = (container: ObservedContainer, desired: DesiredService): ReadonlyArray<FieldChange> =>
  [
    ...changedImage(container, desired),
    ...changedLabels(container, desired),
    ...changedNetworks(container, desired),
    ...changedPorts(container, desired),
    ...changedMounts(container, desired),
  ].sort((a, b) => byBytes(a.path, b.path));
