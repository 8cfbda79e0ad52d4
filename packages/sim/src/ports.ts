// Host ports: which a container wants, which are free, and the conflict when it starts.
import type { ObservedPort } from "@composure/core/observed/Observed";
import type { PortConfig } from "@composure/core/model/Service";
import { type Answer, answer, portTaken } from "./refusals.ts";
import { apiAtLeast, digestOf, isLive, type SimContainer, type World } from "./World.ts";

const clash = (a: ObservedPort, b: ObservedPort): boolean =>
  a.public !== undefined && a.public === b.public && a.protocol === b.protocol && (a.ip === b.ip || isAny(a.ip) || isAny(b.ip));
const isAny = (ip: string | undefined): boolean => ip === undefined || ip === "" || ip === "0.0.0.0" || ip === "::";

const inUse = (world: World): ReadonlyArray<ObservedPort> =>
  Object.values(world.containers)
    .filter((container) => isLive(container))
    .flatMap((container) => container.ports);

const isFree = (world: World, taken: ReadonlyArray<ObservedPort>, port: ObservedPort): boolean =>
  !world.foreignPorts.includes(`${port.public}/${port.protocol}`) && taken.every((other) => !clash(other, port));

const parseRange = (text: string): { readonly first: number; readonly last: number } => {
  const [first = "0", last] = text.split("-");
  return { first: Number(first), last: Number(last ?? first) };
};

const bind = (world: World, container: SimContainer, wanted: PortConfig, taken: ReadonlyArray<ObservedPort>): Answer<ObservedPort> => {
  const ip = wanted.host_ip === undefined || wanted.host_ip === "" ? "0.0.0.0" : wanted.host_ip;
  const base = { ip, private: wanted.target, protocol: wanted.protocol ?? "tcp" };
  const published = wanted.published ?? "";
  const { first, last } = published === "" || published === "0" ? { first: 32768, last: 60999 } : parseRange(published);
  const range = `${first}-${last}/${base.protocol}`;
  const size = last - first + 1;
  const begin = (world.dealtPorts[range] ?? first - 1) + 1 - first;
  for (let offset = 0; offset < size; offset += 1) {
    const port = { ...base, public: first + ((begin + offset) % size) };
    if (!isFree(world, taken, port)) continue;
    if (size > 1) world.dealtPorts[range] = port.public;
    return answer(port);
  }
  const prefix = apiAtLeast(world, 47) ? "failed to set up container networking: " : "";
  return portTaken(
    isAny(ip) ? String(first) : `${ip}:${first}`,
    `${prefix}driver failed programming external connectivity on endpoint ${container.name} (${digestOf(`endpoint ${container.id}`)}): Bind for ${ip}:${first} failed: port is already allocated`,
  );
};

/** All ports or none. Containers in another's or the host's network publish nothing. */
export const bindPorts = (world: World, container: SimContainer): Answer<Array<ObservedPort>> => {
  const mode = container.spec.networkMode ?? "";
  if (mode === "host" || mode === "none" || mode.startsWith("container:") || container.endpoints.length === 0) return answer([]);
  const bound: Array<ObservedPort> = [];
  for (const wanted of container.spec.service.ports ?? []) {
    const port = bind(world, container, wanted, [...inUse(world), ...bound]);
    if (port._tag === "Refused") return port;
    bound.push(port.value);
  }
  return answer(bound);
};
