// The same project on the engine in memory: what the command line says must be the same story.
import { afterAll, beforeAll, expect, test } from "vitest";
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProjectShape } from "../../src/projects.ts";
import { repositoryRoot, run, type Subject } from "../../src/subject.ts";
import { onSubject } from "../gate.ts";
import { psRows, psStates, succeeded, wantedStates } from "./lifecycle.ts";

const names = (finished: { readonly stdout: string }): ReadonlyArray<string> => finished.stdout.trim().split("\n").filter((line) => line !== "").sort();

const ids = async (subject: Subject, directory: string, env: Readonly<Record<string, string>>): Promise<ReadonlyArray<string>> =>
  names(succeeded(await run(subject, ["--engine", "sim", "ps", "-a", "-q", "--no-trunc"], { cwd: directory, env })));

/** Tests `shape` on the simulated engine. */
export const simulated = (shape: ProjectShape): void => {
  onSubject(`${shape.name}: simulated`, (subject) => {
    if (subject.name === "peer") return void test.skip("the peer has no simulated engine");
    let directory = "";
    const project = `conf-${shape.name}-sim`;
    const env = { ...shape.env, COMPOSE_PROJECT_NAME: project };
    const sim = (...args: ReadonlyArray<string>) => run(subject, ["--engine", "sim", ...args], { cwd: directory, env });
    beforeAll(async () => {
      directory = await realpath(await mkdtemp(join(tmpdir(), "composure-sim-")));
      await cp(join(repositoryRoot, "packages/conformance/projects", shape.name), directory, { recursive: true });
    });
    afterAll(() => rm(directory, { recursive: true, force: true }));

    test("up, a change and down tell the same story as a real engine", async () => {
      succeeded(await sim("up", "-d"));
      expect(psStates(project, psRows(await sim("ps", "-a", "--format", "json")))).toEqual(wantedStates(shape));
      const before = await ids(subject, directory, env);
      succeeded(await sim("up", "-d"));
      expect(await ids(subject, directory, env)).toEqual(before);
      const change = shape.changes.find((one) => one.edits.length > 0 && one.flags === undefined && one.globals === undefined);
      if (change !== undefined) {
        for (const { file, from, to } of change.edits) {
          const path = join(directory, file);
          await writeFile(path, (await readFile(path, "utf8")).replace(from, () => to));
        }
        succeeded(await sim("up", "-d"));
        const after = await ids(subject, directory, env);
        const replicas = (change.recreated ?? []).reduce((sum, service) => sum + (shape.running[service] ?? 1), 0);
        expect(before.filter((id) => !after.includes(id))).toHaveLength(replicas + (change.removed?.length ?? 0));
      }
      succeeded(await sim("down", "-v"));
      expect(psRows(await sim("ps", "-a", "--format", "json"))).toEqual([]);
    });
  });
};
