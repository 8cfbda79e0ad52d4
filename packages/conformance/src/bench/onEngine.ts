// Runs workloads on the engine, one subject after the other, each in a project of its own that is taken away afterwards.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { remains, removeProject } from "../engineUnderTest.ts";
import type { EngineClient } from "../EngineClient.ts";
import { openProxy } from "../proxy.ts";
import { type Ground, left } from "./Ground.ts";
import { measure, type Place } from "./measure.ts";
import { composeText } from "./projects.ts";
import type { SubjectName } from "./rows.ts";
import type { Step, Workload } from "./workloads.ts";

export const engineSubjects = ["composure", "peer", "floor"] as const satisfies ReadonlyArray<SubjectName>;
export type EngineSubject = (typeof engineSubjects)[number];

/** No single command of a workload takes longer, on the slowest machine. */
const longest = 180_000;

/**
 * Engines sometimes keep an endpoint of a container that is gone, and then the network cannot be removed; taking the
 * network's endpoints off and asking again helps.
 */
export const clearAway = async (client: EngineClient, project: string): Promise<void> => {
  for (let attempt = 0; attempt < 10; attempt++) {
    await removeProject(client, project);
    if ((await remains(client, project)).length === 0) return;
    for (const { Id } of await client.networks(project)) {
      const { Containers } = await client.json<{ readonly Containers?: Readonly<Record<string, { readonly Name: string }>> }>("GET", `/networks/${Id}`).catch(() => ({ Containers: {} }));
      for (const container of Object.keys(Containers ?? {})) await client.request("POST", `/networks/${Id}/disconnect`, { Container: container, Force: true });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};

export const projectOf = (workload: string, subject: SubjectName): string => `bench-${workload}-${subject}-${process.pid.toString(36)}`;

const write = (folder: string, { project }: Step): void => {
  writeFileSync(join(folder, "compose.yaml"), composeText(project));
  writeFileSync(join(folder, "floor.json"), JSON.stringify(project));
};

const commandOf = (ground: Ground, subject: EngineSubject, project: string, step: Step): ReadonlyArray<string> => {
  const launch = ground.launch[subject] ?? [];
  return subject === "floor" ? [...launch, project, "floor.json", step.floor] : [...launch, "-p", project, ...step.args];
};

type OnStep = (step: Step, run: () => ReturnType<typeof measure>) => Promise<void>;

/** One pass through a workload; whatever happens, nothing is left on the engine. */
const pass = async (ground: Ground, client: EngineClient, workload: Workload, subject: EngineSubject, host: string, onStep: OnStep): Promise<void> => {
  const project = projectOf(workload.name, subject);
  const folder = join(ground.folder, project);
  mkdirSync(folder, { recursive: true });
  try {
    for (const step of workload.steps) {
      write(folder, step);
      const place: Place = { cwd: folder, env: { DOCKER_HOST: host }, limit: Math.min(longest, left(ground)) };
      await onStep(step, () => measure(commandOf(ground, subject, project, step), place));
    }
  } finally {
    await clearAway(client, project);
  }
};

const attempts = 2;

/** A sample that fails is told, cleaned up after, and taken again; the second failure is kept for the page. */
const retried = async (ground: Ground, what: string, run: () => Promise<void>): Promise<void> => {
  for (let attempt = 1; attempt <= attempts && left(ground) > 0; attempt++) {
    try {
      return await run();
    } catch (error) {
      const words = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      if (left(ground) === 0) return;
      ground.say(`  failed, attempt ${attempt}: ${words}`);
      ground.results.failures.push(words);
    }
  }
};

export const timeWorkload = (ground: Ground, client: EngineClient, workload: Workload, subject: EngineSubject): Promise<void> =>
  retried(ground, `${workload.name} with ${subject}`, () =>
    pass(ground, client, workload, subject, client.host, async (step, run) => {
      for (let time = 0; time < step.repeat; time++) {
        const sample = await run();
        if (step.row === undefined) continue;
        ground.results.add(step.row, subject, sample);
        const requests = /requests=(\d+)/.exec(sample.said)?.[1];
        if (subject === "floor" && requests !== undefined) ground.results.count(step.row, subject, Number(requests));
      }
    }),
  );

/** Counts requests through a proxy, in passes of their own, so that counting costs the timed ones nothing. */
export const countWorkload = (ground: Ground, client: EngineClient, workload: Workload, subject: EngineSubject): Promise<void> =>
  retried(ground, `counting ${workload.name} with ${subject}`, async () => {
    const proxy = await openProxy(client.host);
    try {
      await pass(ground, client, workload, subject, proxy.host, async (step, run) => {
        proxy.restore();
        await run();
        if (step.row !== undefined) ground.results.count(step.row, subject, proxy.requests.length);
      });
    } finally {
      await proxy.close();
    }
  });
