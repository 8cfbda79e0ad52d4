// One generator per attribute of a service: short and long forms, and the values that are easy to get wrong.
import type { Random } from "./random.ts";

export type Value = null | boolean | number | string | ReadonlyArray<Value> | { readonly [key: string]: Value };
export type Draft = Readonly<Record<string, Value>>;
/** `peers` are services this one may refer to without making a cycle. */
export interface Context {
  readonly random: Random;
  readonly peers: ReadonlyArray<string>;
}
type Feature = (context: Context) => Draft;

const durations = ["10s", "1m30s", "1h", "500ms", "1.5s", "90s", "2h45m", "100us", "0s", "1d", "1w"];
const sizes: ReadonlyArray<Value> = ["64m", "1g", "1.5g", "512k", "100b", "2GB", "10 mb", 1048576, "0", "128M", "1kb", "300"];
const words = ["alpha", "b", "c-3", "D_4", "e.5", "10", "true", "null", "yes", "0x10", "1.10", "~", "a b", "ünï", "<&>", "x=y", "$$HOME"];
const variables = ["${SET}", "${UNSET:-fallback}", "${EMPTY:-e}", "${EMPTY-e}", "${SET:+alt}", "${UNSET+alt}", "pre-${SET}-post", "$SET", "${UNSET-${SET}}", "$$SET", "${NUM:-3}"];

const text = (random: Random): string => (random.chance(0.3) ? random.pick(variables) : random.pick(words));
/** A scalar as YAML would give it: numbers and booleans end up as text in maps of strings. */
const scalar = (random: Random): Value =>
  random.pick<() => Value>([() => text(random), () => random.below(1000), () => random.chance(0.5), () => 1.5, () => "", () => 1e21, () => 0.00001])();

const keys = ["KEY", "A", "B_2", "c", "10", "x.y", "Z-Z", "LONG_NAME_FOR_SORTING", "_u"];
const mapOf = (random: Random, value: () => Value, least = 0, most = 4): Draft =>
  Object.fromEntries(random.some(keys, least, most).map((key) => [key, value()]));

/** Map form or list form of the same kind of data. */
const mapOrList = (random: Random, nulls: boolean): Value => {
  const map = mapOf(random, () => (nulls && random.chance(0.15) ? null : scalar(random)));
  if (random.chance(0.5)) return map;
  return Object.entries(map).map(([key, value]) => (value === null ? key : `${key}=${String(value)}`));
};

const oneOrMany = (random: Random, items: ReadonlyArray<string>): Value => {
  const chosen = random.some(items, 1, 3);
  return random.chance(0.4) ? random.pick(items) : chosen;
};

const port = (random: Random): Value =>
  random.pick<() => Value>([
    () => 80 + random.below(20),
    () => `${8000 + random.below(100)}:${80 + random.below(5)}`,
    () => `127.0.0.1:${8100 + random.below(100)}:${90 + random.below(5)}`,
    () => `${8300 + random.below(50)}:${100 + random.below(5)}/udp`,
    () => `${8400}-${8402}:${110}-${112}`,
    () => "8500-8510:120",
    () => "[::1]:8600:121",
    () => "122-124",
    () => ({ target: 130 + random.below(9), published: String(8700 + random.below(9)), protocol: random.pick(["tcp", "udp"]), mode: random.pick(["host", "ingress"]) }),
    () => ({ target: 140 + random.below(9), host_ip: "127.0.0.1", published: "8800-8805", app_protocol: "http", name: "web" }),
  ])();

const volume = (random: Random, index: number): Value =>
  random.pick<() => Value>([
    () => `/anon${index}`,
    () => `data:/data${index}`,
    () => `data:/data${index}:ro`,
    () => `./dir:/bind${index}`,
    () => `../up:/up${index}:ro,z`,
    () => `~/home:/home${index}`,
    () => `/abs/path/:/abs${index}/`,
    () => `cache:/cache${index}:nocopy`,
    () => ({ type: "bind", source: "./long", target: `/long${index}`, read_only: random.chance(0.5), bind: { create_host_path: random.chance(0.5), propagation: "rshared" } }),
    () => ({ type: "bind", source: "./bare", target: `/bare${index}` }),
    () => ({ type: "volume", source: "data", target: `/vol${index}`, volume: { nocopy: true, subpath: "sub" } }),
    () => ({ type: "volume", target: `/anonlong${index}` }),
    () => ({ type: "tmpfs", target: `/tmp${index}`, tmpfs: { size: random.pick(sizes), mode: 0o1777 } }),
  ])();

const healthcheck = (random: Random): Value => ({
  test: random.pick<Value>(["exit 0", ["CMD", "true"], ["CMD-SHELL", "curl -f http://localhost || exit 1"], ["NONE"]]),
  ...(random.chance(0.6) ? { interval: random.pick(durations) } : {}),
  ...(random.chance(0.5) ? { timeout: random.pick(durations) } : {}),
  ...(random.chance(0.5) ? { retries: random.pick<Value>([3, "5", "${NUM:-3}"]) } : {}),
  ...(random.chance(0.4) ? { start_period: random.pick(durations) } : {}),
  ...(random.chance(0.2) ? { start_interval: random.pick(durations) } : {}),
});

const dependsOn = ({ random, peers }: Context): Draft => {
  const chosen = random.some(peers, 1, 3);
  if (chosen.length === 0) return {};
  if (random.chance(0.4)) return { depends_on: chosen };
  const entry = (): Value => ({
    condition: random.pick(["service_started", "service_healthy", "service_completed_successfully"]),
    ...(random.chance(0.3) ? { restart: random.chance(0.5) } : {}),
    ...(random.chance(0.3) ? { required: random.chance(0.7) } : {}),
  });
  return { depends_on: Object.fromEntries(chosen.map((name) => [name, entry()])) };
};

const networks = ({ random }: Context): Draft => {
  const chosen = random.some(["front", "back", "default"], 1, 3);
  if (random.chance(0.5)) return { networks: chosen };
  const attachment = (name: string): Value =>
    random.chance(0.3)
      ? null
      : { aliases: random.some(["one", "two", name], 0, 2), priority: random.below(3) * 100, ...(random.chance(0.3) ? { ipv4_address: "10.9.0.5" } : {}) };
  return { networks: Object.fromEntries(chosen.map((name) => [name, attachment(name)])) };
};

const deploy = ({ random }: Context): Draft => ({
  deploy: {
    ...(random.chance(0.5) ? { replicas: random.pick<Value>([1, 2, "3", 0]) } : {}),
    ...(random.chance(0.4) ? { resources: { limits: { cpus: random.pick<Value>(["0.5", 0.25, "1.333333333"]), memory: random.pick(sizes), pids: 100 }, reservations: { memory: "32m", cpus: "0.1" } } } : {}),
    ...(random.chance(0.3) ? { restart_policy: { condition: "on-failure", delay: random.pick(durations), max_attempts: 3, window: "120s" } } : {}),
    ...(random.chance(0.3) ? { update_config: { parallelism: 2, delay: "10s", order: "start-first", failure_action: "rollback", max_failure_ratio: 0.3 } } : {}),
    ...(random.chance(0.3) ? { labels: mapOrList(random, false) } : {}),
    ...(random.chance(0.2) ? { mode: "replicated", endpoint_mode: "vip", placement: { constraints: ["node.role==manager"], preferences: [{ spread: "node.labels.zone" }] } } : {}),
  },
});

const build = ({ random }: Context): Draft => {
  if (random.chance(0.3)) return { build: random.pick([".", "./ctx", "https://example.com/repo.git#main"]) };
  return {
    build: {
      context: random.pick([".", "./ctx", "../other"]),
      ...(random.chance(0.4) ? { dockerfile: "Dockerfile.dev" } : {}),
      ...(random.chance(0.5) ? { args: mapOrList(random, true) } : {}),
      ...(random.chance(0.3) ? { labels: mapOrList(random, false) } : {}),
      ...(random.chance(0.3) ? { target: "prod", network: "host", shm_size: random.pick(sizes) } : {}),
      ...(random.chance(0.3) ? { tags: ["x:1", "y:2"], cache_from: ["x:cache"], platforms: ["linux/amd64"] } : {}),
      ...(random.chance(0.2) ? { extra_hosts: ["h1=10.0.0.1", "h2:10.0.0.2"], additional_contexts: { base: "./base", img: "docker-image://alpine" } } : {}),
    },
  };
};

const command = (random: Random): Value =>
  random.pick<Value>(["run --flag 'two words'", ["a", "b c", "${SET}"], "echo \"quoted $$VAR\" \\ back", [], null, "", "sh -c 'x; y'", "a\\ b"]);

const simple: Readonly<Record<string, (random: Random) => Value>> = {
  hostname: text,
  user: (random) => random.pick(["1000:1000", "root"]),
  working_dir: (random) => random.pick(["/app", "/app/../x"]),
  restart: (random) => random.pick(["always", "on-failure:3", "no", "unless-stopped"]),
  privileged: (random) => random.pick<Value>([true, false, "true", "${BOOL:-false}"]),
  read_only: (random) => random.pick<Value>([true, "false"]),
  init: (random) => random.pick<Value>([true, false]),
  tty: (random) => random.chance(0.5),
  stdin_open: (random) => random.chance(0.5),
  stop_signal: (random) => random.pick(["SIGINT", "SIGKILL"]),
  stop_grace_period: (random) => random.pick(durations),
  mem_limit: (random) => random.pick(sizes),
  memswap_limit: (random) => random.pick<Value>([...sizes, -1]),
  shm_size: (random) => random.pick(sizes),
  cpus: (random) => random.pick<Value>([0.5, "1.5", 2, "0.333333333", "1e-7"]),
  cpu_shares: (random) => random.pick<Value>([512, "1024"]),
  cpuset: (random) => random.pick(["0,1", "0-3"]),
  pids_limit: (random) => random.pick<Value>([100, -1, "50"]),
  oom_score_adj: (random) => random.pick<Value>([-500, 100]),
  cap_add: (random) => random.some(["NET_ADMIN", "SYS_TIME", "ALL"], 1, 3),
  cap_drop: (random) => random.some(["CHOWN", "KILL"], 1, 2),
  security_opt: (random) => random.some(["no-new-privileges:true", "label=disable"], 1, 2),
  dns: (random) => oneOrMany(random, ["8.8.8.8", "1.1.1.1"]),
  dns_search: (random) => oneOrMany(random, ["a.example", "b.example"]),
  tmpfs: (random) => oneOrMany(random, ["/run", "/tmp:size=64m,mode=1777"]),
  expose: (random) => random.some<Value>(["80", 443, "9000-9005", "53/udp"], 1, 3),
  environment: (random) => mapOrList(random, true),
  labels: (random) => mapOrList(random, false),
  annotations: (random) => mapOrList(random, false),
  sysctls: (random) => ({ "net.core.somaxconn": random.pick<Value>([1024, "2048"]), "net.ipv4.ip_forward": 1 }),
  extra_hosts: (random) => random.pick<Value>([["db=10.0.0.1", "web:10.0.0.2", "v6=[::1]"], { db: "10.0.0.1", many: ["10.0.0.3", "10.0.0.2"] }]),
  ulimits: (random) => ({ nofile: random.pick<Value>([65535, { soft: 1024, hard: 2048 }, "4096"]), nproc: 100 }),
  logging: (random) => ({ driver: random.pick(["json-file", "none"]), options: { "max-size": "10m", "max-file": random.pick<Value>([3, "5"]) } }),
  healthcheck,
  command,
  entrypoint: command,
  devices: (random) => random.some<Value>(["/dev/fuse", "/dev/a:/dev/b:r", { source: "/dev/c", target: "/dev/d", permissions: "rw" }], 1, 2),
  group_add: (random) => random.some<Value>(["audio", 1001], 1, 2),
  platform: () => "linux/amd64",
  pull_policy: (random) => random.pick(["always", "missing", "never", "if_not_present", "build", "daily"]),
  profiles: (random) => random.some(["dev", "test"], 1, 2),
  attach: (random) => random.chance(0.5),
  domainname: () => "example.org",
  mac_address: () => "02:42:ac:11:65:43",
  userns_mode: () => "host",
  cgroup_parent: () => "m-executor",
  ipc: (random) => random.pick(["host", "shareable"]),
  storage_opt: () => ({ size: "1G" }),
  blkio_config: (random) => ({ weight: 300, device_read_bps: [{ path: "/dev/sda", rate: random.pick(sizes) }], weight_device: [{ path: "/dev/sda", weight: 400 }] }),
  "x-note": (random) => ({ any: [scalar(random)], nested: { "x-y": 1 } }),
};

const composed: ReadonlyArray<Feature> = [
  dependsOn,
  networks,
  deploy,
  build,
  ({ random }) => ({ ports: Array.from({ length: 1 + random.below(3) }, () => port(random)) }),
  ({ random }) => ({ volumes: Array.from({ length: 1 + random.below(3) }, (_, index) => volume(random, index)) }),
  ({ random }) => ({ env_file: random.pick<Value>(["web.env", ["web.env", "more.env"], [{ path: "web.env" }, { path: "missing.env", required: false }]]) }),
  ({ random }) => ({ configs: random.pick<Value>([["conf"], [{ source: "conf", target: "/etc/conf", mode: 0o440, uid: "1" }]]) }),
  ({ random }) => ({ secrets: random.pick<Value>([["key"], [{ source: "key", target: "other", mode: "0400" }], ["key", "token"]]) }),
  ({ random, peers }) => (peers.length === 0 ? {} : { links: [random.pick([random.pick(peers), `${random.pick(peers)}:alias`])] }),
  ({ random, peers }) => (peers.length === 0 ? {} : { volumes_from: [random.pick([random.pick(peers), `${random.pick(peers)}:ro`])] }),
  ({ random }) => ({ develop: { watch: [{ path: "./src", action: random.pick(["rebuild", "restart"]), ignore: ["node_modules/"] }, { path: "./x", action: "sync", target: "/x" }] } }),
];

const features: ReadonlyArray<Feature> = [
  ...composed,
  ...Object.entries(simple).map(([name, draw]): Feature => ({ random }) => ({ [name]: draw(random) })),
];

/** A service of a handful of features; always with an image, so that most files are valid. */
export const drawService = (context: Context): Draft =>
  Object.assign({ image: context.random.pick(["nginx", "busybox:1.36", "ghcr.example/x/y@sha256:0000000000000000000000000000000000000000000000000000000000000000"]) }, ...context.random.some(features, 2, 14).map((feature) => feature(context)));
