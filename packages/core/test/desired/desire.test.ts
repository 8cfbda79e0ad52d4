// The desired state: names, edges, endpoints, files, mounts, and what is refused.
import * as Result from "effect/Result";
import { describe, expect, it } from "vitest";
import { desire } from "../../src/desired/desire.ts";
import { dependsOnLabel, edgesOf, parseDependsOnLabel } from "../../src/desired/edges.ts";
import { wire } from "../../src/desired/endpoints.ts";
import { containerName, isTemporaryNameOf, splitTemporaryName, temporaryName } from "../../src/desired/names.ts";
import { dependencyOrder } from "../../src/desired/order.ts";
import { parseVolumesFrom, resolveReferences } from "../../src/desired/references.ts";
import { cut, desired, project, type ProjectText, type ServiceText } from "../plan/projects.ts";

const problems = (text: ProjectText, scale = {}): ReadonlyArray<string> => {
  const result = desire(project(text), { scale });
  return Result.isFailure(result)
    ? result.failure.map(({ code, message, path }) => `${code} ${path ?? ""}: ${message}`)
    : [];
};
const one = (service: ServiceText): ProjectText => ({ services: { web: service } });

describe("names", () => {
  const identity = desired(one({})).project;

  it("are docker compose's, with either separator", () => {
    expect(containerName(identity, { name: "web" }, 3)).toBe("p-web-3");
    expect(containerName({ ...identity, separator: "_" }, { name: "web" }, 3)).toBe("p_web_3");
    expect(containerName(identity, { name: "web", container_name: "box" }, 1)).toBe("box");
    expect(desired(one({ build: { context: "/b" } })).services[0]?.image).toBe("p-web");
    expect(desired({ ...one({ build: { context: "/b" } }), compatibility: true }).services[0]?.image).toBe("p_web");
  });

  it("of successors carry the predecessor's id", () => {
    const name = temporaryName("0123456789abcdef", "p-web-1");
    expect(name).toBe("0123456789ab_p-web-1");
    expect(splitTemporaryName(name)).toEqual({ idPrefix: "0123456789ab", finalName: "p-web-1" });
    expect(isTemporaryNameOf(name, "p-web-1")).toBe(true);
    expect(isTemporaryNameOf("0123456789ab_p_web_1", "p-web-1")).toBe(true);
    expect(isTemporaryNameOf("p-web-1", "p-web-1")).toBe(false);
    expect(isTemporaryNameOf("0123456789ab_p-web-2", "p-web-1")).toBe(false);
  });
});

describe("edges", () => {
  const all = () => true;

  it("come from depends_on, links, namespaces and volumes_from; the strongest kind wins", () => {
    const service = {
      name: "web",
      depends_on: {
        db: { condition: "service_healthy", required: false, restart: true },
        vpn: { condition: "service_started", required: true },
      },
      links: ["db:database", "cache"],
      network_mode: "service:vpn",
      volumes_from: ["box:ro", "container:outside"],
    } as const;
    expect(
      edgesOf(service, all).map(({ service: target, kind, condition, required, restart }) => [
        target,
        kind,
        condition,
        required,
        restart,
      ]),
    ).toEqual([
      ["box", "volumes_from", "service_started", true, false],
      ["cache", "link", "service_started", true, false],
      ["db", "link", "service_healthy", false, true],
      ["vpn", "namespace", "service_started", true, false],
    ]);
    expect(edgesOf(service, (name) => name === "db")).toHaveLength(1);
  });

  it("stand in a label, sorted, and come back from it", () => {
    const service = {
      name: "web",
      depends_on: {
        b: { condition: "service_healthy", required: true },
        a: { condition: "service_completed_successfully", required: true, restart: true },
      },
    } as const;
    expect(dependsOnLabel(service)).toBe("a:service_completed_successfully:true,b:service_healthy:false");
    expect(parseDependsOnLabel(dependsOnLabel(service))).toEqual({
      a: { condition: "service_completed_successfully", restart: true, required: true },
      b: { condition: "service_healthy", restart: false, required: true },
    });
    expect(parseDependsOnLabel("")).toEqual({});
    expect(parseDependsOnLabel("x:nonsense:true,y")).toEqual({
      y: { condition: "service_started", restart: false, required: true },
    });
  });

  it("order services, dependencies first, names among equals", () => {
    const order = (graph: Record<string, ReadonlyArray<string>>) => dependencyOrder(new Map(Object.entries(graph)));
    expect(order({ c: ["a"], b: [], a: [] })).toEqual({ _tag: "Ordered", names: ["a", "b", "c"] });
    expect(order({ a: ["z"], z: [], m: ["outside"] })).toEqual({ _tag: "Ordered", names: ["z", "a", "m"] });
    expect(order({ a: ["b"], b: ["c"], c: ["b"] })).toEqual({ _tag: "Cycle", path: ["b", "c", "b"] });
    expect(order({ a: ["a"] })).toEqual({ _tag: "Cycle", path: ["a", "a"] });
  });

  it("order long chains and wide layers in no time", () => {
    const chain = new Map(
      Array.from({ length: 50_000 }, (_, index) => [`s${index}`, index === 0 ? [] : [`s${index - 1}`]]),
    );
    expect(dependencyOrder(chain)._tag).toBe("Ordered");
    const layer = (at: number): ReadonlyArray<string> => Array.from({ length: 30 }, (_, index) => `l${at}-${index}`);
    const layers = new Map(
      Array.from({ length: 30 }, (_, at) =>
        layer(at).map((name) => [name, at === 0 ? [] : layer(at - 1)] as const),
      ).flat(),
    );
    expect(dependencyOrder(layers)._tag).toBe("Ordered");
  });
});

describe("references", () => {
  it("to services become ids; the mode of volumes_from is not part of the hash", () => {
    const service = {
      name: "web",
      network_mode: "service:a",
      ipc: "service:b",
      pid: "host",
      volumes_from: ["a:ro", "container:box:rw", "c"],
    };
    const ids: Record<string, string> = { a: "1", b: "2" };
    expect(resolveReferences(service, (name) => ids[name])).toMatchObject({
      network_mode: "container:1",
      ipc: "container:2",
      pid: "host",
      volumes_from: ["1", "box", "c"],
    });
    expect(parseVolumesFrom("a:ro")).toEqual({ _tag: "Service", service: "a", mode: "ro" });
    expect(parseVolumesFrom("container:box")).toEqual({ _tag: "Container", container: "box" });
  });
});

describe("endpoints", () => {
  it("are sorted by priority, then key, and carry all names", () => {
    const web = desired({
      services: {
        web: {
          mac_address: "02:00:00:00:00:01",
          networks: {
            b: { priority: 1, aliases: ["x", "web"] },
            a: null,
            c: { priority: 9, mac_address: "02:00:00:00:00:02" },
          },
        },
      },
      networks: { a: {}, b: {}, c: { name: "custom" } },
    });
    const [service] = web.services;
    if (service === undefined) throw new Error("no service");
    const { endpoints } = wire(web.project, service, 2, () => []);
    expect(endpoints.map(({ network, aliases, macAddress }) => [network, aliases, macAddress])).toEqual([
      ["custom", ["p-web-2", "web"], "02:00:00:00:00:02"],
      ["p_b", ["p-web-2", "web", "x"], undefined],
      ["p_a", ["p-web-2", "web"], undefined],
    ]);
  });

  it("link every replica under its own number", () => {
    const web = desired({
      services: {
        web: { links: ["db", "cache:redis"], external_links: ["outside", "other:o"] },
        db: { scale: 2 },
        cache: {},
      },
    });
    const service = web.services.find(({ name }) => name === "web");
    if (service === undefined) throw new Error("no service");
    const replicas = { db: [1, 2], cache: [1] };
    const { endpoints, links } = wire(web.project, service, 5, (name) =>
      replicas[name as "db"].map((number) => ({ number, name: `p-${name}-${number}` })),
    );
    expect(endpoints[0]?.links).toEqual([
      "p-db-1:db",
      "p-db-1:db-1",
      "p-db-1:p-db-1",
      "p-db-2:db",
      "p-db-2:db-2",
      "p-db-2:p-db-2",
      "p-cache-1:redis",
      "p-cache-1:cache-1",
      "p-cache-1:p-cache-1",
      "outside:outside",
      "other:o",
    ]);
    expect(links).toEqual([]);
  });

  it("do not exist under a network_mode; links then belong to the container", () => {
    const web = desired({
      services: { web: { network_mode: "bridge", links: ["db"] }, db: { network_mode: "bridge" } },
    });
    const service = web.services.find(({ name }) => name === "web");
    if (service === undefined) throw new Error("no service");
    const { endpoints, links } = wire(web.project, service, 1, () => [{ number: 1, name: "p-db-1" }]);
    expect(endpoints).toEqual([]);
    expect(links).toEqual(["p-db-1:db", "p-db-1:db-1", "p-db-1:p-db-1"]);
  });
});

describe("files and mounts", () => {
  it("files of the host are mounted, texts are injected, targets are absolute", () => {
    const { services } = desired({
      services: {
        web: {
          configs: [{ source: "a" }, { source: "b", target: "etc/b", mode: 0o440, uid: "7" }],
          secrets: [{ source: "s" }, { source: "t", target: "/run/t" }],
          volumes: [
            {
              type: "volume",
              source: "data",
              target: "/data",
              read_only: true,
              volume: { subpath: "x", nocopy: true },
            },
            { type: "volume", target: "/anonymous" },
            {
              type: "bind",
              source: "/s",
              target: "/t",
              bind: { selinux: "z", propagation: "rshared", create_host_path: false },
            },
            { type: "tmpfs", target: "/tmp", tmpfs: { size: 5, mode: 0o700 } },
          ],
        },
      },
      volumes: { data: { name: "real" } },
      configs: { a: { file: "/p/a" }, b: { content: "b" } },
      secrets: { s: { environment: "S", content: "v" }, t: { file: "/p/t" } },
    });
    expect(services[0]?.files).toEqual([
      { kind: "config", key: "b", target: "/etc/b", uid: "7", gid: "0", mode: 0o440 },
      { kind: "secret", key: "s", target: "/run/secrets/s", uid: "0", gid: "0", mode: 0o444 },
    ]);
    expect(services[0]?.mounts).toEqual([
      { _tag: "Volume", name: "real", target: "/data", readOnly: true, inherited: false, nocopy: true, subpath: "x" },
      { _tag: "Volume", target: "/anonymous", readOnly: false, inherited: false },
      {
        _tag: "Bind",
        source: "/s",
        target: "/t",
        readOnly: false,
        createHostPath: false,
        selinux: "z",
        propagation: "rshared",
      },
      { _tag: "Tmpfs", target: "/tmp", readOnly: false, size: 5, mode: 0o700 },
      { _tag: "Bind", source: "/p/a", target: "/a", readOnly: true, createHostPath: false },
      { _tag: "Bind", source: "/p/t", target: "/run/t", readOnly: true, createHostPath: false },
    ]);
    expect(services[0]?.volumes).toEqual(["data"]);
  });

  it("a digest tells of changed texts, and never holds them", () => {
    const digest = (content: string) =>
      desired({ services: { web: { secrets: [{ source: "s" }] } }, secrets: { s: { content } } }).services[0]
        ?.filesDigest;
    expect(digest("swordfish")).toMatch(/^[0-9a-f]{32}$/);
    expect(digest("swordfish")).toBe(digest("swordfish"));
    expect(digest("swordfish")).not.toBe(digest("other"));
    expect(
      JSON.stringify(
        desired({ services: { web: { secrets: [{ source: "s" }] } }, secrets: { s: { content: "swordfish" } } })
          .services,
      ),
    ).not.toContain("swordfish");
  });
});

describe("replicas", () => {
  it("come from --scale, scale, deploy.replicas", () => {
    const replicas = (service: ServiceText, scale = {}) => desired(one(service), { scale }).services[0]?.replicas;
    expect(replicas({})).toBe(1);
    expect(replicas({ deploy: { replicas: 3 } })).toBe(3);
    expect(replicas({ scale: 2, deploy: { replicas: 3 } })).toBe(2);
    expect(replicas({ scale: 2 }, { web: 0 })).toBe(0);
  });
});

describe("refusals", () => {
  it.each<readonly [ProjectText, Record<string, number>, ReadonlyArray<string>]>([
    [
      one({ container_name: "x", scale: 2 }),
      {},
      ['scaled-container-name services.web.container_name: service "web" has 2 replicas but one container_name, "x"'],
    ],
    [
      one({ container_name: "x" }),
      { web: 3 },
      ['scaled-container-name services.web.container_name: service "web" has 3 replicas but one container_name, "x"'],
    ],
    [
      { services: { a: { container_name: "x" }, b: { container_name: "x" } } },
      {},
      ['name-taken services.b.container_name: container name "x" is asked for by the services "a" and "b"'],
    ],
    [
      { services: { a: { depends_on: ["b"] }, b: { depends_on: ["a"] } } },
      {},
      ["dependency-cycle : dependency cycle detected: a -> b -> a"],
    ],
    [one({}), { wbe: 1 }, ["unknown-service : no such service: wbe"]],
    [
      { ...one({ secrets: [{ source: "s" }] }), secrets: { s: { external: true } } },
      {},
      ['unsupported-secret services.web.secrets: external secret "s" needs a cluster; a single engine has none'],
    ],
    [
      { ...one({ configs: [{ source: "c" }] }), configs: { c: { environment: "NOPE" } } },
      {},
      ['unsupported-config services.web.configs: environment variable "NOPE" of config "c" is not set'],
    ],
    [
      { ...one({ read_only: true, configs: [{ source: "c" }] }), configs: { c: { content: "x" } } },
      {},
      ['read-only-files services.web.read_only: service "web" is read_only: no text can be put into its container'],
    ],
    [
      one({ pre_start: [{ command: ["x"], per_replica: true }] }),
      {},
      [
        'per-replica-hook services.web.pre_start: a pre_start hook of service "web" asks for per_replica, which is not possible',
      ],
    ],
    [
      one({ healthcheck: { test: ["CMD", "x"], start_interval: 1 } }),
      {},
      [
        'start-interval-alone services.web.healthcheck: service "web": healthcheck.start_interval requires healthcheck.start_period to be set',
      ],
    ],
    [
      {
        services: {
          web: { depends_on: { db: { condition: "service_healthy" } } },
          db: { healthcheck: { disable: true } },
        },
      },
      {},
      [
        'no-healthcheck services.web.depends_on.db: service "web" waits until "db" is healthy, but the healthcheck of "db" is switched off',
      ],
    ],
    [
      one({ provider: { type: "compose" } }),
      {},
      ['bad-provider services.web.provider: service "web": "compose" is not a valid provider type'],
    ],
  ])("%#", (text, scale, expected) => {
    expect(problems(text, scale)).toEqual(expected);
  });
});

describe("a part of the project", () => {
  const whole = project({
    services: {
      web: { depends_on: ["db"] },
      db: {},
      vpn: {},
      app: { network_mode: "service:db", networks: {} },
      envy: { env_file: [{ path: "/x", required: true }] },
    },
  });

  it("knows the others, in full where it can", () => {
    const part = desired(cut(whole, ["web"]), { whole });
    expect(part.services.map(({ name }) => name)).toEqual(["db", "web"]);
    expect(part.otherServices).toEqual(["app", "envy", "vpn"]);
    expect(part.bystanders.map(({ name }) => name)).toEqual(["app", "vpn"]);
  });

  it("keeps the label of dependencies that --no-deps left out", () => {
    const alone = {
      ...cut(whole, ["web"]),
      services: { web: { ...whole.services["web"], name: "web", depends_on: {} } },
    };
    const part = desired(alone, { whole });
    expect(part.services[0]?.edges).toEqual([]);
    expect(part.services[0]?.dependsOnLabel).toBe("db:service_started:false");
  });

  it("does not depend on the order of the file", () => {
    const turned = { ...whole, services: Object.fromEntries(Object.entries(whole.services).toReversed()) };
    expect(JSON.stringify(desired(turned))).toBe(JSON.stringify(desired(whole)));
  });
});
