// Networks: address pools, endpoints of containers, and the daemon's refusals.
import type { Network } from "@composure/core/model/Project";
import type { StringMap } from "@composure/core/model/Service";
import type { BoundContainerSpec, EndpointSpec } from "@composure/core/plan/Operation";
import { type Answer, answer, conflict, done, noSuchContainer, noSuchNetwork, refuse, type Refusal, rejected } from "./refusals.ts";
import { NotFound } from "@composure/engine/EngineError";
import { apiAtLeast, digestOf, findContainer, findNetwork, freshId, isLive, type SimContainer, type SimEndpoint, type SimNetwork, type World } from "./World.ts";

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

/** IPv6 subnets are taken as they are. */
const isSubnet = (subnet: string): boolean => subnet.includes(":") || (/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(subnet) && Number(subnet.split("/")[1]) <= 32);

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
  const malformed = (network.ipam?.config ?? []).flatMap(({ subnet }) => (subnet === undefined || isSubnet(subnet) ? [] : [subnet]))[0];
  if (malformed !== undefined && apiAtLeast(world, 44)) return rejected(400, `invalid network config:\ninvalid subnet ${malformed}: invalid CIDR block notation`);
  if (Object.values(world.networks).some((present) => present.name === name)) return conflict(`network with name ${name} already exists`);
  const driver = network.driver === undefined || network.driver === "" ? "bridge" : network.driver;
  if (!["bridge", "host", "null", "overlay", "macvlan", "ipvlan"].includes(driver)) return refuse(new NotFound({ what: `plugin "${driver}" not found` }));
  if (driver === "host") return rejected(403, "only one instance of \"host\" network is allowed");
  if (malformed !== undefined) return rejected(500, `Invalid subnet ${malformed} : invalid CIDR address: ${malformed}`);
  const subnets = driver === "null" ? answer<ReadonlyArray<string>>([]) : chooseSubnets(world, network);
  if (subnets._tag === "Refused") return subnets;
  const id = freshId(world);
  world.networks[id] = { id, name, driver, scope: driver === "overlay" ? "swarm" : "local", labels, subnets: subnets.value, configured: (network.ipam?.config ?? []).some(({ subnet }) => subnet !== undefined), attachable: network.attachable === true };
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
      ? `network ${network.name} has active endpoints (${users.map((user) => `name:"${user.name}" id:"${digestOf(`endpoint ${user.id} ${network.id}`).slice(0, 12)}"`).join(" ")})`
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
      return apiAtLeast(world, 44)
        ? rejected(400, `invalid endpoint settings:\nno configured subnet or ip-range contain the IP address ${wanted}`)
        : rejected(500, `Invalid address ${wanted}: It does not belong to any of this network's subnets`);
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
  if (endpoint.spec.settings?.ipv4_address !== undefined && !network.configured) return rejected(400, needsConfigured);
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

/** The networks of a new container: its endpoints, or the one that its mode names. Joining another's namespace means none. */
export const endpointsOf = ({ endpoints, networkMode }: BoundContainerSpec): Array<SimEndpoint> => {
  if (networkMode?.startsWith("container:") === true) return [];
  const mode = networkMode === undefined || networkMode === "default" ? (endpoints[0]?.network ?? (networkMode === undefined ? "none" : "bridge")) : networkMode;
  const wanted = endpoints.some(({ network }) => network === mode) ? endpoints : [{ network: mode, aliases: [], links: [], settings: null }];
  return wanted.map((spec) => ({ network: spec.network, networkId: "", spec }));
};

const needsConfigured = "user specified IP address is supported only when connecting to networks with user configured subnets";

/** What a network cannot give: the daemon's own have neither aliases nor addresses to ask for. Newer daemons tell all at once. */
const wrongEndpoint = (world: World, { network: name, aliases, settings }: EndpointSpec): string | undefined => {
  const network = findNetwork(world, name);
  const isOwn = predefined.has(name);
  const address = settings?.ipv4_address;
  const asks = address !== undefined;
  const isOutside = asks && network?.configured === true && apiAtLeast(world, 44) && !network.subnets.some((subnet) => within(subnet, address));
  const wrong = [
    ...(asks && isOwn ? ["user specified IP address is supported on user defined networks only"] : []),
    ...(aliases.length > 0 && isOwn ? ["network-scoped alias is supported only for containers in user defined networks"] : []),
    ...(asks && network !== undefined && !network.configured ? [needsConfigured] : []),
    ...(isOutside ? [`no configured subnet or ip-range contain the IP address ${address}`] : []),
  ];
  if (wrong.length === 0) return undefined;
  if (!apiAtLeast(world, 44)) return wrong[0];
  return `invalid endpoint settings:\n${wrong.length === 1 ? wrong[0] : wrong.map((line) => `* ${line}`).join("\n")}`;
};

/** Daemons look at the networks of a new container that exist already; old ones when the client connects it to a second one. */
export const wrongEndpoints = (world: World, spec: BoundContainerSpec): Refusal | undefined => {
  const fresh = apiAtLeast(world, 44);
  for (const endpoint of fresh ? spec.endpoints : spec.endpoints.slice(1)) {
    const wrong = wrongEndpoint(world, endpoint);
    if (wrong !== undefined) return rejected(400, fresh ? `invalid config for network ${endpoint.network}: ${wrong}` : wrong);
  }
  return undefined;
};

const sharesNamespace = "container sharing network namespace with another container or host cannot be connected to any other network";

export const connect = (world: World, spec: EndpointSpec, reference: string): Answer<void> => {
  const container = findContainer(world, reference);
  if (container === undefined) return noSuchContainer(reference);
  const wrong = wrongEndpoint(world, spec);
  if (wrong !== undefined) return rejected(400, wrong);
  const mode = container.spec.networkMode ?? "";
  const shares = mode === "host" || mode.startsWith("container:");
  if (shares && isUp(container)) return rejected(400, sharesNamespace);
  const network = findNetwork(world, spec.network);
  if (network === undefined) {
    // What does not run may look for its network at the start.
    if (isUp(container)) return noSuchNetwork(spec.network);
    container.endpoints = [...container.endpoints.filter((other) => other.network !== spec.network), { network: spec.network, networkId: "", spec }];
    return done;
  }
  if (mode === "host") return rejected(400, sharesNamespace);
  if (mode === "none" && network.name !== "none") {
    return rejected(400, "container cannot be connected to multiple networks with one of the networks in private (none) mode");
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

/** By force: of what is not connected, and from what is not there, nothing is left to be done. */
export const disconnect = (world: World, reference: string, containerReference: string): Answer<void> => {
  const network = findNetwork(world, reference);
  const container = findContainer(world, containerReference);
  if (container === undefined) {
    return network === undefined ? noSuchNetwork(reference) : refuse(new NotFound({ what: `endpoint ${containerReference} not found` }));
  }
  container.endpoints = container.endpoints.filter((endpoint) =>
    network === undefined ? endpoint.network !== reference : endpoint.networkId !== network.id && !(endpoint.networkId === "" && endpoint.network === network.name),
  );
  // Published ports go with the last network.
  if (container.endpoints.length === 0) container.ports = [];
  return done;
};
