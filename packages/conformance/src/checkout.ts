// A project in a folder of its own, with a name, ports and addresses that no other run has; edited, run and left clean.
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineClient } from "./EngineClient.ts";
import { removeProject } from "./engineUnderTest.ts";
import type { Edit } from "./projects.ts";
import { type Finished, repositoryRoot, type RunOptions, run, type Running, start, type Subject } from "./subject.ts";

/** A project's folder and name. `client` looks at the engine; `host` is what subjects are told, a proxy perhaps. */
export interface Checkout {
  readonly project: string;
  readonly directory: string;
  readonly client: EngineClient;
  readonly env: Readonly<Record<string, string>>;
  /** Every anonymous volume seen in the project's containers so far. */
  readonly volumesSeen: Set<string>;
  readonly edit: (edits: ReadonlyArray<Edit>) => Promise<void>;
  readonly write: (file: string, text: string) => Promise<void>;
  readonly run: (subject: Subject, args: ReadonlyArray<string>, options?: Partial<RunOptions>) => Promise<Finished>;
  readonly start: (subject: Subject, args: ReadonlyArray<string>, options?: Partial<RunOptions>) => Running;
  /** Ends what still runs, removes the project from the engine and the folder from the disk. */
  readonly dispose: () => Promise<void>;
}

// All workers of one test run share a parent; two runs on one engine do not. Ports stay below the ephemeral range.
const runNumber = process.ppid;
let slots = 0;
const ranges = (): Readonly<Record<string, string>> => {
  slots += 1;
  const slot = (Number(process.env["VITEST_POOL_ID"] ?? 0) % 8) * 25 + (slots % 25);
  return { WEB_PORT: String(20_000 + (runNumber % 60) * 200 + slot), NET_PREFIX: `10.${200 + (runNumber % 50)}.${slot}` };
};

const options = (checkout: Pick<Checkout, "directory" | "client" | "env">, given: Partial<RunOptions>): RunOptions => ({
  cwd: checkout.directory,
  host: checkout.client.host,
  ...given,
  env: { ...checkout.env, ...given.env },
});

export interface CheckoutRequest {
  readonly client: EngineClient;
  /** Distinguishes uses of one project: part of the project's name. */
  readonly purpose: string;
  /** A folder below projects/ to copy, or nothing for an empty folder. */
  readonly from?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Makes a checkout; whoever asks for it disposes of it. */
export const checkOut = async (request: CheckoutRequest): Promise<Checkout> => {
  const { client, purpose, from } = request;
  const directory = await realpath(await mkdtemp(join(tmpdir(), "composure-conf-")));
  if (from !== undefined) await cp(join(repositoryRoot, "packages/conformance/projects", from), directory, { recursive: true });
  const project = `conf-${from === undefined ? "" : `${from}-`}${purpose}-${runNumber.toString(36)}`;
  const env = { ...ranges(), ...request.env, COMPOSE_PROJECT_NAME: project };
  const volumesSeen = new Set<string>();
  const place = { directory, client, env };
  const alive = new Set<Running>();
  await removeProject(client, project);
  return {
    project,
    directory,
    client,
    env,
    volumesSeen,
    edit: async (edits) => {
      for (const { file, from: before, to } of edits) {
        const text = await readFile(join(directory, file), "utf8");
        if (!text.includes(before)) throw new Error(`${file} of ${project} has no ${JSON.stringify(before)}`);
        await writeFile(join(directory, file), text.replace(before, () => to));
      }
    },
    write: (file, text) => writeFile(join(directory, file), text),
    run: (subject, args, given = {}) => run(subject, args, options(place, given)),
    start: (subject, args, given = {}) => {
      const running = start(subject, args, options(place, given));
      alive.add(running);
      running.done.finally(() => alive.delete(running)).catch(() => undefined);
      return running;
    },
    dispose: async () => {
      for (const running of alive) running.signal("SIGKILL");
      await removeProject(client, project, volumesSeen);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
