// Whether a network that is to be made wants addresses that another one has.
import type { DesiredNetwork } from "../desired/Desired.ts";
import type { ObservedNetwork } from "../observed/Observed.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";

interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

const ipv4 = (text: string): bigint | undefined => {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
};

const ipv6 = (text: string): bigint | undefined => {
  const [head = "", tail, ...rest] = text.split("::");
  if (rest.length > 0 || !text.includes(":")) return undefined;
  const groups = (part: string): ReadonlyArray<string> => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  const all = [...left, ...Array.from({ length: Math.max(gap, 0) }, () => "0"), ...right];
  if (all.length !== 8 || !all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
};

/** Undefined for anything that is no address range: the engine will judge it. */
export const parseSubnet = (text: string): Range | undefined => {
  const [address = "", length = ""] = text.split("/");
  const v4 = ipv4(address);
  const value = v4 ?? ipv6(address);
  const bits = v4 === undefined ? 128 : 32;
  if (value === undefined || !/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(length));
  const first = value - (value % size);
  return { bits, first, last: first + size - 1n };
};

const overlap = (a: Range, b: Range): boolean => a.bits === b.bits && a.first <= b.last && b.first <= a.last;

/** Only networks of this host's own drivers hold address ranges against each other. */
export const subnetClash = (
  desired: DesiredNetwork,
  others: ReadonlyArray<ObservedNetwork>,
): Diagnostic | undefined => {
  const driver = desired.network.driver ?? "bridge";
  for (const { subnet } of desired.network.ipam?.config ?? []) {
    const wanted = subnet === undefined ? undefined : parseSubnet(subnet);
    if (wanted === undefined || driver !== "bridge") continue;
    const holder = others.find(
      (network) =>
        network.driver === "bridge" &&
        network.name !== desired.name &&
        network.subnets.some((taken) => {
          const range = parseSubnet(taken);
          return range !== undefined && overlap(wanted, range);
        }),
    );
    if (holder === undefined) continue;
    const text = `the subnet ${subnet ?? ""} of network "${desired.key}" overlaps with the network "${holder.name}"`;
    return fault(
      "subnet-taken",
      text,
      { path: ["networks", desired.key, "ipam"] },
      "choose another subnet, or remove that network",
    );
  }
  return undefined;
};
