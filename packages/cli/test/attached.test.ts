// An attached `up`: output, ends, exit codes and signals, on the simulated engine.
import { afterEach, describe, expect, it } from "vitest";
import { Stage, type StageOptions } from "./stage.ts";

const job = `name: job
services:
  a: { image: "a:1" }
  b: { image: "b:1" }
`;

let stages: Array<Stage> = [];
const stage = (options: StageOptions = {}, compose = job): Stage => {
  const made = new Stage(compose, options);
  stages.push(made);
  return made;
};
afterEach(() => {
  for (const made of stages) made.remove();
  stages = [];
});

const sorted = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line !== "").sort();

describe("an attached up", () => {
  it("shows output, tells ends, and returns when all containers have ended", async () => {
    const at = stage({ behaviours: { a: { prints: ["from a"], exits: { after: 50, code: 0 } }, b: { prints: ["from b"], exits: { after: 80, code: 3 } } } });
    const up = await at.run("up");
    expect(up.code).toBe(0);
    expect(sorted(up.stdout)).toEqual(["a-1  | from a", "a-1 exited with code 0", "b-1  | from b", "b-1 exited with code 3"]);
    expect(up.stderr).toContain("Attaching to a-1, b-1\n");
  });

  it("--abort-on-container-exit stops the rest and gives the code", async () => {
    const at = stage({ behaviours: { a: { exits: { after: 50, code: 7 } } } });
    const up = await at.run("up --abort-on-container-exit");
    expect(up.code).toBe(7);
    expect(up.stderr).toContain("Aborting on container exit...");
    // Both stand still in the end, and both are said to.
    expect(up.stderr).toContain(" Container job-a-1  Stopped\n");
    expect(up.stderr).toContain(" Container job-b-1  Stopped\n");
    expect((await at.run("ps -q")).stdout).toBe("");
  });

  it("--abort-on-container-failure lets a good end pass", async () => {
    const at = stage({ behaviours: { a: { exits: { after: 20, code: 0 } }, b: { exits: { after: 120, code: 5 } } } });
    expect((await at.run("up --abort-on-container-failure")).code).toBe(5);
  });

  it("what a hook prints comes between the containers' lines, under its container's name", async () => {
    const hooked = `name: job
services:
  a: { image: "a:1", post_start: [{ command: [hello] }] }
`;
    const at = stage({ behaviours: { a: { prints: ["from a"], exits: { after: 300, code: 0 }, exec: { exitCode: 0, output: "from the hook\n" } } } }, hooked);
    const up = await at.run("up");
    expect(up.stdout).toContain("a-1 ->  | from the hook\n");
    expect(up.stderr).not.toContain("from the hook");
  });

  it("--menu is taken for what it is: nothing", async () => {
    const at = stage({ behaviours: { a: { exits: { after: 20, code: 0 } }, b: { exits: { after: 20, code: 0 } } } });
    expect((await at.run("up --menu=false")).code).toBe(0);
    expect((await at.run("up --menu")).code).toBe(0);
  });

  it("--all-resources is enough for networks and volumes without services", async () => {
    const at = stage({}, "name: bare\nnetworks: { front: {} }\nvolumes: { data: {} }\n");
    expect((await at.run("up")).stderr).toContain("no service selected");
    const up = await at.run("--all-resources up");
    expect(up).toMatchObject({ code: 0, stdout: "" });
    expect(up.stderr).toContain(" Network bare_front  Created\n");
    expect(up.stderr).toContain(" Volume bare_data  Created\n");
  });

  it("--exit-code-from gives that service's code", async () => {
    const at = stage({ behaviours: { a: { exits: { after: 50, code: 1 } }, b: { stopCode: 42 } } });
    expect((await at.run("up --exit-code-from b")).code).toBe(42);
  });

  it("--no-attach hides a service, --no-log-prefix the names", async () => {
    const at = stage({ behaviours: { a: { prints: ["from a"], exits: { after: 30, code: 0 } }, b: { prints: ["from b"], exits: { after: 30, code: 0 } } } });
    const up = await at.run("up --no-attach b --no-log-prefix");
    expect(up.stdout).toContain("from a\n");
    expect(up.stdout).not.toContain("| from a");
    expect(up.stdout).not.toContain("from b");
  });

  it("follows containers that already run from now on", async () => {
    const at = stage({ behaviours: { a: { prints: ["old line"] } } });
    await at.run("up -d");
    const up = at.start("up");
    await up.says("Attaching to a-1, b-1");
    up.signal();
    const { code, stdout } = await up.done;
    expect(code).toBe(130);
    expect(stdout).not.toContain("old line");
  });

  it("one signal stops gracefully, with output going on", async () => {
    const at = stage({ behaviours: { a: { prints: ["ready"] } } });
    const up = at.start("up");
    await up.says("ready");
    up.signal();
    const { code, stderr, stdout } = await up.done;
    expect(code).toBe(130);
    expect(stderr).toContain("Gracefully Stopping... press Ctrl+C again to force");
    expect(stderr).toContain(" Container job-a-1  Stopped");
    expect(stdout).toContain("a-1 exited with code");
    expect((await at.run("ps -q")).stdout).toBe("");
  });

  it("a second signal kills what does not stop", async () => {
    const at = stage({ behaviours: { a: { prints: ["ready"], stopTakes: "never" } } }, `name: job\nservices:\n  a: { image: "a:1", stop_grace_period: 1h }\n`);
    const up = at.start("up");
    await up.says("ready");
    up.signal();
    await up.says("Gracefully Stopping");
    up.signal();
    const { code, stderr } = await up.done;
    expect(code).toBe(130);
    expect(stderr).toContain("Killing...");
    expect((await at.run("ps -q")).stdout).toBe("");
  });

  it("a plan that fails ends it with its report", async () => {
    const at = stage({ behaviours: { a: { startFails: "no such command" } } });
    const up = await at.run("up");
    expect(up.code).toBe(1);
    expect(up.stderr).toContain("error: container job-a-1: starting failed");
  });
});

describe("a detached up that is interrupted", () => {
  it("says what is done and what is left, and the next one finishes", async () => {
    const at = stage(
      { behaviours: { a: { healthyAt: 3 } } },
      `name: job
services:
  a: { image: "a:1", healthcheck: { test: ["CMD", "true"], interval: 300ms } }
  b: { image: "b:1", depends_on: { a: { condition: service_healthy } } }
`,
    );
    const up = at.start("up -d");
    await up.says("Container job-a-1  Waiting");
    up.signal();
    const { code, stderr } = await up.done;
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted");
    expect(stderr).toContain("run composure up again to finish");
    const again = await at.run("up -d");
    expect(again.code).toBe(0);
    expect((await at.run("ps --services")).stdout).toBe("a\nb\n");
  });
});
