// One call of a script on one engine: the answer as a text that can be compared with another engine's.
import type { ObservedContainer } from "@composure/core/observed/Observed";
import type { ContainerDetails, EngineApi } from "@composure/engine/Engine";
import type { EngineError, EngineReason } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { abstracted, type Book, containerName, endpointOf, networkName, type Place, specOf, volumeName } from "./Place.ts";
import type { Call, Who } from "./Script.ts";

export interface Side {
  readonly engine: EngineApi;
  readonly place: Place;
  readonly book: Book;
}

/** An id that nobody has, for slots that never had one. */
const nobody = "0123456789abcdef".repeat(4);

const target = ({ place, book }: Side, { container, by }: Who): string =>
  by === "name" ? containerName(place, container) : (book.containers.get(container) ?? nobody);

const details = ({ state, health, exitCode, error, restartCount, startedAt, finishedAt }: ContainerDetails): string => {
  const when = (time: string): string => (time.startsWith("0001") ? "never" : "once");
  return JSON.stringify({ state, health, exitCode, error, restartCount, started: when(startedAt), finished: when(finishedAt) });
};

const names = (found: ReadonlyArray<ObservedContainer>): string => found.map(({ name, state }) => `${name} ${state}`).join(", ");

const labelsOf = ({ prefix }: Place): Readonly<Record<string, string>> => ({ "com.docker.compose.project": prefix });

type Told = Effect.Effect<string, EngineError>;
const silent = (call: Effect.Effect<unknown, EngineError>): Told => Effect.as(call, "ok");

const creating = (side: Side, call: Extract<Call, { _tag: "Create" }>): Told => {
  const { engine, place, book } = side;
  const name = call.name ?? containerName(place, call.container);
  return Effect.map(engine.createContainer(name, specOf(place, book, call.container, call.kind, call.image)), ({ id, warnings }) => {
    // A slot may have had other containers before, whose ids may still be spoken of.
    book.names.set(id, `c${call.container}${[...book.names.values()].filter((known) => known.startsWith(`c${call.container}`)).map(() => "'").join("")}`);
    book.containers.set(call.container, id);
    return warnings.length === 0 ? "ok" : `ok, ${warnings.join(" ")}`;
  });
};

const subnetOf = (place: Place, subnet: Extract<Call, { _tag: "CreateNetwork" }>["subnet"]): string | undefined =>
  ({ none: undefined, own: `${place.subnet}.0/24`, overlapping: `${place.subnet}.128/25`, wrong: "10.1.2.3/99" })[subnet];

const networking = ({ engine, place, book }: Side, call: Extract<Call, { _tag: "CreateNetwork" }>): Told => {
  const subnet = subnetOf(place, call.subnet);
  const network = { ...(call.driver === undefined ? {} : { driver: call.driver }), ...(subnet === undefined ? {} : { ipam: { config: [{ subnet }] } }) };
  const created = engine.createNetwork({ _tag: "CreateNetwork", name: networkName(place, call.network), network, labels: labelsOf(place) });
  return Effect.map(created, ({ id }) => {
    book.names.set(id, `n${call.network}`);
    return "ok";
  });
};

const decoder = new TextDecoder();

/** stdout and stderr each in order; how they are mixed is a matter of luck. */
const reading = (engine: EngineApi, id: string): Told =>
  engine.logs(id, { follow: false, timestamps: false }).pipe(
    Stream.runCollect,
    Effect.map((chunks) => ["stdout", "stderr"].map((stream) => `${stream} ${JSON.stringify(chunks.filter((chunk) => chunk.stream === stream).map(({ bytes }) => decoder.decode(bytes)).join(""))}`).join(" ")),
  );

const executing = ({ engine }: Side, id: string, call: Extract<Call, { _tag: "Exec" }>): Told => {
  const command = { argv: call.argv, environment: [], privileged: false };
  if (call.detached) return silent(engine.execDetached(id, command));
  return Effect.map(engine.exec(id, command, () => Effect.void), ({ exitCode, output }) => `${exitCode} ${JSON.stringify(output)}`);
};

const asking = (side: Side, call: Call): Told => {
  const { engine, place } = side;
  const id = "who" in call ? target(side, call.who) : "";
  switch (call._tag) {
    case "Create":
      return creating(side, call);
    case "Start":
      return silent(engine.startContainer(id));
    case "Stop":
      return silent(engine.stopContainer(id, call.timeout));
    case "Restart":
      return silent(engine.restartContainer(id, call.timeout));
    case "Kill":
      return silent(engine.killContainer(id, call.signal));
    case "Pause":
      return silent(engine.pauseContainer(id));
    case "Unpause":
      return silent(engine.unpauseContainer(id));
    case "Rename":
      return silent(engine.renameContainer(id, /^(c\d|other)$/.test(call.to) ? `${place.prefix}-${call.to}` : call.to));
    case "Remove":
      return silent(engine.removeContainer(id, { force: call.force, volumes: call.volumes }));
    case "Inspect":
      return Effect.map(engine.inspectContainer(id), details);
    case "Wait":
      return Effect.map(engine.waitContainer(id), String);
    case "Logs":
      return reading(engine, id);
    case "Inject":
      return silent(engine.injectFiles(id, [{ kind: "config", key: "a", target: "/injected", uid: "0", gid: "0", mode: 0o444 }], () => "text"));
    case "Exec":
      return executing(side, id, call);
    case "CreateNetwork":
      return networking(side, call);
    case "RemoveNetwork":
      return silent(engine.removeNetwork(networkName(place, call.network)));
    case "Connect":
      return silent(engine.connectNetwork(endpointOf(place, call.network, call.address), id));
    case "Disconnect":
      return silent(engine.disconnectNetwork(networkName(place, call.network), id));
    case "CreateVolume":
      return silent(engine.createVolume({ _tag: "CreateVolume", name: volumeName(place, call.volume), volume: { ...(call.driver === undefined ? {} : { driver: call.driver }), ...(call.label === undefined ? {} : { labels: { v: call.label } }) }, labels: labelsOf(place) }));
    case "RemoveVolume":
      return silent(engine.removeVolume(volumeName(place, call.volume)));
    case "List":
      return Effect.map(engine.listContainers({ labels: [`com.docker.compose.project=${place.prefix}`, call.label], all: call.all }), names);
  }
};

const refusal = (reason: EngineReason): string => `${reason._tag} ${JSON.stringify({ ...reason, _tag: undefined })}`;

/** What the engine says to a call: what it gives, or the reason of its refusal in its own words. */
export const perform = (side: Side, call: Call): Effect.Effect<string> =>
  asking(side, call).pipe(
    Effect.catch((error) => Effect.succeed(refusal(error.reason))),
    Effect.map((text) => abstracted(side.place, side.book, text)),
  );
