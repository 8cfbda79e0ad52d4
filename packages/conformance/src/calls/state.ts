// What is there after a call, on either engine, as lines that can be compared.
import type { Observed, ObservedContainer } from "@composure/core/observed/Observed";
import { abstracted, type Book, type Place } from "./Place.ts";

const sorted = (lines: Iterable<string>): string => [...lines].sort().join("+");

/** Networks of a container that never ran are not linked to an id on every engine, so only names count. */
const container = (place: Place, book: Book, seen: ObservedContainer): string => {
  const anonymous = (name: string | undefined): boolean => /^[0-9a-f]{64}$/.test(name ?? "");
  // A start that failed half-way may leave an address or a port behind that is nobody's.
  const up = seen.state === "running" || seen.state === "paused";
  return [
    seen.name,
    seen.state,
    seen.exitCode ?? "",
    seen.health,
    seen.command,
    book.names.get(seen.id) ?? "unknown id",
    abstracted(place, book, seen.networkMode),
    sorted(seen.endpoints.map(({ network, ipv4 }) => `${network}${ipv4 === undefined || !up ? "" : ` with ${network.endsWith("-n1") && ipv4.startsWith(place.subnet) ? ipv4 : "an address"}`}`)),
    sorted(seen.mounts.map(({ type, name, destination, readOnly }) => `${type} ${anonymous(name) ? "anonymous" : name} ${destination} ${readOnly ? "ro" : "rw"}`)),
    sorted(seen.ports.filter(({ public: shown, ip }) => up && shown !== undefined && ip !== "::").map((port) => `${port.ip}:${port.public}->${port.private}/${port.protocol}`)),
    sorted(Object.entries(seen.labels).map(([key, value]) => `${key}=${value}`)),
  ].join(" | ");
};

/** Anonymous volumes that were seen in a container of the script; which of them are left tells what removals took along. */
export const noteVolumes = (seen: Set<string>, observed: Observed): void => {
  for (const { mounts } of observed.containers) for (const { name } of mounts) if (/^[0-9a-f]{64}$/.test(name ?? "")) seen.add(name ?? "");
};

/** Everything of a script's project. */
export const stateOf = (place: Place, book: Book, observed: Observed, volumes: ReadonlySet<string>): ReadonlyArray<string> => {
  const ours = ({ name }: { readonly name: string }): boolean => name.startsWith(place.prefix);
  return [
    ...observed.containers.map((seen) => container(place, book, seen)).sort(),
    ...observed.networks.filter(ours).map(({ name, driver, subnets, labels }) => `network ${name} ${driver} ${subnets.filter((subnet) => subnet.startsWith(place.subnet)).join()} ${JSON.stringify(labels)}`).sort(),
    ...observed.volumes.filter(ours).map(({ name, driver, labels }) => `volume ${name} ${driver} ${JSON.stringify(labels)}`).sort(),
    `${observed.volumes.filter(({ name }) => volumes.has(name)).length} anonymous volumes`,
  ].map((line) => abstracted(place, book, line));
};
