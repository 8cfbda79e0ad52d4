// Containers, networks and volumes on a real engine: made, observed, changed, removed.
import type { EndpointSpec } from "@composure/core/plan/Operation";
import type { ObserveQuery } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import { expect, test } from "vitest";
import { DATABASE, IDLE, labelsOf, launch, onEngine, raw, refusal, sh, socketPath, specOf, using } from "./engine.ts";
import { record } from "./recorder.ts";

const query = (project: string, more: Partial<ObserveQuery> = {}): ObserveQuery => ({
  project,
  images: [],
  imageDetails: [],
  volumes: false,
  foreign: false,
  ...more,
});
const endpoint = (network: string, more: Partial<EndpointSpec> = {}): EndpointSpec => ({
  network,
  aliases: ["web"],
  links: [],
  settings: null,
  ...more,
});
const inspect = async (id: string) =>
  (await raw("GET", `/containers/${id}/json`)).json as Record<string, never> & {
    Id: string;
    NetworkSettings: {
      Networks: Record<string, { Aliases: Array<string> | null; IPAddress: string; MacAddress: string }>;
    };
  };

onEngine("a container's life", (project) => {
  const name = `${project}-web-1`;

  test("created, started, observed, paused, stopped, renamed, removed", () =>
    using((engine) =>
      Effect.gen(function* () {
        const see = Effect.map(engine.observe(query(project)), ({ containers }) => containers);
        const { id } = yield* engine.createContainer(
          name,
          specOf(project, { ports: [{ target: 80, host_ip: "127.0.0.1" }] }, { networkMode: "bridge" }),
        );
        expect(yield* see).toMatchObject([
          {
            id,
            name,
            state: "created",
            health: "none",
            image: IDLE,
            labels: { "com.docker.compose.project": project },
          },
        ]);
        yield* engine.startContainer(id);
        yield* engine.startContainer(id);
        const [running] = yield* see;
        expect(running).toMatchObject({
          state: "running",
          ports: [{ ip: "127.0.0.1", private: 80, public: expect.any(Number), protocol: "tcp" }],
        });
        expect(running).not.toHaveProperty("exitCode");
        yield* engine.pauseContainer(id);
        expect((yield* see)[0]?.state).toBe("paused");
        yield* engine.unpauseContainer(id);
        yield* engine.restartContainer(id, 5);
        expect((yield* see)[0]?.state).toBe("running");
        yield* engine.stopContainer(id, 5);
        yield* engine.stopContainer(id);
        expect((yield* see)[0]).toMatchObject({ state: "exited", exitCode: 0 });
        yield* engine.renameContainer(id, `${name}-old`);
        expect((yield* see)[0]?.name).toBe(`${name}-old`);
        yield* engine.removeContainer(id, { force: false, volumes: true });
        yield* engine.removeContainer(id, { force: true, volumes: true });
        expect(yield* see).toEqual([]);
      }),
    ));

  test("exit codes by kill and by wait; the details tell more", () =>
    using((engine) =>
      Effect.gen(function* () {
        const id = yield* launch(engine, `${project}-kill`, specOf(project, {}));
        yield* engine.killContainer(id, "SIGKILL");
        expect(yield* engine.waitContainer(id)).toBe(137);
        expect(yield* engine.inspectContainer(id)).toMatchObject({
          id,
          name: `${project}-kill`,
          state: "exited",
          exitCode: 137,
          health: "none",
          tty: false,
          restartCount: 0,
        });
        const other = yield* launch(engine, `${project}-exit`, specOf(project, sh("exit 7")));
        expect(yield* engine.waitContainer(other)).toBe(7);
      }),
    ));

  test("lists by labels, with and without those that do not run", () =>
    using((engine) =>
      Effect.gen(function* () {
        const { id } = yield* engine.createContainer(
          `${project}-listed`,
          specOf(project, {}, { labels: labelsOf(project, { listed: "yes" }) }),
        );
        const list = (all: boolean, ...labels: ReadonlyArray<string>) =>
          Effect.map(engine.listContainers({ labels, all }), (found) => found.map((container) => container.id));
        expect(yield* list(true, `com.docker.compose.project=${project}`, "listed")).toEqual([id]);
        expect(yield* list(true, "listed=no")).toEqual([]);
        expect(yield* list(false, "listed=yes")).toEqual([]);
      }),
    ));

  test("removal takes the anonymous volumes along, or leaves them", () =>
    using((engine) =>
      Effect.gen(function* () {
        const volumesOf = Effect.map(
          engine.observe(query(project, { volumes: true })),
          (observed) => new Set(observed.volumes.map((volume) => volume.name)),
        );
        const { id } = yield* engine.createContainer(`${project}-db`, specOf(project, { image: DATABASE }));
        const mount = (yield* engine.observe(query(project))).containers.find((container) => container.id === id)
          ?.mounts[0];
        expect(mount).toMatchObject({ type: "volume", destination: "/var/lib/postgresql/data", readOnly: false });
        const volume = mount?.name ?? "";
        yield* engine.removeContainer(id, { force: true, volumes: false });
        expect((yield* volumesOf).has(volume)).toBe(true);
        const inherited = {
          _tag: "Volume",
          name: volume,
          target: "/var/lib/postgresql/data",
          readOnly: false,
          inherited: true,
        } as const;
        const next = yield* engine.createContainer(
          `${project}-db`,
          specOf(project, { image: DATABASE }, { mounts: [inherited] }),
        );
        expect(
          (yield* engine.observe(query(project))).containers.find((container) => container.id === next.id)?.mounts,
        ).toMatchObject([{ name: volume }]);
        yield* engine.removeContainer(next.id, { force: true, volumes: false });
        yield* engine.removeVolume(volume);
        expect((yield* volumesOf).has(volume)).toBe(false);
      }),
    ));

  test("refusals have reasons", async () => {
    expect(
      await refusal((engine) =>
        Effect.andThen(
          engine.createContainer(`${project}-twice`, specOf(project, {})),
          engine.createContainer(`${project}-twice`, specOf(project, {})),
        ),
      ),
    ).toMatchObject({
      _tag: "NameTaken",
      name: `${project}-twice`,
      by: expect.stringMatching(/^[0-9a-f]{12,64}$/),
    });
    expect(
      await refusal((engine) =>
        engine.createContainer(`${project}-none`, specOf(project, { image: "no-such-image:1" })),
      ),
    ).toMatchObject({ _tag: "NotFound" });
    expect(await refusal((engine) => engine.startContainer("no-such-container"))).toMatchObject({ _tag: "NotFound" });
    expect(
      await refusal((engine) => launch(engine, `${project}-cmd`, specOf(project, { command: ["/no/such/program"] }))),
    ).toMatchObject({ _tag: expect.stringMatching(/Rejected|NotFound/) });
    expect(
      await refusal((engine) => engine.createContainer(`${project}-bad`, specOf(project, { mem_limit: 1 }))),
    ).toMatchObject({ _tag: "Rejected", status: 400 });
    expect(await refusal((engine) => engine.removeVolume("no-such-volume"))).toMatchObject({ _tag: "NotFound" });
    expect(await refusal((engine) => engine.removeNetwork("no-such-network"))).toMatchObject({ _tag: "NotFound" });
  });

  test("a taken port", async () => {
    const port = String(20_000 + Math.floor(Math.random() * 10_000));
    const ports = [{ target: 80, published: port, host_ip: "127.0.0.1" }];
    const reason = await refusal((engine) =>
      Effect.andThen(
        launch(engine, `${project}-port1`, specOf(project, { ports }, { networkMode: "bridge" })),
        launch(engine, `${project}-port2`, specOf(project, { ports }, { networkMode: "bridge" })),
      ),
    );
    expect(reason).toMatchObject({ _tag: "PortTaken", port: `127.0.0.1:${port}` });
  });

  test("what this engine is too old for is said, not ignored", async () => {
    const { apiVersion } = await using((engine) => engine.observe(query(project)));
    if (Number(apiVersion.split(".")[1]) >= 48) return;
    const mounts = [{ _tag: "Image", source: IDLE, target: "/image" }] as const;
    expect(
      await refusal((engine) => engine.createContainer(`${project}-old`, specOf(project, {}, { mounts }))),
    ).toMatchObject({ _tag: "Unsupported", needs: expect.stringContaining("1.48") });
  });
});

onEngine("networks and volumes", (project) => {
  const network = (name: string, more: object = {}) =>
    ({
      _tag: "CreateNetwork",
      name: `${project}_${name}`,
      network: { name: `${project}_${name}`, ...more },
      labels: labelsOf(project),
    }) as const;

  test("several networks at once, with aliases and addresses; on engines before API 1.44 too", () =>
    using((engine) =>
      Effect.gen(function* () {
        const octet = 1 + Math.floor(Math.random() * 250);
        yield* engine.createNetwork(network("front", { ipam: { config: [{ subnet: `10.213.${octet}.0/24` }] } }));
        yield* engine.createNetwork(network("back"));
        const endpoints = [
          endpoint(`${project}_front`, { settings: { ipv4_address: `10.213.${octet}.77` }, aliases: ["alpha"] }),
          endpoint(`${project}_back`, { aliases: ["beta"] }),
        ];
        const id = yield* launch(engine, `${project}-multi`, specOf(project, {}, { endpoints }));
        const { Networks } = (yield* Effect.promise(() => inspect(id))).NetworkSettings;
        expect(Object.keys(Networks).sort()).toEqual([`${project}_back`, `${project}_front`]);
        expect(Networks[`${project}_front`]).toMatchObject({
          IPAddress: `10.213.${octet}.77`,
          Aliases: expect.arrayContaining(["alpha"]),
        });
        expect(Networks[`${project}_back`]?.Aliases).toContain("beta");
        const observed = yield* engine.observe(query(project));
        expect(observed.containers[0]?.endpoints.map((one) => one.network)).toEqual([
          `${project}_back`,
          `${project}_front`,
        ]);
        expect(observed.networks.find((one) => one.name === `${project}_front`)).toMatchObject({
          driver: "bridge",
          scope: "local",
          subnets: [`10.213.${octet}.0/24`],
        });
      }),
    ));

  test("a container whose second network fails does not stay", async () => {
    const endpoints = [endpoint(`${project}_front`), endpoint(`${project}_missing`)];
    expect(
      await refusal((engine) =>
        engine
          .createContainer(`${project}-half`, specOf(project, {}, { endpoints }))
          .pipe(Effect.flatMap(({ id }) => engine.startContainer(id))),
      ),
    ).toMatchObject({ _tag: "NotFound" });
    const { containers } = await using((engine) => engine.observe(query(project)));
    // Newer engines notice at the start; what they created is the executor's to remove.
    expect(
      containers.filter((container) => container.name === `${project}-half` && container.state !== "created"),
    ).toEqual([]);
  });

  test("disconnected and connected again, with its aliases; both twice", () =>
    using((engine) =>
      Effect.gen(function* () {
        const id = yield* launch(
          engine,
          `${project}-move`,
          specOf(project, {}, { endpoints: [endpoint(`${project}_back`)] }),
        );
        yield* engine.disconnectNetwork(`${project}_back`, id);
        yield* engine.disconnectNetwork(`${project}_back`, id);
        expect(Object.keys((yield* Effect.promise(() => inspect(id))).NetworkSettings.Networks)).toEqual([]);
        yield* engine.connectNetwork(endpoint(`${project}_back`, { aliases: ["again"] }), id);
        expect(
          (yield* Effect.promise(() => inspect(id))).NetworkSettings.Networks[`${project}_back`]?.Aliases,
        ).toContain("again");
      }),
    ));

  test("a network name is taken once; a network in use stays", async () => {
    expect(await refusal((engine) => engine.createNetwork(network("back")))).toMatchObject({ _tag: "Conflict" });
    expect(await refusal((engine) => engine.removeNetwork(`${project}_back`))).toMatchObject({ _tag: "Conflict" });
  });

  test("volumes with labels; one in use stays", async () => {
    const create = {
      _tag: "CreateVolume",
      name: `${project}_data`,
      volume: { driver: "local" },
      labels: labelsOf(project, { "com.docker.compose.volume": "data" }),
    } as const;
    const mounts = [
      { _tag: "Volume", name: `${project}_data`, target: "/data", readOnly: true, inherited: false },
    ] as const;
    const { volumes, containers, made, again, listed } = await using((engine) =>
      Effect.gen(function* () {
        const made = yield* engine.createVolume(create);
        const again = yield* engine.createVolume({ ...create, labels: labelsOf(project, { "com.docker.compose.volume": "other" }) });
        const listed = yield* engine.listVolumes(`com.docker.compose.project=${project}`);
        yield* engine.createContainer(`${project}-vol`, specOf(project, {}, { mounts }));
        return { made, again, listed, ...(yield* engine.observe(query(project, { volumes: true }))) };
      }),
    );
    // The second call tells whose volume it is.
    for (const { labels } of [made, again]) expect(labels["com.docker.compose.volume"]).toBe("data");
    expect(listed.map(({ name }) => name)).toContain(`${project}_data`);
    expect(volumes.find((volume) => volume.name === `${project}_data`)).toMatchObject({
      driver: "local",
      labels: { "com.docker.compose.volume": "data" },
    });
    expect(containers.find((container) => container.name === `${project}-vol`)?.mounts).toMatchObject([
      { type: "volume", name: `${project}_data`, destination: "/data", readOnly: true },
    ]);
    expect(await refusal((engine) => engine.removeVolume(`${project}_data`))).toMatchObject({ _tag: "Conflict" });
  });

  test("foreign containers only when asked for", async () => {
    const ours = await using((engine) => engine.observe(query(project)));
    expect(ours.foreign).toEqual([]);
    const theirs = await using((engine) => engine.observe(query("nobody", { foreign: true })));
    expect(theirs.containers).toEqual([]);
    expect(theirs.foreign.map((container) => container.name)).toContain(`${project}-vol`);
  });
});

onEngine("images", (project) => {
  test("by reference, by id, in every spelling; details only where asked", async () => {
    const observed = await using((engine) =>
      engine.observe(
        query(project, {
          images: ["docker.io/composure/test-idle", "busybox", "busybox:1.36", "no-such-image"],
          imageDetails: [DATABASE, "composure/test-unhealthy"],
        }),
      ),
    );
    expect(observed.images.map((image) => image.reference)).toEqual([
      "busybox",
      "busybox:1.36",
      "composure/test-db:1",
      "composure/test-unhealthy",
      "docker.io/composure/test-idle",
    ]);
    const [busybox, same, database, unhealthy] = observed.images;
    expect(busybox?.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(same?.id).toBe(busybox?.id);
    expect(busybox).not.toHaveProperty("details");
    expect(database).toMatchObject({
      labels: { version: "1" },
      platform: expect.stringMatching(/^linux\//),
      details: { volumes: ["/var/lib/postgresql/data"], exposed: ["5432/tcp"], hasHealthcheck: false },
    });
    expect(unhealthy?.details?.hasHealthcheck).toBe(true);
    const byId = await using((engine) =>
      engine.observe(query(project, { images: [busybox?.id ?? "", (busybox?.id ?? "").slice(7, 19)] })),
    );
    expect(byId.images.map((image) => image.id)).toEqual([busybox?.id, busybox?.id]);
    expect(observed.readAt).toBeGreaterThan(Date.now() / 1000 - 60);
  });

  test("a container tells which image its reference stands for, until the reference stands for another", async () => {
    const image = `composure/${project}:1`;
    const tag = (of: string) => raw("POST", `/images/${of}/tag?repo=composure/${project}&tag=1`);
    const engine = await record(socketPath);
    const look = async () => {
      engine.requests.length = 0;
      const { images } = await using((api) => api.observe(query(project, { images: [image] })), { host: engine.host });
      return { id: images[0]?.id, asked: engine.requests.filter(({ url }) => url.includes("/images/")).length };
    };
    try {
      await tag("composure/test-idle");
      const before = await look();
      expect(before).toMatchObject({ id: expect.stringMatching(/^sha256:/), asked: 1 });
      await using((api) => api.createContainer(`${project}-vouches`, specOf(project, { image }, { image })));
      expect(await look()).toEqual({ id: before.id, asked: 0 });
      await tag(DATABASE);
      const after = await look();
      expect(after.asked).toBe(1);
      expect(after.id).not.toBe(before.id);
    } finally {
      await engine.close();
      await raw("DELETE", `/images/${image}`);
    }
  });
});
