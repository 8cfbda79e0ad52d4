// Networks and a container's place in them, as the engine takes them.
// Source: engine API 1.41 (NetworkCreate, EndpointSettings), with fields up to 1.51.
import type { EndpointSpec, Operation } from "@composure/core/plan/Operation";
import { anyDefined, defined, filled } from "./drop.ts";

type CreateNetwork = Extract<Operation, { readonly _tag: "CreateNetwork" }>;

/** Where the engine keeps the name of an interface. API 1.49. */
const INTERFACE_NAME = "com.docker.network.endpoint.ifname";

export const endpointBody = (endpoint: EndpointSpec): Readonly<Record<string, unknown>> => {
  const { settings } = endpoint;
  const name = settings?.interface_name;
  return defined({
    Aliases: filled(endpoint.aliases as Array<string>),
    Links: filled(endpoint.links as Array<string>),
    IPAMConfig: anyDefined({
      IPv4Address: settings?.ipv4_address,
      IPv6Address: settings?.ipv6_address,
      LinkLocalIPs: filled(settings?.link_local_ips as Array<string> | undefined),
    }),
    MacAddress: endpoint.macAddress ?? settings?.mac_address,
    DriverOpts: filled({ ...settings?.driver_opts, ...(name === undefined ? {} : { [INTERFACE_NAME]: name }) }),
    GwPriority: settings?.gw_priority,
  });
};

/** `checkDuplicate` keeps engines before API 1.44 from making a second network of the same name. */
export const networkBody = (
  { name, network, labels }: CreateNetwork,
  checkDuplicate: boolean,
): Readonly<Record<string, unknown>> => {
  const { ipam } = network;
  const config = ipam?.config?.map((pool) =>
    defined({
      Subnet: pool.subnet,
      IPRange: pool.ip_range,
      Gateway: pool.gateway,
      AuxiliaryAddresses: filled(pool.aux_addresses),
    }),
  );
  return defined({
    Name: name,
    CheckDuplicate: checkDuplicate ? true : undefined,
    Driver: network.driver,
    Options: filled(network.driver_opts),
    IPAM: anyDefined({ Driver: ipam?.driver, Config: filled(config), Options: filled(ipam?.options) }),
    Internal: network.internal,
    Attachable: network.attachable,
    EnableIPv4: network.enable_ipv4,
    EnableIPv6: network.enable_ipv6,
    Labels: labels,
  });
};
