// The projects that are measured: data, from which come a Compose file for the tools and a plan for the floor driver.

export interface BenchService {
  readonly name: string;
  readonly image: string;
  readonly needs: ReadonlyArray<string>;
  /** Wait for the health of what it needs, not only for its start. */
  readonly healthy: boolean;
  /** Seconds between health probes; undefined for no healthcheck. */
  readonly probe: number | undefined;
  /** A value that changes the service's configuration. */
  readonly marker: string;
  readonly scale: number;
  /** A host port forbids two of it at the same time. */
  readonly port: number | undefined;
}

export type BenchProject = ReadonlyArray<BenchService>;

const idle: Omit<BenchService, "name"> = {
  image: "composure/test-idle",
  needs: [],
  healthy: false,
  probe: undefined,
  marker: "one",
  scale: 1,
  port: undefined,
};

const nameOf = (at: number): string => `s${String(at).padStart(3, "0")}`;

const numbered = (count: number, service: (at: number) => Partial<BenchService>): BenchProject =>
  Array.from({ length: count }, (_, at) => ({ ...idle, name: nameOf(at), ...service(at) }));

export const independent = (count: number): BenchProject => numbered(count, () => ({}));

/** Each needs the one before. */
export const chain = (count: number): BenchProject => numbered(count, (at) => ({ needs: at === 0 ? [] : [nameOf(at - 1)] }));

/** `width` services a layer, each needing two of the layer before. With probes, all but the last layer are probed and waited for. */
export const layers = (depth: number, width: number, probe?: number): BenchProject =>
  numbered(depth * width, (at) => {
    const layer = Math.floor(at / width);
    const above = (offset: number) => nameOf((layer - 1) * width + ((at + offset) % width));
    return { needs: layer === 0 ? [] : [above(0), above(1)], healthy: probe !== undefined, probe: layer === depth - 1 ? undefined : probe };
  });

/** One web server, replaceable beside its old self unless it holds a host port. */
export const single = (port?: number): BenchProject => numbered(1, () => ({ image: "composure/test-web:1", port }));

/** The same project with one service changed: the middle one. */
export const changed = (project: BenchProject): BenchProject => {
  const middle = Math.floor(project.length / 2);
  return project.map((service, at) => (at === middle ? { ...service, marker: `${service.marker}+` } : service));
};

export const scaled = (project: BenchProject, scale: number): BenchProject => project.map((service) => ({ ...service, scale }));

const needsText = ({ needs, healthy }: BenchService): string => {
  if (needs.length === 0) return "";
  const condition = healthy ? "service_healthy" : "service_started";
  return `    depends_on: {${needs.map((name) => `${name}: {condition: ${condition}}`).join(", ")}}\n`;
};

const serviceText = (service: BenchService): string =>
  [
    `  ${service.name}:\n    image: ${service.image}\n    init: true\n    stop_signal: SIGKILL\n`,
    service.marker === "" ? "" : `    environment: {MARKER: "${service.marker}"}\n`,
    service.probe === undefined ? "" : `    healthcheck: {test: ["CMD", "true"], interval: ${service.probe}s, retries: 20}\n`,
    service.port === undefined ? "" : `    ports: ["127.0.0.1:${service.port}:80"]\n`,
    service.scale === 1 ? "" : `    scale: ${service.scale}\n`,
    needsText(service),
  ].join("");

export const composeText = (project: BenchProject): string => `services:\n${project.map(serviceText).join("")}`;
