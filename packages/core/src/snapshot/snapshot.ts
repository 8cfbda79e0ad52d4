// What an engine held, in a file that may leave the machine: enough to plan against, without secrets.
import * as Result from "effect/Result";
import { maskSecrets, replaceInText, secretText } from "../explain/secrets.ts";
import { claimedDocument, parseDocument } from "../format/json.ts";
import { arrange, check } from "../format/shape.ts";
import type { StringMap } from "../model/Service.ts";
import type { Observed, ObservedContainer, ObservedMount } from "../observed/Observed.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { observedShape } from "./observedShape.ts";

export const snapshotFormat = "composure/snapshot";
export const snapshotVersion = 1;

const own = (container: ObservedContainer): ObservedContainer => ({
  ...container,
  command: replaceInText(container.command, () => secretText),
  labels: maskSecrets(container.labels),
});

/** docker compose's labels tell whose it is; its other labels, its command and its folders concern nobody here. */
const composeLabels = (labels: StringMap): StringMap =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith("com.docker.compose.")));

const withoutFolder = (mount: ObservedMount): ObservedMount =>
  mount.type === "bind" ? { ...mount, source: "" } : mount;

const foreign = (container: ObservedContainer): ObservedContainer => ({
  ...container,
  command: "",
  labels: composeLabels(container.labels),
  mounts: container.mounts.map(withoutFolder),
});

const withMaskedLabels = <A extends { readonly labels: StringMap }>(thing: A): A => ({
  ...thing,
  labels: maskSecrets(thing.labels),
});

/** Planning with it gives the same plan: what it decides by is kept, names and addresses included. */
export const redact = (observed: Observed): Observed => ({
  ...observed,
  containers: observed.containers.map(own),
  foreign: observed.foreign.map(foreign),
  networks: observed.networks.map(withMaskedLabels),
  volumes: observed.volumes.map(withMaskedLabels),
  images: observed.images.map(withMaskedLabels),
});

export const encodeSnapshot = (observed: Observed): string => {
  const document = {
    format: snapshotFormat,
    version: snapshotVersion,
    observed: arrange(observedShape.node, redact(observed)),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};

export const decodeSnapshot = (content: string): Result.Result<Observed, ReadonlyArray<Diagnostic>> =>
  Result.flatMap(parseDocument(content, "the snapshot"), (value) =>
    Result.flatMap(claimedDocument(value, snapshotFormat, snapshotVersion, "snapshot"), ({ observed }) => {
      const faults = check(observedShape.node, observed, ["observed"]);
      return faults.length > 0 ? Result.fail(faults) : Result.succeed(observed as Observed);
    }),
  );
