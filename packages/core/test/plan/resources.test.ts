// Networks, volumes and orphans.
import { describe, expect, it } from "vitest";
import { apply, empty } from "./applyModel.ts";
import { after, change, lines, names, plan, problems, text, up } from "./planning.ts";
import { desired, type ProjectText } from "./projects.ts";

describe("networks", () => {
  const net = (label: string, environment = {}): ProjectText => ({
    services: {
      api: { networks: { front: { aliases: ["backend"] }, default: null } },
      web: { networks: { front: { ipv4_address: "10.1.0.9" } }, environment },
    },
    networks: { front: { labels: { v: label } } },
  });

  it("are made anew under running containers, which come back with all their names and addresses", () => {
    const observed = after(net("1"));
    const made = plan(desired(net("2")), observed);
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:api:1 DisconnectNetwork p-api-1 from p_front, the network front changed
      [] -> #2 service:web:1 DisconnectNetwork p-web-1 from p_front, the network front changed
      [1,2] -> #3 network:front RemoveNetwork p_front, the network front changed [recreate:network:front]
      [3] -> #4 network:front CreateNetwork p_front, the network front changed [recreate:network:front]
      [1,4] -> #5 service:api:1 ConnectNetwork p-api-1 to p_front, the network front changed
      [2,4] -> #6 service:web:1 ConnectNetwork p-web-1 to p_front, the network front changed
      [3] -> #7 network:front CreateNetwork p_front, the way back if #4 fails [recreate:network:front] if failed #4
      [1 after 7] -> #8 service:api:1 ConnectNetwork p-api-1 to p_front, the way back if #4 fails if (failed #3 | failed #4)
      [2 after 7] -> #9 service:web:1 ConnectNetwork p-web-1 to p_front, the way back if #4 fails if (failed #3 | failed #4)"
    `);
    const connects = made.steps.flatMap(({ operation, guard }) =>
      operation._tag === "ConnectNetwork" && guard === undefined ? [operation.endpoint] : [],
    );
    expect(connects.map(({ aliases, settings }) => [aliases, settings?.ipv4_address])).toEqual([
      [["p-api-1", "api", "backend"], undefined],
      [["p-web-1", "web"], "10.1.0.9"],
    ]);
    const applied = apply(made, observed);
    expect(applied.refusals).toEqual([]);
    expect(names(applied.observed)).toEqual(names(observed));
    expect(plan(desired(net("2")), applied.observed).steps).toEqual([]);
  });

  it("that two runs at once made twice become one before anything starts on them", () => {
    const observed = change(after(net("1")), "p-web-1", { state: "created" });
    const doubled = {
      ...observed,
      networks: observed.networks.flatMap((network) =>
        network.name === "p_front" ? [{ ...network, id: "0-unused-twin" }, network] : [network],
      ),
    };
    const made = plan(desired(net("1")), doubled);
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 network:front RemoveNetwork p_front, an interrupted run of p_front left it behind
      [1] -> #2 service:web:1 StartContainer p-web-1, it is created"
    `);
    expect(made.notices).toEqual([]);
  });

  it("come back for the old container that serves until it is replaced", () => {
    const observed = after(net("1"));
    const made = plan(desired(net("2", { A: "1" })), observed);
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:api:1 DisconnectNetwork p-api-1 from p_front, the network front changed
      [] -> #2 service:web:1 DisconnectNetwork p-web-1 from p_front, the network front changed
      [1,2] -> #3 network:front RemoveNetwork p_front, the network front changed [recreate:network:front]
      [3] -> #4 network:front CreateNetwork p_front, the network front changed [recreate:network:front]
      [1,4] -> #5 service:api:1 ConnectNetwork p-api-1 to p_front, the network front changed
      [2,4] -> #6 service:web:1 ConnectNetwork p-web-1 to p_front, the network front changed
      [3] -> #7 network:front CreateNetwork p_front, the way back if #4 fails [recreate:network:front] if failed #4
      [1 after 7] -> #8 service:api:1 ConnectNetwork p-api-1 to p_front, the way back if #4 fails if (failed #3 | failed #4)
      [2 after 7] -> #9 service:web:1 ConnectNetwork p-web-1 to p_front, the way back if #4 fails if (failed #3 | failed #4)
      [4] -> #10 service:web:1 CreateContainer <id>_p-web-1, environment.A added: 1 [recreate:web:1]
      [2,6,10] -> #11 service:web:1 StopContainer p-web-1, replaced by #10 [recreate:web:1]
      [10,11] -> #12 service:web:1 StartContainer #10, replaces p-web-1 [recreate:web:1]
      [12] -> #13 service:web:1 RemoveContainer p-web-1, replaced by #10 [recreate:web:1]
      [13] -> #14 service:web:1 RenameContainer #10 to p-web-1, replaces p-web-1 [recreate:web:1]
      [10] -> #15 service:web:1 RemoveContainer #10, the way back if #12 fails [recreate:web:1] if (failed #11 | failed #12)
      [11 after 15] -> #16 service:web:1 StartContainer p-web-1, the way back if #12 fails [recreate:web:1] if (failed #11 | failed #12)"
    `);
    expect(apply(made, observed).refusals).toEqual([]);
  });

  it("are restored when the new one cannot be made", () => {
    const observed = after(net("1"));
    const made = plan(desired(net("2")), observed);
    const create = made.steps.find(({ operation }) => operation._tag === "CreateNetwork")?.id ?? 0;
    const applied = apply(made, observed, { failing: [create] });
    const front = applied.observed.networks.find(({ name }) => name === "p_front");
    for (const container of applied.observed.containers)
      expect(container.endpoints.map(({ networkId }) => networkId)).toContain(front?.id);
    expect(plan(desired(net("2")), applied.observed).steps.length).toBeGreaterThan(0);
  });

  it("move containers to a new name", () => {
    const named = (name: string): ProjectText => ({
      services: { web: { networks: { front: null } } },
      networks: { front: { name } },
    });
    const observed = after(named("old"));
    const made = plan(desired(named("new")), observed);
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 network:front CreateNetwork new, the network front changed [recreate:network:front]
      [1] -> #2 service:web:1 ConnectNetwork p-web-1 to new, the network front changed
      [2] -> #3 service:web:1 DisconnectNetwork p-web-1 from old, the network front changed
      [3] -> #4 network:front RemoveNetwork old, the network front changed [recreate:network:front]"
    `);
    const applied = apply(made, observed);
    expect(applied.observed.networks.map(({ name }) => name)).toEqual(["new"]);
    expect(plan(desired(named("new")), applied.observed).steps).toEqual([]);
  });

  it("keep a network that others use", () => {
    const observed = after(net("1"));
    const front = observed.networks.find(({ name }) => name === "p_front");
    const guest = {
      ...observed.containers[0],
      id: "f".repeat(64),
      name: "guest",
      labels: {},
      endpoints: [{ network: "p_front", networkId: front?.id ?? "", aliases: [] }],
    } as never;
    const made = plan(desired(net("2")), { ...observed, foreign: [guest] });
    expect(made.steps).toEqual([]);
    expect(made.notices).toEqual([
      {
        _tag: "Warning",
        message: 'network "p_front" differs from the file but is kept: guest of other projects use it',
      },
    ]);
  });

  it("of others are used as they are", () => {
    const mine = { id: "n1", name: "p_default", driver: "bridge", scope: "local", subnets: [], labels: {} };
    const made = plan(desired({ services: { web: {} } }), { ...empty, networks: [mine] });
    expect(made.notices).toEqual([{ _tag: "UnlabelledNetwork", network: "p_default" }]);
    expect(lines(made).join()).not.toContain("CreateNetwork");
  });

  it("of one key: the exact name wins", () => {
    const labels = { "com.docker.compose.project": "p", "com.docker.compose.network": "default" };
    const network = (name: string) => ({ id: name, name, driver: "bridge", scope: "local", subnets: [], labels });
    const made = plan(desired({ services: { web: {} } }), {
      ...empty,
      networks: [network("a_default"), network("p_default")],
    });
    expect(made.notices).toEqual([
      { _tag: "Warning", message: 'several networks stand for "default": p_default is used, a_default left alone' },
    ]);
    expect(lines(made).join()).not.toContain("Network ");
  });

  it("that are external must be there", () => {
    const outside: ProjectText = {
      services: { web: { networks: { out: null } } },
      networks: { out: { external: true } },
    };
    expect(problems(desired(outside), empty).map(({ code }) => code)).toEqual(["network-missing"]);
    const there = { id: "n1", name: "out", driver: "bridge", scope: "local", subnets: [], labels: {} };
    expect(plan(desired(outside), { ...empty, networks: [there] }).notices).toEqual([]);
    expect(
      problems(desired(outside), { ...empty, networks: [there, { ...there, id: "n2" }] }).map(({ code }) => code),
    ).toEqual(["network-ambiguous"]);
  });

  it("whose addresses are taken are refused before anything is touched", () => {
    const subnet = (text: string): ProjectText => ({
      services: { web: { networks: { a: null } } },
      networks: { a: { ipam: { config: [{ subnet: text }] } } },
    });
    const other = { id: "n1", name: "other", driver: "bridge", scope: "local", subnets: ["10.5.0.0/16"], labels: {} };
    expect(
      problems(desired(subnet("10.5.3.0/24")), { ...empty, networks: [other] }).map(({ message }) => message),
    ).toEqual(['the subnet 10.5.3.0/24 of network "a" overlaps with the network "other"']);
    expect(problems(desired(subnet("10.6.0.0/16")), { ...empty, networks: [other] })).toEqual([]);
  });
});

describe("volumes", () => {
  const data = (driver_opts: Record<string, string> = {}, extra: ProjectText["services"] = {}): ProjectText => ({
    services: { db: { volumes: [{ type: "volume", source: "data", target: "/data" }], scale: 2 }, ...extra },
    volumes: { data: { driver_opts } },
  });
  const allowed = { allowDestroy: ["volume:data"] };

  it("that differ are kept with their data until someone says otherwise by name", () => {
    const made = plan(desired(data({ o: "x" })), after(data()));
    expect(made.steps).toEqual([]);
    expect(made.notices).toEqual([{ _tag: "VolumeKept", volume: "p_data" }]);
    expect(made.confirmations).toEqual([
      {
        address: "volume:data",
        question: 'Volume "p_data" differs from the file. Remove it with all its data and create it anew?',
        destroys: true,
        flag: "--allow-destroy volume:data",
      },
    ]);
  });

  it("are made anew with a permission, containers first", () => {
    const observed = after(data());
    const made = plan(desired(data({ o: "x" })), observed, up, allowed);
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:db:1 StopContainer p-db-1, the volume data changed
      [1] -> #2 service:db:1 RemoveContainer p-db-1, the volume data changed
      [] -> #3 service:db:2 StopContainer p-db-2, the volume data changed
      [3] -> #4 service:db:2 RemoveContainer p-db-2, the volume data changed
      [2,4] -> #5 volume:data RemoveVolume p_data, the volume data changed [recreate:volume:data]
      [5] -> #6 volume:data CreateVolume p_data, the volume data changed [recreate:volume:data]
      [2,6] -> #7 service:db:1 CreateContainer p-db-1, the volume data changed
      [4,6] -> #8 service:db:2 CreateContainer p-db-2, the volume data changed
      [7] -> #9 service:db:1 StartContainer #7, the volume data changed
      [8] -> #10 service:db:2 StartContainer #8, the volume data changed"
    `);
    expect(made.confirmations).toEqual([]);
    const applied = apply(made, observed);
    expect(applied.refusals).toEqual([]);
    expect(plan(desired(data({ o: "x" })), applied.observed).steps).toEqual([]);
  });

  it("carry along who uses the volumes of a container", () => {
    const users = { backup: { volumes_from: ["db"] } };
    const observed = after(data({}, users));
    const made = plan(desired(data({ o: "x" }, users)), observed, up, allowed);
    const applied = apply(made, observed);
    expect(applied.refusals).toEqual([]);
    expect(plan(desired(data({ o: "x" }, users)), applied.observed).steps).toEqual([]);
  });

  it("are not destroyed under others", () => {
    const observed = after(data());
    const guest = { ...observed.containers[0], id: "f".repeat(64), name: "guest", labels: {} } as never;
    expect(
      problems(desired(data({ o: "x" })), { ...observed, foreign: [guest] }, up, allowed).map(({ message }) => message),
    ).toEqual(['volume "p_data" cannot be made anew: guest uses it']);
  });

  it("under a new name start empty, and the containers move", () => {
    const named = (name: string): ProjectText => ({
      services: { db: { volumes: [{ type: "volume", source: "data", target: "/data" }] } },
      volumes: { data: { name } },
    });
    const made = plan(desired(named("new")), after(named("old")));
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 volume:data CreateVolume new, it does not exist
      [1] -> #2 service:db:1 CreateContainer <id>_p-db-1, the volume new changed [recreate:db:1]
      [2] -> #3 service:db:1 StopContainer p-db-1, replaced by #2 [recreate:db:1]
      [2,3] -> #4 service:db:1 StartContainer #2, replaces p-db-1 [recreate:db:1]
      [4] -> #5 service:db:1 RemoveContainer p-db-1, replaced by #2 [recreate:db:1]
      [5] -> #6 service:db:1 RenameContainer #2 to p-db-1, replaces p-db-1 [recreate:db:1]
      [2] -> #7 service:db:1 RemoveContainer #2, the way back if #4 fails [recreate:db:1] if (failed #3 | failed #4)
      [3 after 7] -> #8 service:db:1 StartContainer p-db-1, the way back if #4 fails [recreate:db:1] if (failed #3 | failed #4)"
    `);
    expect(made.notices).toContainEqual({
      _tag: "Warning",
      message: 'volume "new" starts empty; the data stays in "old"',
    });
  });

  it("of others are used as they are, and external ones must be there", () => {
    const there = (labels: Record<string, string>) => ({
      ...empty,
      volumes: [{ name: "p_data", driver: "local", labels }],
    });
    expect(plan(desired(data()), there({})).notices).toEqual([
      { _tag: "UnlabelledVolume", volume: "p_data", project: null },
    ]);
    expect(plan(desired(data()), there({ "com.docker.compose.project": "q" })).notices).toEqual([
      { _tag: "UnlabelledVolume", volume: "p_data", project: "q" },
    ]);
    const outside: ProjectText = { ...data(), volumes: { data: { external: true } } };
    expect(problems(desired(outside), empty).map(({ code }) => code)).toEqual(["volume-missing"]);
  });
});

describe("orphans", () => {
  const before: ProjectText = { services: { web: {}, old: {} } };
  const now: ProjectText = { services: { web: {} } };

  it("are told of, or removed with the flag", () => {
    const observed = after(before);
    expect(plan(desired(now), observed)).toMatchObject({
      steps: [],
      notices: [{ _tag: "OrphansFound", containers: ["p-old-1"] }],
    });
    expect(plan(desired(now), observed, up, { ignoreOrphans: true }).notices).toEqual([]);
    expect(text(plan(desired(now), observed, up, { removeOrphans: true }))).toMatchInlineSnapshot(`
      "[] -> #1 container:p-old-1 StopContainer p-old-1, the file has no service old any more
      [1] -> #2 container:p-old-1 RemoveContainer p-old-1, the file has no service old any more"
    `);
  });

  it("are not those of services that only do not take part", () => {
    const wanted = { ...desired(now), otherServices: ["old"] };
    expect(plan(wanted, after(before)).notices).toEqual([]);
  });

  it("take ended run containers with them, silently", () => {
    const run = change(after(before), "p-old-1", {
      name: "p-old-run-1",
      state: "exited",
      labels: {
        "com.docker.compose.project": "p",
        "com.docker.compose.service": "old",
        "com.docker.compose.oneoff": "True",
        "com.docker.compose.config-hash": "x",
      },
    });
    expect(plan(desired(now), run).notices).toEqual([]);
    expect(lines(plan(desired(now), run, up, { removeOrphans: true }))).toMatchInlineSnapshot(`
      [
        "[] -> #1 container:p-old-run-1 RemoveContainer p-old-run-1, it was started by run for old and has ended",
      ]
    `);
    expect(
      plan(desired(now), change(run, "p-old-run-1", { state: "running" }), up, { removeOrphans: true }).steps,
    ).toEqual([]);
  });

  it("that only carry the project's label are left alone", () => {
    const stranger = change(after(before), "p-old-1", { labels: { "com.docker.compose.project": "p" } });
    expect(plan(desired(now), stranger, up, { removeOrphans: true })).toMatchObject({ steps: [], notices: [] });
  });
});
