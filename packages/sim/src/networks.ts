// Networks: address pools, endpoints of containers, and the daemon's refusals.
import type { Network } from "@composure/core/model/Project";
import type { StringMap } from "@composure/core/model/Service";
import type { EndpointSpec } from "@composure/core/plan/Operation";
import { type Answer, answer, conflict, done, noSuchContainer, noSuchNetwork, rejected } from "./refusals.ts";
import { apiAtLeast, findContainer, findNetwork, freshId, isLive, type SimContainer, type SimEndpoint, type SimNetwork, type World } from "./World.ts";

const predefined = new Set(["bridge", "host", "none"]);

interface Range {
  readonly first: number;
  readonly size: number;
}

const toNumber = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const toAddress = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

/** An IPv4 subnet; IPv6 ones are kept and listed, their addresses are not dealt out. */
const rangeOf = (subnet: string): Range | undefined => {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(subnet);
  if (match === null) return undefined;
  const size = 2 ** (32 - Number(match[2]));
  const address = toNumber(match[1] ?? "0.0.0.0");
  return { first: address - (address % size), size };
};

const overlap = (a: Range, b: Range): boolean => a.first < b.first + b.size && b.first < a.first + a.size;

const takenRanges = (world: World): ReadonlyArray<Range> =>
  Object.values(world.networks).flatMap((network) => network.subnets.flatMap((subnet) => rangeOf(subnet) ?? []));

/** The daemon's default pools: 172.17.0.0/16 to 172.31.0.0/16, then /20 pieces of 192.168.0.0/16. */
const defaultPools: ReadonlyArray<string> = [
  ...Array.from({ length: 15 }, (_, at) => `172.${17 + at}.0.0/16`),
  ...Array.from({ length: 16 }, (_, at) => `192.168.${at * 16}.0/20`),
];

const freePool = (world: World): string | undefined => {
  const taken = takenRanges(world);
  return defaultPools.find((pool) => {
    const range = rangeOf(pool);
    return range !== undefined && taken.every((other) => !overlap(range, other));
  });
};

const chooseSubnets = (world: World, network: Network): Answer<ReadonlyArray<string>> => {
  const wanted = (network.ipam?.config ?? []).flatMap((config) => config.subnet ?? []);
  const taken = takenRanges(world);
  for (const subnet of wanted) {
    const range = rangeOf(subnet);
    if (range !== undefined && taken.some((other) => overlap(range, other))) {
      const text = "Pool overlaps with other one on this address space";
      return rejected(403, apiAtLeast(world, 44) ? `invalid pool request: ${text}` : text);
    }
  }
  if (wanted.some((subnet) => rangeOf(subnet) !== undefined) || network.enable_ipv4 === false) return answer(wanted);
  const pool = freePool(world);
  if (pool === undefined) {
    return rejected(
      apiAtLeast(world, 44) ? 400 : 404,
      apiAtLeast(world, 44)
        ? "all predefined address pools have been fully subnetted"
        : "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
    );
  }
  return answer([...wanted, pool]);
};

export const createNetwork = (world: World, name: string, network: Network, labels: StringMap): Answer<{ readonly id: string }> => {
  if (Object.values(world.networks).some((present) => present.name === name)) return conflict(`network with name ${name} already exists`);
  const driver = network.driver === undefined || network.driver === "" ? "bridge" : network.driver;
  if (driver === "host") return rejected(403, "only one instance of \"host\" network is allowed");
  const subnets = driver === "null" ? answer<ReadonlyArray<string>>([]) : chooseSubnets(world, network);
  if (subnets._tag === "Refused") return subnets;
  const id = freshId(world);
  world.networks[id] = { id, name, driver, scope: driver === "overlay" ? "swarm" : "local", labels, subnets: subnets.value, attachable: network.attachable === true };
  return answer({ id });
};

/** Endpoints that are up: those of running containers. */
const activeEndpoints = (world: World, network: SimNetwork): ReadonlyArray<SimContainer> =>
  Object.values(world.containers).filter((container) => isUp(container) && container.endpoints.some((endpoint) => endpoint.networkId === network.id));

const isUp = (container: SimContainer): boolean => isLive(container) && container.state !== "restarting";

export const removeNetwork = (world: World, reference: string): Answer<void> => {
  const network = findNetwork(world, reference);
  if (network === undefined) return noSuchNetwork(reference);
  if (predefined.has(network.name)) return rejected(403, `${network.name} is a pre-defined network and cannot be removed`);
  const users = activeEndpoints(world, network);
  if (users.length > 0) {
    const detail = apiAtLeast(world, 46)
      ? `network ${network.name} has active endpoints (${users.map((user) => `name:"${user.name}" id:"${user.id.slice(0, 12)}"`).join(" ")})`
      : `network ${network.name} id ${network.id} has active endpoints`;
    return conflict(`error while removing network: ${detail}`);
  }
  delete world.networks[network.id];
  return done;
};

const addressesIn = (world: World, networkId: string): ReadonlySet<string> =>
  new Set(
    Object.values(world.containers).flatMap((container) =>
      isUp(container) ? container.endpoints.filter((endpoint) => endpoint.networkId === networkId).flatMap((endpoint) => endpoint.ipv4 ?? []) : [],
    ),
  );

/** An address for an endpoint that goes up: the wanted one, or the lowest free one after the gateway. */
const chooseAddress = (world: World, network: SimNetwork, wanted: string | undefined): Answer<string | undefined> => {
  const taken = addressesIn(world, network.id);
  if (wanted !== undefined && wanted !== "") {
    if (!network.subnets.some((subnet) => within(subnet, wanted))) {
      return rejected(400, `invalid endpoint settings:\nno configured subnet or ip-range contain the IP address ${wanted}`);
    }
    return taken.has(wanted) ? conflict(`${apiAtLeast(world, 47) ? "failed to set up container networking: " : ""}Address already in use`) : answer(wanted);
  }
  for (const subnet of network.subnets) {
    const range = rangeOf(subnet);
    if (range === undefined) continue;
    for (let offset = 2; offset < range.size - 1; offset += 1) {
      const address = toAddress(range.first + offset);
      if (!taken.has(address)) return answer(address);
    }
    return rejected(500, "no available IPv4 addresses on this network's address pools");
  }
  return answer(undefined);
};

const within = (subnet: string, address: string): boolean => {
  const range = rangeOf(subnet);
  const number = toNumber(address);
  return range !== undefined && number >= range.first && number < range.first + range.size;
};

/** Brings one endpoint up. A known id must still exist, even if a network of that name was made anew. */
export const attach = (world: World, endpoint: SimEndpoint): Answer<void> => {
  const wanted = endpoint.networkId === "" ? endpoint.network : endpoint.networkId;
  const network = endpoint.networkId === "" ? findNetwork(world, wanted) : world.networks[wanted];
  if (network === undefined) return noSuchNetwork(wanted);
  const address = chooseAddress(world, network, endpoint.spec.settings?.ipv4_address);
  if (address._tag === "Refused") return address;
  endpoint.networkId = network.id;
  if (address.value !== undefined) endpoint.ipv4 = address.value;
  const mac = endpoint.spec.macAddress ?? endpoint.spec.settings?.mac_address;
  if (mac !== undefined && mac !== "") endpoint.mac = mac;
  return done;
};

export const detach = (endpoint: SimEndpoint): void => {
  delete endpoint.ipv4;
  delete endpoint.mac;
};

export const connect = (world: World, spec: EndpointSpec, reference: string): Answer<void> => {
  const network = findNetwork(world, spec.network);
  if (network === undefined) return noSuchNetwork(spec.network);
  const container = findContainer(world, reference);
  if (container === undefined) return noSuchContainer(reference);
  const mode = container.spec.networkMode ?? "";
  if (mode === "host" || (mode.startsWith("container:") && isUp(container))) {
    return rejected(400, "container sharing network namespace with another container or host cannot be connected to any other network");
  }
  const present = container.endpoints.find((endpoint) => endpoint.networkId === network.id || endpoint.network === network.name);
  if (present !== undefined && present.networkId === network.id && isUp(container)) {
    return rejected(403, `endpoint with name ${container.name} already exists in network ${network.name}`);
  }
  const endpoint: SimEndpoint = { network: network.name, networkId: "", spec };
  if (isUp(container)) {
    const attached = attach(world, endpoint);
    if (attached._tag === "Refused") return attached;
  } else endpoint.networkId = network.id;
  container.endpoints = [...container.endpoints.filter((other) => other !== present), endpoint];
  return done;
};

export const disconnect = (world: World, reference: string, containerReference: string): Answer<void> => {
  const network = findNetwork(world, reference);
  if (network === undefined) return noSuchNetwork(reference);
  const container = findContainer(world, containerReference);
  if (container === undefined) return noSuchContainer(containerReference);
  const rest = container.endpoints.filter((endpoint) => endpoint.networkId !== network.id && !(endpoint.networkId === "" && endpoint.network === network.name));
  if (rest.length === container.endpoints.length) {
    return rejected(500, `container ${container.id} is not connected to the network ${network.name}`);
  }
  container.endpoints = rest;
  return done;
};
