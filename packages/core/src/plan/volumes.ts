// Volumes: what exists, what is made, and what may be destroyed because someone said so by name.
import type { Desired, DesiredVolume } from "../desired/Desired.ts";
import { labelOf, volumeLabels } from "../desired/labels.ts";
import { byBytes } from "../hash/canonicalJson.ts";
import type { Observed, ObservedContainer } from "../observed/Observed.ts";
import type { Policy } from "../policy/Policy.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import { volumeAddress } from "./Address.ts";
import type { Confirmation, Notice } from "./Plan.ts";

export type VolumeState =
  | { readonly _tag: "Present" }
  | { readonly _tag: "Absent" }
  /** It differs from the file, and its data may go. */
  | { readonly _tag: "Condemned" };

export interface VolumeStates {
  readonly states: ReadonlyMap<string, VolumeState>;
  readonly notices: ReadonlyArray<Notice>;
  readonly confirmations: ReadonlyArray<Confirmation>;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

interface Found {
  readonly state: VolumeState;
  readonly notices?: ReadonlyArray<Notice>;
  readonly confirmation?: Confirmation;
  readonly diagnostic?: Diagnostic;
}

export const mountsVolume =
  (name: string) =>
  (container: ObservedContainer): boolean =>
    container.mounts.some((mount) => mount.type === "volume" && mount.name === name);

const external = (volume: DesiredVolume, observed: Observed): Found => {
  if (observed.volumes.some(({ name }) => name === volume.name)) return { state: { _tag: "Present" } };
  const text = `volume ${volume.name} declared as external, but could not be found`;
  const hint = `create it with: docker volume create ${volume.name}`;
  return {
    state: { _tag: "Absent" },
    diagnostic: fault("volume-missing", text, { path: ["volumes", volume.key] }, hint),
  };
};

/** A volume with the same key but another name: the file's name changed. The data is not moved. */
const renamed = (volume: DesiredVolume, project: string, observed: Observed): ReadonlyArray<Notice> =>
  observed.volumes
    .filter(({ labels }) => labels[labelOf.project] === project && labels[labelOf.volume] === volume.key)
    .map(({ name }) => name)
    .sort(byBytes)
    .map((name) => ({ _tag: "Warning", message: `volume "${volume.name}" starts empty; the data stays in "${name}"` }));

const differing = (volume: DesiredVolume, policy: Policy): Found => {
  const address = volumeAddress(volume.key);
  if (policy.allowDestroy.includes(address)) return { state: { _tag: "Condemned" } };
  return {
    state: { _tag: "Present" },
    notices: [{ _tag: "VolumeKept", volume: volume.name }],
    confirmation: {
      address,
      question: `Volume "${volume.name}" differs from the file. Remove it with all its data and create it anew?`,
      destroys: true,
      flag: `--allow-destroy ${address}`,
    },
  };
};

const managed = (volume: DesiredVolume, project: string, observed: Observed, policy: Policy): Found => {
  const found = observed.volumes.find(({ name }) => name === volume.name);
  if (found === undefined) return { state: { _tag: "Absent" }, notices: renamed(volume, project, observed) };
  const owner = found.labels[labelOf.project];
  if (owner !== project)
    return {
      state: { _tag: "Present" },
      notices: [{ _tag: "UnlabelledVolume", volume: found.name, project: owner ?? null }],
    };
  const label = found.labels[labelOf.configHash] ?? "";
  return label === "" || label === volume.hash ? { state: { _tag: "Present" } } : differing(volume, policy);
};

export const volumeStates = (desired: Desired, observed: Observed, policy: Policy): VolumeStates => {
  const states = new Map<string, VolumeState>();
  const notices: Array<Notice> = [];
  const confirmations: Array<Confirmation> = [];
  const diagnostics: Array<Diagnostic> = [];
  for (const volume of desired.volumes) {
    const found = volume.external
      ? external(volume, observed)
      : managed(volume, desired.project.name, observed, policy);
    states.set(volume.key, found.state);
    notices.push(...(found.notices ?? []));
    if (found.confirmation !== undefined) confirmations.push(found.confirmation);
    if (found.diagnostic !== undefined) diagnostics.push(found.diagnostic);
  }
  return { states, notices, confirmations, diagnostics };
};

export const createVolume = (desired: Desired, volume: DesiredVolume) =>
  ({
    _tag: "CreateVolume",
    name: volume.name,
    volume: volume.volume,
    labels: volumeLabels(desired.project, volume),
  }) as const;
