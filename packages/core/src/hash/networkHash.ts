// The config hash of a network, as docker compose 2.40.3 writes it to its label.
import type { Network } from "../model/Project.ts";
import { encodeStruct } from "../print/encode.ts";
import { networkFields } from "../print/fields.ts";
import { hashJson } from "./serviceHash.ts";

/** docker compose 2.x leaves `ipam.options` out of the hash, 5.x hashes them; without them both are the same. */
export interface NetworkHashEncoding {
  readonly ipam: "v2" | "v5";
}

export const withoutIpamOptions = (network: Network): Network => {
  if (network.ipam?.options === undefined) return network;
  const { options: _, ...ipam } = network.ipam;
  return { ...network, ipam };
};

/** `network.name` must be the real name on the engine. */
export const networkHash = (network: Network, encoding: NetworkHashEncoding = { ipam: "v2" }): string =>
  hashJson(encodeStruct(networkFields, encoding.ipam === "v2" ? withoutIpamOptions(network) : network, "json"));
