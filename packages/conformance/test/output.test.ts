// What comes out: every line of every container, nothing but text when nobody sits at a terminal, and no secret anywhere.
import { afterEach, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { shapes } from "../src/projects.ts";
import { betterThanPeer, onEngine } from "./gate.ts";
import { psRows, succeeded } from "./scenarios/lifecycle.ts";

const talker = `services:
  talker:
    image: composure/test-idle
    command: ["sh", "-c", "echo first; echo second >&2; exec idle"]
  murmurer:
    image: composure/test-idle
    command: ["sh", "-c", "echo first; printf 'no line end'"]
  counter:
    stop_signal: SIGKILL
    image: composure/test-idle
    command: ["sh", "-c", "while [ ! -e /tmp/go ]; do sleep 0.05; done; echo counted; exec idle"]
`;

onEngine("output", ({ client, subject }) => {
  const open: Array<Checkout> = [];
  afterEach(async () => {
    for (const checkout of open.splice(0)) await checkout.dispose();
  });
  const opened = async (purpose: string, text: string): Promise<Checkout> => {
    const checkout = await checkOut({ client, purpose });
    open.push(checkout);
    await checkout.write("compose.yaml", text);
    return checkout;
  };

  betterThanPeer("logs has the last line too when it does not end", async () => {
    const checkout = await opened("talk", talker);
    succeeded(await checkout.run(subject, ["up", "-d"]));
    // Engines pass an unfinished line on when its writer has ended.
    const { stdout } = succeeded(await checkout.run(subject, ["logs", "--no-color", "-f", "murmurer"]));
    expect(stdout.trimEnd().split("\n")).toEqual(["murmurer-1  | first", "murmurer-1  | no line end"]);
  });

  test("logs -f goes on until it is interrupted", async () => {
    const checkout = await opened("follow", talker);
    succeeded(await checkout.run(subject, ["up", "-d"]));
    const logs = checkout.start(subject, ["logs", "-f", "--no-color"]);
    await logs.line(/talker-1 +\| second/);
    await client.exec(`${checkout.project}-counter-1`, ["touch", "/tmp/go"]);
    await logs.line(/counter-1 +\| counted/);
    logs.signal("SIGINT");
    const finished = await logs.done;
    expect(finished.code, finished.output).toBe(130);
  });

  test("logs -f shows a container that starts later", async () => {
    const checkout = await opened("late", talker);
    succeeded(await checkout.run(subject, ["up", "-d", "talker"]));
    const logs = checkout.start(subject, ["logs", "-f", "--no-color"]);
    await logs.line(/talker-1 +\| second/);
    succeeded(await checkout.run(subject, ["up", "-d"]));
    await client.exec(`${checkout.project}-counter-1`, ["touch", "/tmp/go"]);
    await logs.line(/counter-1 +\| counted/);
    logs.signal("SIGTERM");
    await logs.done;
  });

  betterThanPeer("without a terminal there are no control characters, whatever is done", async () => {
    const checkout = await opened("plain", talker);
    const up = checkout.start(subject, ["up"]);
    await up.line(/second/);
    up.signal("SIGINT");
    const runs = [await up.done, await checkout.run(subject, ["up", "-d"]), await checkout.run(subject, ["ps"]), await checkout.run(subject, ["down"])];
    // eslint-disable-next-line no-control-regex
    for (const run of runs) expect(run.output, run.args.join(" ")).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
  });

  test("what was asked for is on standard output, what happened on the way is not", async () => {
    const checkout = await opened("streams", talker);
    expect(succeeded(await checkout.run(subject, ["up", "-d"])).stdout).toBe("");
    expect(psRows(await checkout.run(subject, ["ps", "--format", "json"]))).not.toHaveLength(0);
    expect(succeeded(await checkout.run(subject, ["down"])).stdout).toBe("");
  });

  betterThanPeer("--progress json tells every step as an object a line", async () => {
    const checkout = await opened("progress", talker);
    const { stderr } = succeeded(await checkout.run(subject, ["--progress", "json", "up", "-d"]));
    const rows = stderr.trim().split("\n").map((line) => JSON.parse(line) as { readonly id?: string; readonly status?: string });
    expect(rows.some(({ id, status }) => id?.includes("talker") === true && status === "Done")).toBe(true);
  });

  test("no secret is ever shown", async () => {
    const { env } = shapes.vault;
    const checkout = await checkOut({ client, purpose: "secrecy", from: "vault", env });
    open.push(checkout);
    const secret = env["API_TOKEN"] ?? "";
    const commands = [["up", "-d"], ["--progress", "plain", "up", "-d", "--force-recreate"], ["ps", "-a"], ["--dry-run", "up", "-d", "--force-recreate"], ["down"]];
    const own = [["plan"], ["plan", "--json"]];
    for (const args of subject.name === "peer" ? commands : [...own, ...commands]) {
      const finished = await checkout.run(subject, args);
      expect(finished.output, args.join(" ")).not.toContain(secret);
      expect(finished.output, args.join(" ")).not.toContain("not-a-real-key");
    }
  });
});
