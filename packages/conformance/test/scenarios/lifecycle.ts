// The life of one project, step by step: up, nothing to do, each small change, looking at it, down.
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type Checkout, checkOut } from "../../src/checkout.ts";
import type { Change, Probe, ProjectShape } from "../../src/projects.ts";
import { remains } from "../../src/engineUnderTest.ts";
import { type Fate, fates, look, type Snapshot, states } from "../../src/snapshot.ts";
import type { Finished, Subject } from "../../src/subject.ts";
import { betterThanPeer, onEngine } from "../gate.ts";

/** Fails with everything the run said unless it ended with code 0. */
export const succeeded = (finished: Finished): Finished => {
  expect(finished.code, `${finished.args.join(" ")}\n${finished.output}`).toBe(0);
  return finished;
};

const numbered = (services: Readonly<Record<string, number>>): ReadonlyArray<string> =>
  Object.entries(services).flatMap(([service, count]) => Array.from({ length: count }, (_, at) => `${service}-${at + 1}`));

/** "web-1 running" for everything that the project must show after its first up. */
export const wantedStates = (shape: ProjectShape): ReadonlyArray<string> =>
  [...numbered(shape.running).map((name) => `${name} running`), ...shape.finished.map((name) => `${name}-1 exited(0)`)].sort();

/** The fate that a change must bring to each container; a one-shot may run again on every up. */
const wantedFates = (shape: ProjectShape, change: Change, before: Snapshot, after: Snapshot): Readonly<Record<string, ReadonlyArray<Fate>>> => {
  const fate = (name: string): ReadonlyArray<Fate> => {
    if (change.added?.includes(name)) return ["added"];
    if (change.removed?.includes(name)) return ["removed"];
    const service = name.replace(/-\d+$/, "");
    if (change.recreated?.includes(service)) return ["recreated"];
    // Where a dependency was replaced, replacing the dependent restarts it too.
    if (change.restarted?.includes(service)) return ["restarted", "recreated"];
    if (change.free?.includes(service)) return ["untouched", "restarted", "recreated"];
    return shape.finished.includes(service) ? ["untouched", "restarted"] : ["untouched"];
  };
  const names = new Set([...before.keys(), ...after.keys(), ...(change.added ?? []), ...(change.removed ?? [])]);
  return Object.fromEntries([...names].map((name) => [name, fate(name)]));
};

/** Compares what happened with what may happen, and shows both when they differ. */
export const expectFates = (shape: ProjectShape, change: Change, before: Snapshot, after: Snapshot, said: string): void => {
  const wanted = wantedFates(shape, change, before, after);
  const happened = fates(before, after);
  const wrong = Object.entries(wanted).filter(([name, allowed]) => !allowed.includes(happened[name] ?? "removed"));
  expect(wrong.map(([name, allowed]) => `${name} was ${happened[name] ?? "never there"}, not ${allowed.join(" or ")}`), said).toEqual([]);
};

/** Writes a file into every anonymous volume, so that a later look can tell whether it is the same volume. */
export const markVolumes = async (checkout: Checkout, shape: ProjectShape): Promise<void> => {
  for (const { service, path } of shape.anonymous) {
    const written = await checkout.client.exec(`${checkout.project}-${service}-1`, ["sh", "-c", `echo ${service}:${path} > ${path}/mark`]);
    expect(written, `${service} ${path}`).toEqual({ code: 0, output: "" });
  }
};

export const expectMarks = async (checkout: Checkout, shape: ProjectShape): Promise<void> => {
  for (const { service, path } of shape.anonymous) {
    const read = await checkout.client.exec(`${checkout.project}-${service}-1`, ["cat", `${path}/mark`]);
    expect(read, `what ${service} kept in ${path}`).toEqual({ code: 0, output: `${service}:${path}\n` });
  }
};

/** Runs the shape's probes in their containers. */
export const expectProbes = async (checkout: Checkout, subject: Subject, probes: ReadonlyArray<Probe>, changed: boolean): Promise<void> => {
  const run = probes.filter((probe) => !(changed && subject.name === "peer" && probe.peerFailsAfterChange !== undefined));
  const results = await Promise.all(
    run.map(async ({ service, argv, shows }) => {
      const { code, output } = await checkout.client.exec(`${checkout.project}-${service}-1`, argv);
      return code === 0 ? undefined : `${shows}: ${service} ${argv.join(" ")} gave ${code}\n${output}`;
    }),
  );
  expect(results.filter((one) => one !== undefined)).toEqual([]);
};

interface PsRow {
  readonly Name: string;
  readonly Service: string;
  readonly State: string;
  readonly Project: string;
  readonly ExitCode: number;
}

/** `ps --format json`: one object a line. */
export const psRows = (finished: Finished): ReadonlyArray<PsRow> =>
  succeeded(finished)
    .stdout.split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as PsRow);

/** The states as `ps` tells them, in the words of `states`. */
export const psStates = (project: string, rows: ReadonlyArray<PsRow>): ReadonlyArray<string> =>
  rows.map((row) => `${row.Name.replace(`${project}-`, "")} ${row.State}${row.State === "exited" ? `(${row.ExitCode})` : ""}`).sort();

const upOnce = (shape: ProjectShape, subject: Subject, at: () => Checkout): void => {
  test("up -d brings up what the file says", async () => {
    succeeded(await at().run(subject, ["up", "-d"]));
    expect(states(await look(at()))).toEqual(wantedStates(shape));
    await expectProbes(at(), subject, shape.probes, false);
    await markVolumes(at(), shape);
  });
  test("up -d again changes nothing", async () => {
    const before = await look(at());
    const { output } = succeeded(await at().run(subject, ["up", "-d"]));
    expectFates(shape, { what: "nothing", edits: [] }, before, await look(at()), output);
  });
};

// The two formats leave out different empty things.
const pruned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(pruned);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, pruned(inner)] as const);
  const full = entries.filter(([, inner]) => inner !== null && inner !== undefined);
  return full.length === 0 ? undefined : Object.fromEntries(full);
};

const watching = (shape: ProjectShape, subject: Subject, at: () => Checkout): void => {
  test("ps lists what runs, ps -a what ended too", async () => {
    const wanted = wantedStates(shape);
    const shown = psRows(await at().run(subject, ["ps", "--format", "json"]));
    expect(psStates(at().project, shown)).toEqual(wanted.filter((one) => one.endsWith("running")));
    const all = psRows(await at().run(subject, ["ps", "-a", "--format", "json"]));
    expect(psStates(at().project, all)).toEqual(wanted);
    expect(new Set(all.map((row) => row.Project))).toEqual(new Set([at().project]));
    const table = succeeded(await at().run(subject, ["ps", "-a"])).stdout.trim().split("\n");
    expect(table[0]).toMatch(/^NAME\s+IMAGE\s+COMMAND\s+SERVICE\s+CREATED\s+STATUS\s+PORTS\s*$/);
    expect(table.slice(1).map((line) => line.split(/\s/)[0])).toEqual(all.map((row) => row.Name).sort());
  });
  test("logs have every service's words under its name", async () => {
    const { stdout } = succeeded(await at().run(subject, ["logs", "--no-color"]));
    for (const [service, words] of Object.entries(shape.says)) {
      const own = stdout.split("\n").filter((line) => line.startsWith(`${service}-1 `));
      expect(own.some((line) => words.test(line)), `${service} ${words} in\n${stdout}`).toBe(true);
    }
  });
  test("config prints the whole model, in both formats the same", async () => {
    const [yaml, json, services] = await Promise.all([
      at().run(subject, ["--profile", "*", "config"]),
      at().run(subject, ["--profile", "*", "config", "--format", "json"]),
      at().run(subject, ["config", "--services"]),
    ]);
    const model = JSON.parse(succeeded(json).stdout) as { name: string; services: Record<string, unknown> };
    expect(model.name).toBe(at().project);
    expect(pruned(parse(succeeded(yaml).stdout))).toEqual(pruned(model));
    const listed = succeeded(services).stdout.trim().split("\n").sort();
    expect(listed).toEqual([...Object.keys(shape.running), ...shape.finished].sort());
  });
};

/** The fates that a subject must bring about: docker compose makes new containers where ours go on. */
const asWantedOf = (subject: Subject, change: Change): Change =>
  subject.name === "peer" && change.updated !== undefined ? { ...change, recreated: [...(change.recreated ?? []), change.updated.service] } : change;

const expectUpdate = async (checkout: Checkout, { updated }: Change, after: Snapshot): Promise<void> => {
  if (updated === undefined) return;
  const rows = [...after.values()].map(({ row }) => row).filter(({ service }) => service === updated.service);
  const told = await Promise.all(rows.map(async ({ id }) => (await checkout.client.inspect(id)).HostConfig));
  expect(told.length).toBeGreaterThan(0);
  for (const host of told) expect(host).toMatchObject(updated.host);
};

const changing = (shape: ProjectShape, described: Change, subject: Subject, at: () => Checkout): void => {
  const change = asWantedOf(subject, described);
  test(`changing ${change.what} touches only what it must`, async () => {
    const before = await look(at());
    await at().edit(change.edits);
    const args = [...(change.globals ?? []), "up", "-d", ...(change.flags ?? [])];
    const { output } = succeeded(await at().run(subject, args));
    const after = await look(at());
    expectFates(shape, change, before, after, output);
    await expectUpdate(at(), change, after);
    const stopped = states(after).filter((one) => !one.endsWith(" running") && !one.endsWith(" exited(0)"));
    expect(stopped, output).toEqual([]);
    await expectMarks(at(), shape);
    await expectProbes(at(), subject, shape.probes, true);
    const again = succeeded(await at().run(subject, args));
    expectFates(shape, { what: "nothing", edits: [] }, after, await look(at()), again.output);
  });
};

/** Tests the whole life of `shape`. */
export const lifecycle = (shape: ProjectShape): void =>
  onEngine(`${shape.name}: from up to down`, ({ client, subject }) => {
    let checkout: Checkout | undefined;
    const at = (): Checkout => {
      if (checkout === undefined) throw new Error("the checkout could not be made");
      return checkout;
    };
    beforeAll(async () => {
      checkout = await checkOut({ client, purpose: "life", from: shape.name, env: shape.env });
    });
    afterAll(() => checkout?.dispose());

    upOnce(shape, subject, at);
    watching(shape, subject, at);
    for (const change of shape.changes) changing(shape, change, subject, at);
    test("down -v leaves nothing", async () => {
      await look(at());
      succeeded(await at().run(subject, ["--profile", "*", "down", "-v"]));
      expect(await remains(client, at().project)).toEqual([]);
    });
    betterThanPeer("down -v leaves no anonymous volume, however often its container was replaced", async () => {
      const left = await Promise.all([...at().volumesSeen].map(async (name) => ((await client.hasVolume(name)) ? [name] : [])));
      expect(left.flat()).toEqual([]);
    });
  });
