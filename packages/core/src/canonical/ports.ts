// The short syntax of ports: `[ip:[host]:]container[/protocol]` with ranges.
// Source: Compose Specification, ports; details as in nat.ParsePortSpecs of docker/go-connections.
import * as Result from "effect/Result";
import { byBytes } from "../hash/canonicalJson.ts";
import { isIpAddress } from "../validate/ip.ts";

/** One published port. `published` is a range when one container port may use any of several host ports. */
export interface ShortPort {
  readonly hostIp: string | undefined;
  readonly published: string | undefined;
  readonly target: number;
  readonly protocol: string;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

const portNumber = (text: string): number | undefined =>
  /^\d+$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;

const parseRange = (text: string): Range | undefined => {
  const [from = "", to = from] = text.split("-");
  const first = portNumber(from);
  const last = portNumber(to);
  return first === undefined || last === undefined || last < first ? undefined : { first, last };
};

const splitAddress = (spec: string): { readonly ip: string; readonly host: string; readonly container: string } => {
  const parts = spec.split(":");
  const container = parts.at(-1) ?? "";
  const host = parts.at(-2) ?? "";
  const ip = parts.slice(0, -2).join(":");
  return { ip, host, container };
};

/** The ports of one entry, ordered by container port as text; or what is wrong. */
export const parsePorts = (spec: string): Result.Result<ReadonlyArray<ShortPort>, string> => {
  const { ip: written, host, container } = splitAddress(spec);
  const ip = /^\[.*\]$/.test(written) ? written.slice(1, -1) : written;
  const [containerText = "", protocolText = ""] = container.split("/");
  const protocol = (protocolText === "" ? "tcp" : protocolText).toLowerCase();
  if (ip !== "" && !isIpAddress(ip)) return Result.fail(`"${ip}" is not an IP address`);
  if (ip === written && ip.includes(":")) return Result.fail(`the address ${ip} needs brackets: [${ip}]`);
  if (containerText === "") return Result.fail("the container port is missing");
  const targets = parseRange(containerText);
  if (targets === undefined) return Result.fail(`"${containerText}" is not a container port`);
  const hosts = host === "" ? undefined : parseRange(host);
  if (host !== "" && hosts === undefined) return Result.fail(`"${host}" is not a host port`);
  const single = targets.first === targets.last;
  const size = targets.last - targets.first;
  if (hosts !== undefined && !single && hosts.last - hosts.first !== size) {
    return Result.fail(`the ranges of host ports (${host}) and container ports (${containerText}) differ in length`);
  }
  if (!["tcp", "udp", "sctp"].includes(protocol)) return Result.fail(`"${protocolText}" is not tcp, udp or sctp`);
  const published = (offset: number): string | undefined => {
    if (hosts === undefined) return undefined;
    return single && hosts.first !== hosts.last ? `${hosts.first}-${hosts.last}` : String(hosts.first + offset);
  };
  const ports = Array.from({ length: size + 1 }, (_, offset) => ({
    hostIp: ip === "" ? undefined : ip,
    published: published(offset),
    target: targets.first + offset,
    protocol,
  }));
  return Result.succeed(ports.sort((a, b) => byBytes(`${a.target}/`, `${b.target}/`)));
};
