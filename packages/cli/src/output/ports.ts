// Published ports as docker lists them: sorted, ranges joined.
import type { ObservedPort } from "@composure/core/observed/Observed";

export interface Publisher {
  readonly URL: string;
  readonly TargetPort: number;
  readonly PublishedPort: number;
  readonly Protocol: string;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const publishers = (ports: ReadonlyArray<ObservedPort>): ReadonlyArray<Publisher> =>
  ports
    .map((port) => ({ URL: port.ip ?? "", TargetPort: port.private, PublishedPort: port.public ?? 0, Protocol: port.protocol }))
    .sort(
      (a, b) =>
        compareText(a.URL, b.URL) || a.TargetPort - b.TargetPort || a.PublishedPort - b.PublishedPort || compareText(a.Protocol, b.Protocol),
    );

interface Range {
  readonly ip: string;
  readonly protocol: string;
  readonly published: boolean;
  readonly first: number;
  last: number;
}

const render = (range: Range, ip: string): string => {
  const ports = range.first === range.last ? `${range.first}` : `${range.first}-${range.last}`;
  return range.published ? `${ip.includes(":") ? `[${ip}]` : ip}:${ports}->${ports}/${range.protocol}` : `${ports}/${range.protocol}`;
};

/** "0.0.0.0:80->80/tcp, [::]:80->80/tcp, 9000-9002/tcp" (docker's DisplayablePorts). */
export const displayPorts = (ports: ReadonlyArray<ObservedPort>): string => {
  const sorted = [...ports].sort(
    (a, b) => a.private - b.private || compareText(a.ip ?? "", b.ip ?? "") || (a.public ?? 0) - (b.public ?? 0) || compareText(a.protocol, b.protocol),
  );
  const ranges = new Map<string, Range>();
  const closed: Array<string> = [];
  const mapped: Array<string> = [];
  for (const port of sorted) {
    // A range holds only where both sides count up together from the same number.
    if (port.public !== undefined && port.public !== port.private) {
      const ip = port.ip ?? "";
      mapped.push(`${ip.includes(":") ? `[${ip}]` : ip}:${port.public}->${port.private}/${port.protocol}`);
      continue;
    }
    const key = port.public === undefined ? port.protocol : `${port.ip ?? ""}/${port.protocol}`;
    const range = ranges.get(key);
    if (range !== undefined && port.private === range.last + 1) {
      range.last = port.private;
      continue;
    }
    if (range !== undefined) closed.push(render(range, range.ip));
    ranges.set(key, { ip: port.ip ?? "", protocol: port.protocol, published: port.public !== undefined, first: port.private, last: port.private });
  }
  const open = [...ranges.values()].map((range) => render(range, range.ip));
  return [...closed, ...open, ...mapped].join(", ");
};
