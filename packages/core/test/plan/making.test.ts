// The plans of commands that make something: create, run, pull, build, and an up of a part.
import { describe, expect, it } from "vitest";
import type { Intent } from "../../src/policy/Intent.ts";
import { apply, empty } from "./applyModel.ts";
import { change, lines, names, plan, problems, text } from "./planning.ts";
import { cut, desired, project, type ProjectText } from "./projects.ts";
import { none, running, shop } from "./shop.ts";

describe("create", () => {
  const create: Intent = { _tag: "Create", ...none };
  const next: ProjectText = {
    ...shop,
    services: { ...shop.services, web: { ...shop.services["web"], environment: { A: "1" } } },
  };

  it("makes, replaces, starts nothing", () => {
    const made = plan(desired(shop), empty, create);
    expect(
      made.steps.some(({ operation }) => operation._tag === "StartContainer" || operation._tag === "WaitFor"),
    ).toBe(false);
    const there = apply(made, empty).observed;
    expect(plan(desired(shop), there, create).steps).toEqual([]);
    expect(text(plan(desired(next), running, create))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateContainer <id>_p-web-1, environment.A added: 1 [recreate:web:1]
      [1] -> #2 service:web:1 RunHook pre_stop[0] p-web-1, replaced by #1 [recreate:web:1]
      [2] -> #3 service:web:1 StopContainer p-web-1, replaced by #1 [recreate:web:1]
      [3] -> #4 service:web:1 RemoveContainer p-web-1, replaced by #1 [recreate:web:1]
      [4] -> #5 service:web:1 RenameContainer #1 to p-web-1, replaces p-web-1 [recreate:web:1]"
    `);
    const applied = apply(plan(desired(next), running, create), running);
    expect(applied.refusals).toEqual([]);
    expect(names(applied.observed)).toEqual(["p-api-1 running", "p-db-1 running", "p-web-1 created"]);
  });

  it("leaves an up with only starts to do", () => {
    const there = apply(plan(desired(shop), empty, create), empty).observed;
    const rest = plan(desired(shop), there);
    expect(new Set(rest.steps.map(({ operation }) => operation._tag))).toEqual(
      new Set(["StartContainer", "WaitFor", "RunHook"]),
    );
    expect(apply(rest, there).refusals).toEqual([]);
  });
});

describe("pull and build", () => {
  const images: ProjectText = {
    services: {
      a: { image: "a:1" },
      b: { image: "a:1" },
      c: { build: { context: "/c" } },
      d: { build: { context: "/d", additional_contexts: { c: "service:c" } }, image: "d:1" },
      e: { image: "e:1", pull_policy: "never" },
      f: { image: "f:1", pull_policy: "missing" },
      g: { image: "g", pull_policy: "missing" },
    },
  };
  const local = {
    ...empty,
    images: ["f:1", "g"].map((reference) => ({ reference, id: reference, digests: [], labels: {} })),
  };

  it("pull refreshes, but not what is built, forbidden or there", () => {
    expect(text(plan(desired(images), local, { _tag: "Pull", ...none }))).toMatchInlineSnapshot(`
      "[] -> #1 image:a:1 PullImage a:1, pull was asked for
      [] -> #2 image:d:1 PullImage d:1, pull was asked for
      [] -> #3 image:g PullImage g, pull was asked for"
    `);
    const careless = plan(desired(images), local, {
      _tag: "Pull",
      ...none,
      ignoreFailures: true,
      ignoreBuildable: true,
    });
    expect(
      careless.steps.map(({ operation }) =>
        operation._tag === "PullImage" ? [operation.image, operation.tolerateFailure] : [],
      ),
    ).toEqual([
      ["a:1", true],
      ["g", true],
    ]);
  });

  it("build takes bases first", () => {
    expect(text(plan(desired(images), local, { _tag: "Build", services: ["d"] }))).toMatchInlineSnapshot(`
      "[] -> #1 image:p-c BuildImage p-c, build was asked for
      [1] -> #2 image:d:1 BuildImage d:1, build was asked for"
    `);
    const made = plan(desired(images), local, { _tag: "Build", ...none, noCache: true, pull: true, args: { V: "1" } });
    expect(made.steps).toHaveLength(2);
    expect(made.steps[0]?.operation).toMatchObject({ noCache: true, pull: true, build: { args: { V: "1" } } });
  });
});

describe("a part of the project", () => {
  it("an up of one service leaves the others alone", () => {
    const whole = project(shop);
    const made = plan(desired(cut(whole, ["db"]), { whole }), empty, { _tag: "Up", services: ["db"] });
    expect(lines(made).join()).not.toMatch(/web|api/);
    expect(made.notices).toEqual([]);
  });
});

describe("run", () => {
  const run = (how: Partial<Extract<Intent, { _tag: "Run" }>> = {}): Intent => ({
    _tag: "Run",
    services: ["web"],
    name: "p-web-run-0123456789ab",
    slug: "0123456789ab",
    start: true,
    stdin: true,
    autoRemove: true,
    aliases: false,
    ...how,
  });
  const cutTo = (name: string) => desired(cut(project(shop), [name]));

  it("brings up the dependencies, then starts a container of its own", () => {
    const made = plan(cutTo("web"), empty, run());
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 image:api:1 PullImage api:1, it does not exist
      [] -> #2 image:db:1 PullImage db:1, it does not exist
      [] -> #3 network:default CreateNetwork p_default, it does not exist
      [] -> #4 volume:data CreateVolume p_data, it does not exist
      [2,3,4] -> #5 service:db:1 CreateContainer p-db-1, it does not exist
      [1,3] -> #6 service:api:1 CreateContainer p-api-1, it does not exist
      [5] -> #7 service:db:1 StartContainer #5, it does not exist
      [7] -> #8 service:db WaitFor healthy #5, needed by api
      [6,8] -> #9 service:api:1 StartContainer #6, it does not exist
      [9] -> #10 service:api:1 RunHook post_start[0] #6, it does not exist
      [] -> #11 image:web:1 PullImage web:1, it does not exist
      [3,11] -> #12 container:p-web-run-0123456789ab CreateContainer p-web-run-0123456789ab, run was asked for
      [10,12] -> #13 container:p-web-run-0123456789ab StartContainer #12, run was asked for"
    `);
    const applied = apply(made, empty);
    expect(applied.refusals).toEqual([]);
    expect(names(applied.observed)).toEqual(["p-api-1 running", "p-db-1 running", "p-web-run-0123456789ab running"]);
    const [box] = applied.observed.containers.filter(({ name }) => name.includes("run"));
    expect(box?.labels).toMatchObject({
      "com.docker.compose.oneoff": "True",
      "com.docker.compose.slug": "0123456789ab",
      "com.docker.compose.service": "web",
    });
    expect(box?.labels).not.toHaveProperty("com.docker.compose.container-number");
    expect(box?.endpoints.map(({ aliases }) => aliases)).toEqual([["p-web-run-0123456789ab"]]);
  });

  it("leaves its replicas alone, and only makes the container for who attaches first", () => {
    const observed = change(running, "p-db-1", { health: "starting" });
    expect(text(plan(cutTo("web"), observed, run({ start: false })))).toMatchInlineSnapshot(
      `"[] -> #1 container:p-web-run-0123456789ab CreateContainer p-web-run-0123456789ab, run was asked for"`,
    );
    const known = plan(cutTo("web"), running, run({ aliases: true })).steps[0]?.operation;
    expect(known?._tag === "CreateContainer" ? known.spec.endpoints.map(({ aliases }) => aliases) : []).toEqual([
      ["p-web-run-0123456789ab", "web"],
    ]);
  });

  it("refuses a name that is taken", () => {
    expect(problems(cutTo("web"), running, run({ name: "p-db-1" })).map(({ code }) => code)).toEqual(["name-taken"]);
  });
});
