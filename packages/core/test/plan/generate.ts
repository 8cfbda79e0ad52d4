// Projects by chance, for properties: whatever is drawn is a valid project.
import * as Schema from "effect/Schema";
import type { Service } from "../../src/model/Service.ts";
import type { ProjectText, ServiceText } from "./projects.ts";

const upTo = (last: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: last }));

/** What is drawn for one service; numbers stand for choices. */
export const ServiceDraw = Schema.Struct({
  dependsOn: Schema.Array(Schema.Struct({ on: upTo(5), restart: Schema.Boolean, required: Schema.Boolean })).check(
    Schema.isMaxLength(3),
  ),
  image: upTo(2),
  version: upTo(2),
  scale: upTo(3),
  kind: Schema.Literals(["plain", "healthy", "job"]),
  port: Schema.Literals(["none", "fixed", "range", "free"]),
  storage: Schema.Literals(["none", "named", "anonymous", "bind", "readonly"]),
  networks: upTo(3),
  parent: Schema.Literals(["none", "network", "volumes"]),
  named: Schema.Boolean,
  hooks: Schema.Boolean,
  files: Schema.Boolean,
  pull: Schema.Literals(["missing", "always"]),
});
export type ServiceDraw = typeof ServiceDraw.Type;

export const ProjectDraw = Schema.Struct({
  services: Schema.Array(ServiceDraw).check(Schema.isMinLength(1), Schema.isMaxLength(5)),
  networkLabel: upTo(1),
});
export type ProjectDraw = typeof ProjectDraw.Type;

const isUsableParent = ({ kind, scale }: ServiceDraw): boolean => kind !== "job" && scale > 0;

const volumes = (draw: ServiceDraw): NonNullable<Service["volumes"]> => {
  switch (draw.storage) {
    case "none":
      return [];
    case "named":
      return [{ type: "volume", source: "data", target: "/data" }];
    case "anonymous":
      return [{ type: "volume", target: "/cache" }];
    case "bind":
      return [{ type: "bind", source: "/s", target: "/s", bind: { create_host_path: true } }];
    case "readonly":
      return [{ type: "volume", source: "data", target: "/data", read_only: true }];
  }
};

const ports = (draw: ServiceDraw, index: number): NonNullable<Service["ports"]> => {
  switch (draw.port) {
    case "none":
      return [];
    case "fixed":
      return draw.scale > 1 ? [] : [{ target: 80, published: String(8000 + index), protocol: "tcp" }];
    case "range":
      return [{ target: 80, published: "9000-9100", protocol: "tcp" }];
    case "free":
      return [{ target: 80, protocol: "tcp" }];
  }
};

const dependencies = (
  draw: ServiceDraw,
  index: number,
  all: ReadonlyArray<ServiceDraw>,
): NonNullable<ServiceText["depends_on"]> =>
  Object.fromEntries(
    draw.dependsOn.flatMap(({ on, restart, required }) => {
      const target = on < index ? all[on] : undefined;
      if (target === undefined) return [];
      const condition =
        target.kind === "job"
          ? "service_completed_successfully"
          : target.kind === "healthy"
            ? "service_healthy"
            : "service_started";
      return [[`s${on}`, { condition, restart, required }] as const];
    }),
  );

const serviceText = (draw: ServiceDraw, index: number, all: ReadonlyArray<ServiceDraw>): ServiceText => {
  const parent = all.findIndex((other, at) => at < index && isUsableParent(other));
  const joins = parent >= 0 && draw.parent === "network";
  return {
    image: `image${draw.image}:1`,
    scale: draw.scale,
    environment: { V: String(draw.version) },
    depends_on: dependencies(draw, index, all),
    volumes: volumes(draw),
    pull_policy: draw.pull,
    ...(draw.kind === "healthy" ? { healthcheck: { test: ["CMD", "true"] } } : {}),
    ...(joins
      ? { network_mode: `service:s${parent}` }
      : { ports: ports(draw, index), networks: { default: null, ...(draw.networks > 1 ? { front: null } : {}) } }),
    ...(parent >= 0 && draw.parent === "volumes" ? { volumes_from: [`s${parent}`] } : {}),
    ...(draw.named && draw.scale === 1 ? { container_name: `box${index}` } : {}),
    ...(draw.hooks && draw.kind !== "job"
      ? { pre_start: [{ command: ["a"] }], post_start: [{ command: ["b"] }], pre_stop: [{ command: ["c"] }] }
      : {}),
    ...(draw.version === 1 ? { stop_signal: "SIGKILL" } : {}),
    ...(draw.files ? { configs: [{ source: "c" }] } : {}),
  };
};

export interface Drawn {
  readonly text: ProjectText;
  /** Services whose containers end by themselves. */
  readonly jobs: ReadonlyArray<string>;
}

export const drawn = ({ services, networkLabel }: ProjectDraw): Drawn => {
  const awaited = new Set(
    services.flatMap(({ dependsOn }, index) => dependsOn.flatMap(({ on }) => (on < index ? [on] : []))),
  );
  // A job that nobody waits for would run again on every up.
  const settled = services.map((draw, index) =>
    draw.kind === "job" && !awaited.has(index) ? { ...draw, kind: "plain" as const } : draw,
  );
  const texts = settled.map((draw, index) => [`s${index}`, serviceText(draw, index, settled)] as const);
  const used = texts.some(([, { networks }]) => networks !== undefined && "front" in networks);
  const stored = texts.some(([, { volumes: mounts }]) => mounts?.some(({ source }) => source === "data") === true);
  return {
    text: {
      services: Object.fromEntries(texts),
      networks: used ? { front: { labels: { v: String(networkLabel) } } } : {},
      volumes: stored ? { data: {} } : {},
      configs: { c: { content: "x" } },
    },
    jobs: settled.flatMap(({ kind }, index) => (kind === "job" ? [`s${index}`] : [])),
  };
};
