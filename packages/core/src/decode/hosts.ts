// extra_hosts: host names with the addresses they resolve to.
import * as Result from "effect/Result";

export type Hosts = Readonly<Record<string, ReadonlyArray<string>>>;

const withoutBrackets = (address: string): string =>
  address.length > 2 && address.startsWith("[") && address.endsWith("]") ? address.slice(1, -1) : address;

const checked = (hosts: ReadonlyMap<string, ReadonlyArray<string>>): Result.Result<Hosts, string> => {
  for (const host of hosts.keys()) {
    if (host === "" || /[:=]/.test(host)) return Result.fail(`"${host}" is not a host name`);
  }
  return Result.succeed(
    Object.fromEntries(Array.from(hosts, ([host, addresses]) => [host, addresses.map(withoutBrackets)])),
  );
};

/** From `host=address` or `host:address` entries; several addresses may stand in one entry, separated by commas. */
export const hostsFromList = (entries: ReadonlyArray<string>): Result.Result<Hosts, string> => {
  const hosts = new Map<string, ReadonlyArray<string>>();
  for (const entry of entries) {
    const separator = entry.includes("=") ? "=" : ":";
    const at = entry.indexOf(separator);
    if (at < 0) return Result.fail(`"${entry}" has no address, write it as host=address`);
    const host = entry.slice(0, at);
    hosts.set(host, [...(hosts.get(host) ?? []), ...entry.slice(at + 1).split(",")]);
  }
  return checked(hosts);
};

export const hostsFromMap = (entries: ReadonlyMap<string, ReadonlyArray<string>>): Result.Result<Hosts, string> =>
  checked(entries);
