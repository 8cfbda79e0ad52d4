// The catalogue of realistic projects under projects/, with what must run and what each small change may touch.

/** Replaces `from` (which must occur) by `to` in one file of the project. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * One small change and exactly what it does. Services not named stay: same container, not restarted.
 * `recreated` gets new containers; `restarted` keeps its containers but starts them again; `free` may do as it likes
 * (where several ways are right); `added` and `removed` are container names without the project; `orphans` stay although undeclared.
 */
export interface Change {
  readonly what: string;
  readonly edits: ReadonlyArray<Edit>;
  /** Before the command. */
  readonly globals?: ReadonlyArray<string>;
  /** After `up -d`. */
  readonly flags?: ReadonlyArray<string>;
  readonly recreated?: ReadonlyArray<string>;
  /** Changed while it runs, where docker compose makes new containers; with what the engine must tell of it then. */
  readonly updated?: { readonly service: string; readonly host: Readonly<Record<string, unknown>> };
  readonly restarted?: ReadonlyArray<string>;
  readonly free?: ReadonlyArray<string>;
  readonly added?: ReadonlyArray<string>;
  readonly removed?: ReadonlyArray<string>;
  readonly orphans?: ReadonlyArray<string>;
}

/** A command that a container of `service` must run with exit code 0 after every up. */
export interface Probe {
  readonly service: string;
  readonly argv: ReadonlyArray<string>;
  /** What it shows, for the test's name. */
  readonly shows: string;
  /** The peer is known to fail it after a change (a reason, from its issue tracker or our own runs). */
  readonly peerFailsAfterChange?: string;
}

export interface ProjectShape {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Replicas by service. */
  readonly running: Readonly<Record<string, number>>;
  /** One-shot services that end with code 0. */
  readonly finished: ReadonlyArray<string>;
  /** A line that the service's log has. */
  readonly says: Readonly<Record<string, RegExp>>;
  /** Paths in containers that are anonymous volumes. */
  readonly anonymous: ReadonlyArray<{ readonly service: string; readonly path: string }>;
  readonly probes: ReadonlyArray<Probe>;
  readonly changes: ReadonlyArray<Change>;
  /** True when images must be built, which the simulated engine does by name only. */
  readonly builds: boolean;
}

const idle = (...services: ReadonlyArray<string>): Readonly<Record<string, number>> => Object.fromEntries(services.map((name) => [name, 1]));

const storefront: ProjectShape = {
  name: "storefront",
  env: { SHOP_NAME: "corner shop" },
  running: idle("proxy", "app", "db", "cache"),
  finished: [],
  says: { proxy: /routes loaded/, app: /app for corner shop/ },
  anonymous: [{ service: "cache", path: "/data" }],
  probes: [{ service: "proxy", argv: ["ping", "-c1", "-W2", "app"], shows: "services find each other by name" }],
  builds: false,
  changes: [
    { what: "the image tag of proxy", edits: [{ file: "compose.yaml", from: "composure/test-web:1", to: "composure/test-web:2" }], recreated: ["proxy"] },
    { what: "an environment variable of app", edits: [{ file: "compose.yaml", from: "redis://cache:6379/0", to: "redis://cache:6379/1" }], recreated: ["app"] },
    { what: "a port of proxy", edits: [{ file: "compose.yaml", from: ":80\"", to: ":8080\"" }], recreated: ["proxy"] },
    { what: "a label of cache", edits: [{ file: "compose.yaml", from: "shop.tier: memory", to: "shop.tier: hot" }], recreated: ["cache"] },
  ],
};

const workerBlock = '  worker:\n    build: ./worker\n    environment:\n      CONCURRENCY: "2"\n    volumes:\n      - jobs:/jobs\n';

const forge: ProjectShape = {
  name: "forge",
  env: {},
  running: idle("gateway", "api", "worker"),
  finished: [],
  says: { gateway: /gateway to api:80/, api: /forged index/, worker: /worker with 2 hands/ },
  anonymous: [],
  probes: [{ service: "gateway", argv: ["sh", "-c", "test $ROLE = gateway"], shows: "the right target was built" }],
  builds: true,
  changes: [
    { what: "an environment variable of gateway", edits: [{ file: "compose.yaml", from: "UPSTREAM: api:80", to: "UPSTREAM: api:8080" }], recreated: ["gateway"] },
    { what: "a file in a build context, with --build", edits: [{ file: "web/index.txt", from: "forged", to: "reforged" }], flags: ["--build"], recreated: ["gateway", "api"] },
    {
      what: "removing worker, which stays as an orphan",
      edits: [{ file: "compose.yaml", from: workerBlock, to: "" }],
      orphans: ["worker"],
    },
    { what: "removing the orphan on request", edits: [], flags: ["--remove-orphans"], removed: ["worker-1"] },
    { what: "putting worker back", edits: [{ file: "compose.yaml", from: "\nvolumes:\n", to: `${workerBlock}\nvolumes:\n` }], added: ["worker-1"] },
  ],
};

const observatory: ProjectShape = {
  name: "observatory",
  env: {},
  running: idle("app", "metrics"),
  finished: [],
  says: { app: /app exposes metrics/, metrics: /scraping app:9100/ },
  anonymous: [],
  probes: [{ service: "metrics", argv: ["test", "-f", "/etc/rules/up.yml"], shows: "the bind is mounted" }],
  builds: false,
  changes: [
    { what: "turning a profile on", edits: [], globals: ["--profile", "dashboards"], added: ["dashboard-1", "generator-1"] },
    { what: "a service while the profile is off again", edits: [{ file: "compose.yaml", from: "TARGETS: app:9100", to: "TARGETS: app:9101" }], recreated: ["metrics"] },
    { what: "the content of a bind-mounted file", edits: [{ file: "rules/up.yml", from: "name: up", to: "name: down" }] },
    { what: "naming a service whose profile is off", edits: [], flags: ["shell"], added: ["shell-1"] },
  ],
};

const pipeline: ProjectShape = {
  name: "pipeline",
  env: {},
  running: idle("db", "broker", "api", "worker", "report"),
  finished: ["migrate"],
  says: { migrate: /migrated 3 steps/, api: /schema is current/, worker: /subscribed/ },
  anonymous: [
    { service: "db", path: "/var/lib/postgresql/data" },
    { service: "broker", path: "/data" },
  ],
  probes: [],
  builds: false,
  changes: [
    {
      what: "the healthcheck of broker, whose dependent asks to be restarted",
      edits: [{ file: "compose.yaml", from: "test: test -d /data", to: "test: test -w /data" }],
      recreated: ["broker"],
      restarted: ["api"],
    },
    { what: "the command of the one-shot", edits: [{ file: "compose.yaml", from: "migrated 3 steps", to: "migrated 4 steps" }], recreated: ["migrate"] },
  ],
};

const vault: ProjectShape = {
  name: "vault",
  env: { API_TOKEN: "t0p-s3cret-value", OWNER: "the night shift" },
  running: idle("signer", "auditor"),
  finished: [],
  says: { signer: /signer reads signing_key token/, auditor: /auditor ready/ },
  anonymous: [],
  probes: [
    { service: "signer", argv: ["grep", "-q", "not-a-real-key", "/run/secrets/signing_key"], shows: "a file secret is there" },
    { service: "signer", argv: ["grep", "-qx", "t0p-s3cret-value", "/run/secrets/token"], shows: "an environment secret is there" },
    { service: "signer", argv: ["sh", "-c", "test $(stat -c %a /run/secrets/token) = 400"], shows: "its mode is as asked" },
    { service: "signer", argv: ["grep", "-q", "Signing for the night shift", "/etc/banner"], shows: "an inline config is there, interpolated" },
    { service: "auditor", argv: ["grep", "-q", "ed25519", "/policy"], shows: "a config without target stands at the root" },
  ],
  builds: false,
  changes: [
    { what: "an environment variable of auditor", edits: [{ file: "compose.yaml", from: "LEVEL: info", to: "LEVEL: debug" }], recreated: ["auditor"] },
    { what: "the target of a config", edits: [{ file: "compose.yaml", from: "/etc/signer/policy.conf", to: "/etc/signer/rules.conf" }], recreated: ["signer"] },
  ],
};

const meshwork: ProjectShape = {
  name: "meshwork",
  env: {},
  running: idle("edge", "logic", "ledger", "lonely"),
  finished: [],
  says: { edge: /edge up/, logic: /logic up/ },
  anonymous: [{ service: "ledger", path: "/var/lib/postgresql/data" }],
  probes: [
    { service: "logic", argv: ["ping", "-c1", "-W2", "front-door"], shows: "an alias is found" },
    { service: "logic", argv: ["ping", "-c1", "-W2", "books"], shows: "an alias on an internal network is found", peerFailsAfterChange: "it reconnects without aliases" },
    { service: "logic", argv: ["sh", "-c", "ip addr | grep -qF .20/26"], shows: "the static address is kept" },
    { service: "edge", argv: ["sh", "-c", "! ping -c1 -W1 books"], shows: "networks are apart" },
    { service: "lonely", argv: ["sh", "-c", "test $(ls /sys/class/net | wc -l) -ge 1 && ! ip route | grep -q default"], shows: "network_mode none has no way out" },
  ],
  builds: false,
  changes: [
    { what: "an alias of logic", edits: [{ file: "compose.yaml", from: "aliases: [caller]", to: "aliases: [accountant]" }], recreated: ["logic"] },
    { what: "a label of a network", edits: [{ file: "compose.yaml", from: "tier: data", to: "tier: books" }], free: ["logic", "ledger"] },
    {
      what: "a new network for one service",
      edits: [
        { file: "compose.yaml", from: "      public:\n        priority: 100\n", to: "      public:\n        priority: 100\n      lobby:\n" },
        { file: "compose.yaml", from: "networks:\n  public:\n", to: "networks:\n  lobby:\n  public:\n" },
      ],
      recreated: ["edge"],
    },
  ],
};

const sidecars: ProjectShape = {
  name: "sidecars",
  env: {},
  running: idle("pod", "mesh", "tracer", "collector", "client", "bystander"),
  finished: [],
  says: { pod: /pod owns the network/, collector: /reads the spool/ },
  anonymous: [{ service: "pod", path: "/scratch" }],
  probes: [
    { service: "mesh", argv: ["sh", "-c", "test $(hostname) = pod && echo | nc -w 2 127.0.0.1 80"], shows: "the network namespace is pod's" },
    { service: "tracer", argv: ["sh", "-c", "ps | grep -q '[n]c -ll'"], shows: "the process namespace is pod's" },
    { service: "collector", argv: ["test", "-d", "/spool"], shows: "pod's volumes are mounted" },
    { service: "client", argv: ["ping", "-c1", "-W2", "backend"], shows: "the link's alias is found" },
  ],
  builds: false,
  changes: [
    {
      what: "the owner of the shared namespaces",
      edits: [{ file: "compose.yaml", from: "    hostname: pod\n", to: "    hostname: pod\n    environment: {MODE: strict}\n" }],
      recreated: ["pod", "mesh", "tracer", "collector"],
      restarted: ["client"],
    },
    { what: "the scale of bystander", edits: [], flags: ["--scale", "bystander=2"], added: ["bystander-2"] },
  ],
};

const ledger: ProjectShape = {
  name: "ledger",
  env: {},
  running: idle("api", "batch", "batch-slow", "store"),
  finished: [],
  says: { api: /api in north as api/, batch: /batch in north/, "batch-slow": /slow batch 9/, store: /store of version 1/ },
  anonymous: [],
  probes: [
    { service: "api", argv: ["sh", "-c", "test \"$GREETING\" = 'hello from north' -a $TIMEOUT = 30s -a $DEBUG = true"], shows: "env file, base and override come together" },
    { service: "api", argv: ["grep", "-q", "shared greeting", "/etc/motd"], shows: "a path of the extended file is relative to it" },
    { service: "batch", argv: ["sh", "-c", "test $RETRIES = 3 -a $ROLE = batch"], shows: "anchors are expanded" },
  ],
  builds: false,
  changes: [
    { what: "a line of an env file", edits: [{ file: "env/common.env", from: "# shared by all parts\n", to: "# shared by all parts\nSHIFT=night\n" }], recreated: ["api", "batch"] },
    { what: "the env file of the included stack", edits: [{ file: "shared/store.env", from: "STORE_MAJOR=1", to: "STORE_MAJOR=2" }], recreated: ["store"] },
    { what: "a label in the override", edits: [{ file: "compose.override.yaml", from: "stage: development", to: "stage: staging" }], recreated: ["api"] },
  ],
};

const fleet: ProjectShape = {
  name: "fleet",
  env: {},
  running: { runner: 3, dispatcher: 2, monitor: 1 },
  finished: [],
  says: { runner: /runner in the fleet/, dispatcher: /dispatcher for the fleet/ },
  anonymous: [],
  probes: [
    { service: "runner", argv: ["grep", "-q", "Max open files *1024 *2048", "/proc/1/limits"], shows: "limits of processes hold" },
    { service: "dispatcher", argv: ["sh", "-c", "! touch /blocked && touch /run/allowed"], shows: "the root is read-only, the tmpfs is not" },
    { service: "monitor", argv: ["sh", "-c", "grep -q 10.1.2.3 /etc/hosts && test $(id -u) = 1000 -a $PWD = /tmp"], shows: "hosts, user and directory are as asked" },
  ],
  builds: false,
  changes: [
    { what: "more replicas", edits: [{ file: "compose.yaml", from: "replicas: 3", to: "replicas: 4" }], added: ["runner-4"] },
    { what: "fewer replicas", edits: [{ file: "compose.yaml", from: "replicas: 4", to: "replicas: 2" }], removed: ["runner-3", "runner-4"] },
    { what: "a log option of a replicated service", edits: [{ file: "compose.yaml", from: "max-size: 512k", to: "max-size: 256k" }], recreated: ["runner"] },
    { what: "a memory limit", edits: [{ file: "compose.yaml", from: "mem_limit: 96m", to: "mem_limit: 112m" }], updated: { service: "dispatcher", host: { Memory: 112 * 1024 * 1024 } } },
    {
      what: "a new service",
      edits: [{ file: "compose.yaml", from: "services:\n", to: "services:\n  scout:\n    image: composure/test-idle\n\n" }],
      added: ["scout-1"],
    },
  ],
};

const archive: ProjectShape = {
  name: "archive",
  env: {},
  running: idle("keeper", "reader", "indexer"),
  finished: [],
  says: { keeper: /holds the archive/, reader: /the index page/ },
  anonymous: [
    { service: "keeper", path: "/thumbnails" },
    { service: "keeper", path: "/drafts" },
    { service: "keeper", path: "/var/lib/postgresql/data" },
    { service: "indexer", path: "/data" },
  ],
  probes: [
    { service: "reader", argv: ["sh", "-c", "! touch /documents/x && grep -q ' /var/cache tmpfs' /proc/mounts"], shows: "read-only is read-only, memory is memory" },
    { service: "keeper", argv: ["sh", "-c", "touch /documents/x && ! touch /site/x && touch /hot/x"], shows: "what is writable is" },
    { service: "indexer", argv: ["sh", "-c", "test -d /incoming && grep -q ' /index tmpfs' /proc/mounts"], shows: "driver options hold, a missing folder is made" },
  ],
  builds: false,
  changes: [
    { what: "an environment variable of keeper", edits: [{ file: "compose.yaml", from: "RETENTION: 30d", to: "RETENTION: 60d" }], recreated: ["keeper"] },
    { what: "a tmpfs of reader", edits: [{ file: "compose.yaml", from: "tmpfs: /var/cache", to: "tmpfs: /var/cache:size=1m" }], recreated: ["reader"] },
    { what: "the image of keeper", edits: [{ file: "compose.yaml", from: "composure/test-db:1", to: "composure/test-db:2" }], recreated: ["keeper"] },
  ],
};

export const shapes = { storefront, forge, observatory, pipeline, vault, meshwork, sidecars, ledger, fleet, archive } as const;
export type ShapeName = keyof typeof shapes;
