// Published and exposed ports as the engine's port sets.
import type { PortConfig } from "@composure/core/model/Service";

/** "4000-4002/udp" to its single ports. */
const expand = (text: string): ReadonlyArray<string> => {
  const [range = "", protocol = "tcp"] = text.split("/");
  const [first, last] = range.split("-");
  const from = Number(first);
  const to = last === undefined ? from : Number(last);
  // What is no number is the engine's to refuse, in its own words.
  if (!Number.isInteger(from) || !Number.isInteger(to) || to < from || to > 65535) return [`${range}/${protocol}`];
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol}`);
};

const keyOf = (port: PortConfig): string => `${port.target}/${port.protocol ?? "tcp"}`;

export const exposedPorts = (
  ports: ReadonlyArray<PortConfig>,
  expose: ReadonlyArray<string>,
): Readonly<Record<string, object>> =>
  Object.fromEntries([...ports.map(keyOf), ...expose.flatMap(expand)].map((key) => [key, {}]));

export interface PortBinding {
  readonly HostIp?: string;
  readonly HostPort: string;
}

export const portBindings = (
  ports: ReadonlyArray<PortConfig>,
): Readonly<Record<string, ReadonlyArray<PortBinding>>> => {
  const bindings: Record<string, Array<PortBinding>> = {};
  for (const port of ports) {
    (bindings[keyOf(port)] ??= []).push({
      ...(port.host_ip ? { HostIp: port.host_ip } : {}),
      HostPort: port.published ?? "",
    });
  }
  return bindings;
};
