// A realistic plan by hand: an `up` of a shop after a release, with one of nearly everything.
import type { Service } from "../../src/model/Service.ts";
import {
  containerAddress,
  imageAddress,
  networkAddress,
  replicaAddress,
  serviceAddress,
  volumeAddress,
} from "../../src/plan/Address.ts";
import type { ContainerRef, ContainerSpec, Operation } from "../../src/plan/Operation.ts";
import type { Guard, Plan, Step } from "../../src/plan/Plan.ts";
import type { Reason } from "../../src/plan/Reason.ts";

const digits = (seed: string): string =>
  Array.from({ length: 64 }, (_, index) =>
    ((seed.charCodeAt(index % seed.length) * 7 + index * 5) % 16).toString(16),
  ).join("");
export const idOf = (name: string): string => digits(name);
export const imageIdOf = (reference: string): string => `sha256:${digits(reference)}`;

export const old = (name: string): ContainerRef => ({ _tag: "Existing", id: idOf(name), name });
const made = (step: number, name: string): ContainerRef => ({ _tag: "CreatedBy", step, name });
const temporary = (name: string): string => `${idOf(name).slice(0, 12)}_${name}`;

export const services = {
  db: {
    name: "db",
    image: "postgres:16.4",
    environment: { POSTGRES_PASSWORD: "hunter2", POSTGRES_DB: "shop" },
    volumes: [{ type: "volume", source: "data", target: "/var/lib/postgresql/data" }],
    networks: { back: null },
  },
  cache: {
    name: "cache",
    image: "redis:7",
    command: ["redis-server", "--requirepass", "hunter2"],
    networks: { back: { aliases: ["kv"] } },
  },
  api: {
    name: "api",
    build: { context: "/srv/shop/api", args: { NPM_TOKEN: "hunter2", MODE: "release" } },
    environment: { LOG: "debug", DATABASE_URL: "postgres://shop:hunter2@db/shop" },
    healthcheck: { test: ["CMD", "ok"], interval: 5_000_000_000 },
    configs: [{ source: "settings", target: "/settings.json" }],
    networks: { back: null },
  },
  web: {
    name: "web",
    image: "nginx:1.27",
    ports: [{ target: 80, published: "8080", protocol: "tcp", mode: "ingress" }],
    labels: { "traefik.http.middlewares.gate.basicauth.users": "me:hunter2" },
    networks: { back: null },
    extensions: { "x-large": 12345678901234567890n },
  },
  worker: { name: "worker", image: "shop-worker", networks: { back: null } },
} satisfies Record<string, Service>;

const spec = (service: Service, image: string, number: number): ContainerSpec => ({
  service,
  image,
  imageId:
    image === "nginx:1.27"
      ? { _tag: "Known", id: imageIdOf(image) }
      : image === "redis:7"
        ? { _tag: "Unknown" }
        : { _tag: "ProducedBy", step: image === "shop-api" ? 2 : 1 },
  number,
  labels: { ...service.labels, "com.docker.compose.project": "shop", "com.docker.compose.service": service.name },
  endpoints: [{ network: "shop_back", aliases: [service.name], links: [], settings: null }],
  mounts:
    service.volumes === undefined
      ? []
      : [{ _tag: "Volume", name: "shop_data", target: "/var/lib/postgresql/data", readOnly: false, inherited: false }],
  namespaces: {},
  volumesFrom: [],
  links: [],
  proxyEnvironment: service.name === "api" ? { HTTP_PROXY: "http://me:hunter2@proxy:3128" } : {},
  interactive: { stdin: false, autoRemove: false },
});

const steps: Array<Step> = [];

interface More {
  readonly needs?: ReadonlyArray<number>;
  readonly group?: string;
  readonly guard?: Guard;
}
const step = (address: Step["address"], operation: Operation, reason: Reason, more: More = {}): number => {
  steps.push({
    id: steps.length + 1,
    address,
    operation,
    reason,
    needs: more.needs ?? [],
    ...(more.group === undefined ? {} : { group: more.group }),
    ...(more.guard === undefined ? {} : { guard: more.guard }),
  });
  return steps.length;
};

const pull = step(
  imageAddress("postgres:16.4"),
  { _tag: "PullImage", image: "postgres:16.4", services: ["db"], tolerateFailure: false },
  { _tag: "Missing" },
);
const build = step(
  imageAddress("shop-api"),
  {
    _tag: "BuildImage",
    image: "shop-api",
    service: "api",
    build: services.api.build,
    labels: {},
    pull: false,
    noCache: false,
  },
  { _tag: "Forced", flag: "--build" },
);
const network = step(
  networkAddress("back"),
  { _tag: "CreateNetwork", name: "shop_back", network: { name: "shop_back" }, labels: {} },
  { _tag: "Missing" },
);
const volume = step(
  volumeAddress("cache"),
  {
    _tag: "CreateVolume",
    name: "shop_cache",
    volume: { name: "shop_cache", driver_opts: { type: "cifs", o: "username=u,password=hunter2" } },
    labels: {},
  },
  { _tag: "Missing" },
);

interface Swap {
  readonly service: Service;
  readonly number: number;
  readonly image: string;
  readonly reason: Reason;
  readonly needs: ReadonlyArray<number>;
  readonly by: ReadonlyArray<string>;
}
/** The successor is made first in either case. */
const begin = ({ service, number, image, reason, needs }: Swap) => {
  const name = `shop-${service.name}-${number}`;
  const address = replicaAddress(service.name, number);
  const group = `recreate:${service.name}:${number}`;
  const create = step(
    address,
    { _tag: "CreateContainer", name: temporary(name), spec: spec(service, image, number) },
    reason,
    { needs, group },
  );
  return { name, address, group, create, successor: made(create, temporary(name)) };
};
const finish = (
  address: Step["address"],
  name: string,
  group: string,
  successor: ContainerRef,
  create: number,
  after: number,
): number => {
  const remove = step(
    address,
    { _tag: "RemoveContainer", container: old(name), force: false, volumes: false },
    { _tag: "ReplacedBy", step: create },
    { needs: [after], group },
  );
  return step(
    address,
    { _tag: "RenameContainer", container: successor, name },
    { _tag: "Replaces", predecessor: name },
    { needs: [remove], group },
  );
};
const replaced = (create: number): Reason => ({ _tag: "ReplacedBy", step: create });

const stopFirst = (swap: Swap, ready: ReadonlyArray<number>): number => {
  const { name, address, group, create, successor } = begin(swap);
  const stop = step(address, { _tag: "StopContainer", container: old(name) }, replaced(create), {
    needs: [create, ...ready].sort((a, b) => a - b),
    group,
  });
  const start = step(
    address,
    { _tag: "StartContainer", container: successor },
    { _tag: "Replaces", predecessor: name },
    { needs: [stop], group },
  );
  step(
    address,
    { _tag: "StartContainer", container: old(name) },
    { _tag: "Restores", step: start },
    { needs: [stop], group, guard: { _tag: "Failed", step: start } },
  );
  finish(address, name, group, successor, create, start);
  return step(
    serviceAddress(swap.service.name),
    { _tag: "WaitFor", containers: [successor], service: swap.service.name, condition: "healthy", required: true },
    { _tag: "NeededBy", by: swap.by },
    { needs: [start] },
  );
};
const startFirst = (swap: Swap, ready: ReadonlyArray<number>): number => {
  const { name, address, group, create, successor } = begin(swap);
  const inject = step(
    address,
    {
      _tag: "InjectFiles",
      container: successor,
      files: [{ kind: "config", key: "settings", target: "/settings.json", uid: "0", gid: "0", mode: 0o444 }],
    },
    { _tag: "Replaces", predecessor: name },
    { needs: [create], group },
  );
  const start = step(
    address,
    { _tag: "StartContainer", container: successor },
    { _tag: "Replaces", predecessor: name },
    { needs: [...ready, inject].sort((a, b) => a - b), group },
  );
  const wait = step(
    address,
    {
      _tag: "WaitFor",
      containers: [successor],
      service: swap.service.name,
      condition: "healthy",
      required: true,
      timeout: 60,
    },
    { _tag: "Replaces", predecessor: name },
    { needs: [start], group },
  );
  const hook = step(
    address,
    {
      _tag: "RunHook",
      container: old(name),
      service: swap.service.name,
      phase: "pre_stop",
      index: 0,
      hook: { command: ["drain"], environment: { DRAIN_TOKEN: "hunter2" } },
    },
    replaced(create),
    { needs: [wait], group },
  );
  const stop = step(address, { _tag: "StopContainer", container: old(name), timeout: 10 }, replaced(create), {
    needs: [hook],
    group,
  });
  return finish(address, name, group, successor, create, stop);
};

const dbReason: Reason = {
  _tag: "ConfigChanged",
  fields: [
    {
      path: "environment.POSTGRES_PASSWORD",
      before: "(secret)",
      after: "(secret)",
      span: { file: "/srv/shop/compose.yaml", line: 9, column: 26 },
    },
    {
      path: "image",
      before: "postgres:16.3",
      after: "postgres:16.4",
      span: { file: "/srv/shop/compose.yaml", line: 6, column: 12 },
    },
  ],
};
const dbReady = stopFirst(
  {
    service: services.db,
    number: 1,
    image: "postgres:16.4",
    reason: dbReason,
    needs: [pull, network],
    by: ["api", "worker"],
  },
  [],
);
const cache = step(
  replicaAddress("cache", 1),
  { _tag: "CreateContainer", name: "shop-cache-1", spec: spec(services.cache, "redis:7", 1) },
  { _tag: "Missing" },
  { needs: [network, volume] },
);
const cacheStart = step(
  replicaAddress("cache", 1),
  { _tag: "StartContainer", container: made(cache, "shop-cache-1") },
  { _tag: "Missing" },
  { needs: [cache] },
);
const apiReason: Reason = {
  _tag: "ConfigChanged",
  fields: [
    {
      path: "environment.LOG",
      before: "info",
      after: "debug",
      span: { file: "/srv/shop/compose.yaml", line: 21, column: 12 },
    },
    { path: "healthcheck.interval", before: null, after: "5s" },
    { path: "mem_limit", before: "536870912", after: null },
  ],
};
const api = (number: number, ready: ReadonlyArray<number>): number =>
  startFirst(
    { service: services.api, number, image: "shop-api", reason: apiReason, needs: [build, network], by: ["web"] },
    ready,
  );
const api1 = api(1, [dbReady, cacheStart]);
const api2 = api(2, [dbReady, cacheStart, api1]);
stopFirst(
  {
    service: services.web,
    number: 1,
    image: "nginx:1.27",
    reason: { _tag: "ImageChanged", before: imageIdOf("nginx:1.26"), after: imageIdOf("nginx:1.27") },
    needs: [network],
    by: [],
  },
  [api2],
);
step(
  replicaAddress("worker", 1),
  { _tag: "RestartContainer", container: old("shop-worker-1"), timeout: 10 },
  { _tag: "DependencyRecreated", service: "db" },
  { needs: [dbReady] },
);
const cronStop = step(
  containerAddress("shop-cron-1"),
  { _tag: "StopContainer", container: old("shop-cron-1") },
  { _tag: "Orphan", service: "cron" },
);
step(
  containerAddress("shop-cron-1"),
  { _tag: "RemoveContainer", container: old("shop-cron-1"), force: false, volumes: false },
  { _tag: "Orphan", service: "cron" },
  { needs: [cronStop] },
);

export const shop: Plan = {
  project: {
    name: "shop",
    workingDir: "/srv/shop",
    configFiles: ["/srv/shop/compose.yaml"],
    envFiles: [],
    separator: "-",
  },
  intent: { _tag: "Up", services: [] },
  steps,
  notices: [
    { _tag: "StopFirst", service: "db", because: "its only replica holds the volume data" },
    { _tag: "StopFirst", service: "web", because: "host port 8080 can be held by one container only" },
    { _tag: "Warning", message: 'The "THEME" variable is not set.' },
  ],
  confirmations: [
    {
      address: volumeAddress("data"),
      question: "Volume shop_data exists but its configuration changed. Make it anew (its data will be lost)?",
      destroys: true,
      flag: "--allow-destroy volume:data",
    },
  ],
  untouched: [{ address: replicaAddress("mailer", 1), name: "shop-mailer-1", state: "running" }],
};
