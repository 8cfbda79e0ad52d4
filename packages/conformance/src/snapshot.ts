// What a project's containers are at one moment, and what became of each between two moments.
import type { Checkout } from "./checkout.ts";
import type { ContainerRow } from "./EngineClient.ts";

/** A container, with what a change could disturb. `state` is the inspect's: the list of some engines lags behind a stop. `volumes` are its anonymous volumes by path. */
export interface Seen {
  readonly row: ContainerRow;
  readonly state: string;
  readonly startedAt: string;
  readonly exitCode: number;
  readonly restarts: number;
  readonly volumes: Readonly<Record<string, string>>;
}

/** By container name without the project: "web-1". */
export type Snapshot = ReadonlyMap<string, Seen>;

const anonymousName = /^[0-9a-f]{64}$/;

const anonymousVolumes = (row: ContainerRow): Readonly<Record<string, string>> =>
  Object.fromEntries(
    row.mounts.flatMap(({ Type, Name, Destination }) => (Type === "volume" && Name !== undefined && anonymousName.test(Name) ? [[Destination, Name]] : [])),
  );

/** Looks at every container of the project. */
export const look = async (checkout: Checkout): Promise<Snapshot> => {
  const rows = await checkout.client.containers(checkout.project);
  const seen = await Promise.all(
    rows.map(async (row): Promise<readonly [string, Seen]> => {
      const inspected = await checkout.client.inspect(row.id);
      const volumes = anonymousVolumes(row);
      for (const name of Object.values(volumes)) checkout.volumesSeen.add(name);
      const { Status: state, StartedAt: startedAt, ExitCode: exitCode } = inspected.State;
      return [row.name.replace(`${checkout.project}-`, ""), { row, state, startedAt, exitCode, restarts: inspected.RestartCount, volumes }];
    }),
  );
  return new Map(seen);
};

export type Fate = "untouched" | "restarted" | "recreated" | "added" | "removed";

const fateOf = (before: Seen | undefined, after: Seen | undefined): Fate => {
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  if (before.row.id !== after.row.id) return "recreated";
  return before.startedAt === after.startedAt && before.restarts === after.restarts ? "untouched" : "restarted";
};

/** What became of every container that is in either snapshot, by name. */
export const fates = (before: Snapshot, after: Snapshot): Readonly<Record<string, Fate>> => {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return Object.fromEntries(names.map((name) => [name, fateOf(before.get(name), after.get(name))]));
};

/** "web-1 running", sorted: what a set of containers looks like to its user. */
export const states = (snapshot: Snapshot): ReadonlyArray<string> =>
  [...snapshot].map(([name, seen]) => `${name} ${seen.state}${seen.state === "exited" ? `(${seen.exitCode})` : ""}`).sort();
