// How long nothing serves while one container is replaced, by the engine's own events: from the end of the old one to the
// start of the new one, and nothing when the new one starts first.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineClient } from "../EngineClient.ts";
import { type Ground, left } from "./Ground.ts";
import { measure } from "./measure.ts";
import { clearAway, projectOf } from "./onEngine.ts";
import { changed, composeText, single } from "./projects.ts";

interface Moment {
  readonly action: "start" | "die";
  /** Seconds. */
  readonly at: number;
}

/** The sum of the times in which none ran, of one that ran at the beginning. */
export const outageOf = (moments: ReadonlyArray<Moment>): number => {
  let running = 1;
  let since: number | undefined;
  let outage = 0;
  for (const { action, at } of moments) {
    running += action === "start" ? 1 : -1;
    if (running === 0) since = at;
    if (running > 0 && since !== undefined) {
      outage += at - since;
      since = undefined;
    }
  }
  return outage;
};

const recreate = async (ground: Ground, client: EngineClient, row: string, subject: "composure" | "peer", trials: number): Promise<void> => {
  const project = projectOf(row.replace("/", "-"), subject);
  const folder = join(ground.folder, project);
  mkdirSync(folder, { recursive: true });
  const port = row === "outage/port" ? 20_000 + (process.pid % 10_000) : undefined;
  let services = single(port);
  const up = async () => {
    writeFileSync(join(folder, "compose.yaml"), composeText(services));
    const command = [...(ground.launch[subject] ?? []), "-p", project, "up", "-d"];
    return measure(command, { cwd: folder, env: { DOCKER_HOST: client.host }, limit: Math.min(60_000, left(ground)) });
  };
  try {
    await up();
    for (let trial = 0; trial < trials; trial++) {
      services = changed(services);
      const events = await client.watch(project);
      const sample = await up();
      await events.until(({ Action }) => Action === "start");
      await events.until(({ Action }) => Action === "die");
      const moments = events.seen.flatMap(({ Action, timeNano }) =>
        Action === "start" || Action === "die" ? [{ action: Action, at: timeNano / 1e9 } as const] : [],
      );
      events.close();
      ground.results.add(row, subject, { ...sample, wall: outageOf(moments) });
    }
  } finally {
    await clearAway(client, project);
  }
};

export const timeOutages = async (ground: Ground, client: EngineClient, wanted: (row: string) => boolean, trials: number): Promise<void> => {
  for (const row of ["outage/beside", "outage/port"].filter(wanted)) {
    for (const subject of ["composure", "peer"] as const) {
      if (ground.launch[subject] === undefined || left(ground) < 15_000) continue;
      await recreate(ground, client, row, subject, trials).catch((error: unknown) => {
        ground.results.failures.push(`${row} with ${subject}: ${String(error)}`);
      });
    }
  }
};
