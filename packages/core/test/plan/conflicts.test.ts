// What others hold, and what interrupted runs left: names, ports, half-made containers.
import { describe, expect, it } from "vitest";
import type { Observed, ObservedContainer } from "../../src/observed/Observed.ts";
import { apply, empty } from "./applyModel.ts";
import { after, change, lines, names, plan, problems, text, up } from "./planning.ts";
import { desired, type ProjectText, type ServiceText } from "./projects.ts";

const foreigner = (how: Partial<ObservedContainer>): ObservedContainer => ({
  id: "f".repeat(64),
  name: "other-web-1",
  state: "running",
  health: "none",
  createdAt: 1,
  status: "",
  command: "",
  image: "x",
  imageId: "x",
  labels: {},
  networkMode: "bridge",
  endpoints: [],
  mounts: [],
  ports: [],
  ...how,
});
const beside = (...foreign: ReadonlyArray<ObservedContainer>): Observed => ({ ...empty, foreign });
const port = (published: string, host_ip?: string): ServiceText => ({
  ports: [{ target: 80, published, protocol: "tcp", ...(host_ip === undefined ? {} : { host_ip }) }],
});
const messages = (text_: ProjectText, observed: Observed, policy = {}): ReadonlyArray<string> =>
  problems(desired(text_), observed, up, policy).map(({ message }) => message);

describe("host ports that others hold", () => {
  const held = (ip: string, state: ObservedContainer["state"] = "running"): Observed =>
    beside(
      foreigner({
        state,
        labels: { "com.docker.compose.project": "other" },
        ports: [{ ip, private: 80, public: 8080, protocol: "tcp" }],
      }),
    );

  it.each<readonly [string, ServiceText, string, boolean]>([
    ["the same port", port("8080"), "0.0.0.0", true],
    ["the same port of IPv6 only", port("8080"), "::", true],
    ["one address against all", port("8080", "127.0.0.1"), "0.0.0.0", true],
    ["all against one address", port("8080"), "127.0.0.1", true],
    ["two addresses", port("8080", "127.0.0.1"), "127.0.0.2", false],
    ["IPv4 against IPv6", port("8080", "127.0.0.1"), "::", false],
    ["another port", port("8081"), "0.0.0.0", false],
    ["a range", port("8080-8081"), "0.0.0.0", false],
    ["UDP against TCP", { ports: [{ target: 80, published: "8080", protocol: "udp" }] }, "0.0.0.0", false],
  ])("%s", (_, service, ip, clashes) => {
    expect(messages({ services: { web: service } }, held(ip)).length > 0).toBe(clashes);
  });

  it("are named with their holder before anything is touched", () => {
    expect(problems(desired({ services: { web: port("8080") } }), held("0.0.0.0"))).toEqual([
      {
        severity: "error",
        code: "port-taken",
        message: 'the host port 8080/tcp of service "web" is taken by container other-web-1 of the project "other"',
        path: "services.web.ports",
        hint: "stop it (docker stop other-web-1), or publish another port",
      },
    ]);
    expect(messages({ services: { web: port("8080") } }, held("0.0.0.0", "exited"))).toEqual([]);
  });

  it("do not matter to a container that runs already, or that is not started", () => {
    const mine = after({ services: { web: port("8080") } });
    expect(plan(desired({ services: { web: port("8080") } }), { ...mine, foreign: held("::").foreign }).steps).toEqual(
      [],
    );
    expect(
      problems(desired({ services: { web: port("8080") } }), held("0.0.0.0"), { _tag: "Create", services: [] }),
    ).toEqual([]);
  });

  it("by an orphan are freed with --remove-orphans", () => {
    const now: ProjectText = { services: { app: port("8080") } };
    const observed = after({ services: { web: port("8080") } });
    expect(problems(desired(now), observed)[0]?.hint).toBe(
      "its service is not in the file any more: --remove-orphans removes it",
    );
    const made = plan(desired(now), observed, up, { removeOrphans: true });
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:app:1 CreateContainer p-app-1, it does not exist
      [1] -> #2 container:p-web-1 StopContainer p-web-1, the file has no service web any more
      [1,2] -> #3 service:app:1 StartContainer #1, it does not exist
      [2] -> #4 container:p-web-1 RemoveContainer p-web-1, the file has no service web any more"
    `);
    expect(apply(made, observed).refusals).toEqual([]);
  });

  it("by a service that keeps them are a mistake in the file", () => {
    const observed = after({ services: { a: port("8080") } });
    expect(messages({ services: { a: port("8080"), b: port("8080") } }, observed)).toHaveLength(1);
  });
});

describe("host ports that change hands", () => {
  it("from a later service to an earlier one", () => {
    const before: ProjectText = { services: { a: {}, b: port("80") } };
    const now: ProjectText = { services: { a: port("80"), b: {} } };
    const made = plan(desired(now), after(before));
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:a:1 CreateContainer <id>_p-a-1, ports added: [{"target":80,"published":"80","protocol":"tcp"}] [recreate:a:1]
      [] -> #2 service:b:1 CreateContainer <id>_p-b-1, ports removed (was [{"target":80,"published":"80","protocol":"tcp"}]) [recreate:b:1]
      [1,2] -> #3 service:b:1 StopContainer p-b-1, replaced by #2 [recreate:b:1]
      [1] -> #4 service:a:1 StopContainer p-a-1, replaced by #1 [recreate:a:1]
      [1,3,4] -> #5 service:a:1 StartContainer #1, replaces p-a-1 [recreate:a:1]
      [5] -> #6 service:a:1 RemoveContainer p-a-1, replaced by #1 [recreate:a:1]
      [6] -> #7 service:a:1 RenameContainer #1 to p-a-1, replaces p-a-1 [recreate:a:1]
      [1] -> #8 service:a:1 RemoveContainer #1, the way back if #5 fails [recreate:a:1] if (failed #4 | failed #5)
      [4 after 8] -> #9 service:a:1 StartContainer p-a-1, the way back if #5 fails [recreate:a:1] if (failed #4 | failed #5)
      [2,3] -> #10 service:b:1 StartContainer #2, replaces p-b-1 [recreate:b:1]
      [10] -> #11 service:b:1 RemoveContainer p-b-1, replaced by #2 [recreate:b:1]
      [11] -> #12 service:b:1 RenameContainer #2 to p-b-1, replaces p-b-1 [recreate:b:1]
      [2] -> #13 service:b:1 RemoveContainer #2, the way back if #10 fails [recreate:b:1] if (failed #3 | failed #10)
      [3 after 13] -> #14 service:b:1 StartContainer p-b-1, the way back if #10 fails [recreate:b:1] if (failed #3 | failed #10)"
    `);
    expect(apply(made, after(before)).refusals).toEqual([]);
  });

  it("crosswise, along a dependency", () => {
    const ports = (a: string, b: string): ProjectText => ({
      services: { a: port(a), b: { ...port(b), depends_on: ["a"] } },
    });
    const observed = after(ports("80", "81"));
    const made = plan(desired(ports("81", "80")), observed);
    const applied = apply(made, observed);
    expect(applied.refusals).toEqual([]);
    expect(plan(desired(ports("81", "80")), applied.observed).steps).toEqual([]);
  });

  it("from a replica that goes", () => {
    const before: ProjectText = { services: { a: { image: "a:1" }, b: { ...port("80"), scale: 1 } } };
    const now: ProjectText = { services: { a: { image: "a:1", ...port("80") }, b: { ...port("80"), scale: 0 } } };
    const made = plan(desired(now), after(before));
    expect(apply(made, after(before)).refusals).toEqual([]);
  });
});

describe("names that others have", () => {
  it("are named with their holder", () => {
    expect(messages({ services: { web: {} } }, beside(foreigner({ name: "p-web-1", state: "exited" })))).toEqual([
      'the container name "p-web-1" of service "web" is taken by container ffffffffffff',
    ]);
    expect(
      messages(
        { services: { web: { container_name: "box" } } },
        beside(foreigner({ name: "box", labels: { "com.docker.compose.project": "q" } })),
      ),
    ).toEqual(['the container name "box" of service "web" is taken by a container of the project "q"']);
  });

  it("pass from a service that goes to one that comes", () => {
    const before: ProjectText = { services: { web: { container_name: "box" } } };
    const now: ProjectText = { services: { app: { container_name: "box" } } };
    expect(messages(now, after(before))).toHaveLength(1);
    const made = plan(desired(now), after(before), up, { removeOrphans: true });
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:app:1 CreateContainer <id>_box, it does not exist
      [1] -> #2 service:app:1 StartContainer #1, it does not exist
      [] -> #3 container:box StopContainer box, the file has no service web any more
      [3] -> #4 container:box RemoveContainer box, the file has no service web any more
      [1,2,4] -> #5 service:app:1 RenameContainer #1 to box, it does not exist"
    `);
    const applied = apply(made, after(before));
    expect(applied.refusals).toEqual([]);
    expect(names(applied.observed)).toEqual(["box running"]);
  });

  it("cross over", () => {
    const called = (a: string, b: string): ProjectText => ({
      services: { a: { container_name: a }, b: { container_name: b } },
    });
    const observed = after(called("x1", "y1"));
    const made = plan(desired(called("y1", "x1")), observed);
    const applied = apply(made, observed);
    expect(applied.refusals).toEqual([]);
    expect(names(applied.observed)).toEqual(["x1 running", "y1 running"]);
    expect(plan(desired(called("y1", "x1")), applied.observed).steps).toEqual([]);
  });
});

describe("interrupted runs", () => {
  const before: ProjectText = { services: { web: { volumes: [{ type: "volume", target: "/cache" }] } } };
  const now: ProjectText = {
    services: { web: { volumes: [{ type: "volume", target: "/cache" }], environment: { A: "1" } } },
  };
  const observed = after(before);
  const wanted = desired(now);
  const made = plan(wanted, observed);

  it.each(Array.from({ length: made.steps.length + 1 }, (_, index) => index))(
    "killed after %i steps, the next up converges and keeps the volume",
    (count) => {
      const cutShort = { ...made, steps: made.steps.slice(0, count).filter(({ guard }) => guard === undefined) };
      const left = apply(cutShort, observed).observed;
      const next = plan(wanted, left);
      const applied = apply(next, left);
      expect(applied.refusals).toEqual([]);
      expect(names(applied.observed)).toEqual(["p-web-1 running"]);
      expect(applied.observed.containers[0]?.mounts[0]?.name).toBe(observed.containers[0]?.mounts[0]?.name);
      expect(plan(wanted, applied.observed).steps).toEqual([]);
      // The old file again: as if nothing had happened.
      const back = apply(plan(desired(before), left), left);
      expect(back.refusals).toEqual([]);
      expect(names(back.observed)).toEqual(["p-web-1 running"]);
      expect(plan(desired(before), back.observed).steps).toEqual([]);
    },
  );

  const afterSteps = (count: number): Observed =>
    apply({ ...made, steps: made.steps.slice(0, count) }, observed).observed;

  it("a made successor is started", () => {
    expect(text(plan(wanted, afterSteps(2)))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 StartContainer <id>_p-web-1, the interrupted replacement of p-web-1 is finished [adopt:web:1]
      [1] -> #2 service:web:1 RemoveContainer p-web-1, the interrupted replacement of p-web-1 is finished [adopt:web:1]
      [2] -> #3 service:web:1 RenameContainer <id>_p-web-1 to p-web-1, the interrupted replacement of p-web-1 is finished [adopt:web:1]
      [] -> #4 service:web:1 RemoveContainer <id>_p-web-1, the way back if #1 fails [adopt:web:1] if failed #1
      [after 4] -> #5 service:web:1 StartContainer p-web-1, the way back if #1 fails [adopt:web:1] if failed #1"
    `);
    expect(plan(wanted, afterSteps(2)).notices).toContainEqual({
      _tag: "Resumed",
      service: "web",
      found: expect.stringContaining("had not yet replaced p-web-1"),
    });
  });

  it("a running successor is adopted, and finished", () => {
    expect(text(plan(wanted, afterSteps(3)))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 RemoveContainer p-web-1, the interrupted replacement of p-web-1 is finished [adopt:web:1]
      [1] -> #2 service:web:1 RenameContainer <id>_p-web-1 to p-web-1, the interrupted replacement of p-web-1 is finished [adopt:web:1]"
    `);
  });

  it("a running successor whose predecessor is gone gets its name", () => {
    expect(text(plan(wanted, afterSteps(4)))).toMatchInlineSnapshot(
      `"[] -> #1 service:web:1 RenameContainer <id>_p-web-1 to p-web-1, an interrupted replacement is finished [adopt:web:1]"`,
    );
  });

  it("a stale successor is cleared away", () => {
    const third = desired({
      services: { web: { volumes: [{ type: "volume", target: "/cache" }], environment: { A: "2" } } },
    });
    expect(text(plan(third, afterSteps(1)))).toMatchInlineSnapshot(`
      "[] -> #1 container:<id>_p-web-1 RemoveContainer <id>_p-web-1, an interrupted run of web left it behind
      [1] -> #2 service:web:1 CreateContainer <id>_p-web-1, environment.A added: 2 [recreate:web:1]
      [2] -> #3 service:web:1 StopContainer p-web-1, replaced by #2 [recreate:web:1]
      [2,3] -> #4 service:web:1 StartContainer #2, replaces p-web-1 [recreate:web:1]
      [4] -> #5 service:web:1 RemoveContainer p-web-1, replaced by #2 [recreate:web:1]
      [5] -> #6 service:web:1 RenameContainer #2 to p-web-1, replaces p-web-1 [recreate:web:1]
      [2] -> #7 service:web:1 RemoveContainer #2, the way back if #4 fails [recreate:web:1] if (failed #3 | failed #4)
      [3 after 7] -> #8 service:web:1 StartContainer p-web-1, the way back if #4 fails [recreate:web:1] if (failed #3 | failed #4)"
    `);
  });

  it("a successor that ended badly is made again", () => {
    const left = afterSteps(3);
    const [successor] = left.containers.filter(({ name }) => name !== "p-web-1");
    const failed = change(left, successor?.name ?? "", { state: "exited", exitCode: 1 });
    const again = plan(wanted, failed);
    expect(text(again)).toMatchInlineSnapshot(`
      "[] -> #1 container:<id>_p-web-1 RemoveContainer <id>_p-web-1, an interrupted run of web left it behind
      [1] -> #2 service:web:1 CreateContainer <id>_p-web-1, environment.A added: 1 [recreate:web:1]
      [2] -> #3 service:web:1 StartContainer #2, replaces p-web-1 [recreate:web:1]
      [3] -> #4 service:web:1 RemoveContainer p-web-1, replaced by #2 [recreate:web:1]
      [4] -> #5 service:web:1 RenameContainer #2 to p-web-1, replaces p-web-1 [recreate:web:1]
      [2] -> #6 service:web:1 RemoveContainer #2, the way back if #3 fails [recreate:web:1] if failed #3
      [after 6] -> #7 service:web:1 StartContainer p-web-1, the way back if #3 fails [recreate:web:1] if failed #3"
    `);
    expect(apply(again, failed).refusals).toEqual([]);
  });

  it("a successor without the predecessor's volume is made again", () => {
    const left = afterSteps(1);
    const [successor] = left.containers.filter(({ name }) => name !== "p-web-1");
    const other = change(left, successor?.name ?? "", { mounts: [] });
    const applied = apply(plan(wanted, other), other);
    expect(applied.observed.containers[0]?.mounts[0]?.name).toBe(observed.containers[0]?.mounts[0]?.name);
  });

  it("docker-compose 1.x left the old one stopped, its own id in front of its name", () => {
    const [old] = observed.containers;
    const stranded = change(observed, "p-web-1", { name: `${old?.id.slice(0, 12) ?? ""}_p_web_1`, state: "exited" });
    expect(text(plan(desired(before), stranded))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 StartContainer <id>_p_web_1, it is exited
      [] -> #2 service:web:1 RenameContainer <id>_p_web_1 to p-web-1, an interrupted replacement is finished [adopt:web:1]"
    `);
    const replaced = apply(plan(wanted, stranded), stranded);
    expect(replaced.refusals).toEqual([]);
    expect(names(replaced.observed)).toEqual(["p-web-1 running"]);
  });

  it("of two with one number the one nearer to serving stays", () => {
    const twins = (how: Partial<ObservedContainer>): Observed => {
      const [first] = observed.containers as [ObservedContainer];
      return {
        ...observed,
        containers: [first, { ...first, id: "e".repeat(64), name: "twin", createdAt: first.createdAt + 1, ...how }],
      };
    };
    expect(lines(plan(desired(before), twins({ state: "exited", exitCode: 1 })))).toMatchInlineSnapshot(`
      [
        "[] -> #1 container:twin RemoveContainer twin, an interrupted run of web left it behind",
      ]
    `);
    const newer = plan(desired(before), twins({}));
    expect(lines(newer)).toMatchInlineSnapshot(`
      [
        "[] -> #1 container:p-web-1 StopContainer p-web-1, an interrupted run of web left it behind",
        "[1] -> #2 container:p-web-1 RemoveContainer p-web-1, an interrupted run of web left it behind",
        "[2] -> #3 service:web:1 RenameContainer twin to p-web-1, container_name: twin -> p-web-1 [update:web:1]",
      ]
    `);
  });

  it("a container without a readable number goes", () => {
    const { labels } = observed.containers[0] as ObservedContainer;
    const odd = change(observed, "p-web-1", { labels: { ...labels, "com.docker.compose.container-number": "x" } });
    expect(lines(plan(desired(before), odd)).slice(0, 2)).toMatchInlineSnapshot(`
      [
        "[] -> #1 container:p-web-1 StopContainer p-web-1, an interrupted run of web left it behind",
        "[1] -> #2 container:p-web-1 RemoveContainer p-web-1, an interrupted run of web left it behind",
      ]
    `);
  });

  it("hook containers that failed are cleared away", () => {
    const hook = foreigner({
      name: "hook",
      state: "exited",
      labels: {
        "com.docker.compose.project": "p",
        "com.docker.compose.service": "web",
        "com.docker.compose.hook": "pre_start",
      },
    });
    expect(lines(plan(desired(before), { ...observed, containers: [...observed.containers, hook] })))
      .toMatchInlineSnapshot(`
      [
        "[] -> #1 container:hook RemoveContainer hook, an interrupted run of web left it behind",
      ]
    `);
  });
});

describe("host ports inside one file", () => {
  const messagesOf = (text: ProjectText) => messages(text, empty);
  it("asked for twice are a mistake that is found beforehand", () => {
    expect(messagesOf({ services: { a: port("8080"), b: port("8080") } })).toEqual([
      'the host port 8080/tcp is asked for by the services "a" and "b"',
    ]);
    const at = (host_ip: string): ServiceText => ({ ports: [{ target: 80, published: "8080", host_ip }] });
    expect(messagesOf({ services: { a: at("127.0.0.1"), b: at("127.0.0.2") } })).toEqual([]);
    expect(messagesOf({ services: { a: at("127.0.0.1"), b: port("8080") } })).toHaveLength(1);
    expect(
      messagesOf({ services: { a: port("8080"), b: { ports: [{ target: 80, published: "8080", protocol: "udp" }] } } }),
    ).toEqual([]);
  });

  it("cannot serve several replicas", () => {
    expect(messagesOf({ services: { a: { ...port("8080"), scale: 2 } } })).toEqual([
      'the host port 8080/tcp of service "a" cannot serve 2 containers',
    ]);
    expect(messagesOf({ services: { a: { ...port("8080-8081"), scale: 2 } } })).toEqual([]);
  });

  it("may be used by a job and, after its end, by who waits for it", () => {
    const web = { ...port("8080"), depends_on: { job: { condition: "service_completed_successfully" } } } as const;
    expect(messagesOf({ services: { job: port("8080"), web } })).toEqual([]);
  });
});
