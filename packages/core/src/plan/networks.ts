// Networks: what exists, what is made, and how a network is replaced under running containers.
import type { Desired, DesiredNetwork } from "../desired/Desired.ts";
import { labelOf, networkLabels } from "../desired/labels.ts";
import { byBytes } from "../hash/canonicalJson.ts";
import { networkHash } from "../hash/networkHash.ts";
import { isOneOff, numberOf, serviceOf } from "../observed/match.ts";
import type { Observed, ObservedContainer, ObservedNetwork } from "../observed/Observed.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import { type Address, containerAddress, networkAddress, replicaAddress } from "./Address.ts";
import type { Builder } from "./Builder.ts";
import { anyFailed } from "./guards.ts";
import type { EndpointSpec, StepId } from "./Operation.ts";
import type { Notice } from "./Plan.ts";
import type { Reason } from "./Reason.ts";
import { subnetClash } from "./subnets.ts";

export type NetworkState =
  /** It is as wanted, or left as it is. `twins` are unused networks of ours with the same name, which makes the name ambiguous. */
  | { readonly _tag: "Present"; readonly id: string; readonly twins?: ReadonlyArray<ObservedNetwork> }
  | { readonly _tag: "Absent" }
  /** It must be made anew. */
  | { readonly _tag: "Changed"; readonly old: ObservedNetwork }
  /** The file gives it another name; `shared`: others use the old one, which then stays. */
  | { readonly _tag: "Renamed"; readonly old: ObservedNetwork; readonly shared: boolean };

export interface NetworkStates {
  readonly states: ReadonlyMap<string, NetworkState>;
  readonly notices: ReadonlyArray<Notice>;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

const isOurs =
  (project: string, key: string) =>
  (network: ObservedNetwork): boolean =>
    network.labels[labelOf.project] === project && network.labels[labelOf.network] === key;

export const isAttachedTo =
  (network: Pick<ObservedNetwork, "id" | "name">) =>
  (container: ObservedContainer): boolean =>
    container.endpoints.some(
      ({ networkId, network: name }) => networkId === network.id || (networkId === "" && name === network.name),
    );

const externalState = (desired: DesiredNetwork, observed: Observed): NetworkState | Diagnostic => {
  const named = observed.networks.filter(({ name }) => name === desired.name);
  const found = named.length > 0 ? named : observed.networks.filter(({ id }) => id === desired.name);
  const path = ["networks", desired.key];
  if (found[0] === undefined) {
    const text = `network ${desired.name} declared as external, but could not be found`;
    return fault("network-missing", text, { path }, `create it with: docker network create ${desired.name}`);
  }
  if (found.length > 1) {
    return fault(
      "network-ambiguous",
      `${found.length} networks are called "${desired.name}"`,
      { path },
      "give the network's id as its name",
    );
  }
  return { _tag: "Present", id: found[0].id };
};

const sameHash = (desired: DesiredNetwork, label: string): boolean =>
  label === desired.hash || label === networkHash(desired.network, { ipam: "v5" });

const isUsed = (observed: Observed, { id }: ObservedNetwork): boolean =>
  [...observed.containers, ...observed.foreign].some(({ endpoints }) =>
    endpoints.some(({ networkId }) => networkId === id),
  );

/** Engines before API 1.44 let two runs at once make a network twice. From then on its name is ambiguous, and nothing on it can start. */
const twinsOf = (
  chosen: ObservedNetwork,
  ours: ReadonlyArray<ObservedNetwork>,
  observed: Observed,
): ReadonlyArray<ObservedNetwork> =>
  ours.filter((network) => network.id !== chosen.id && network.name === chosen.name && !isUsed(observed, network));

const manyNetworks = (
  desired: DesiredNetwork,
  chosen: ObservedNetwork,
  left: ReadonlyArray<ObservedNetwork>,
): ReadonlyArray<Notice> => {
  const others = left.filter(({ id }) => id !== chosen.id).map(({ name }) => name);
  if (others.length === 0) return [];
  const message = `several networks stand for "${desired.key}": ${chosen.name} is used, ${others.sort(byBytes).join(", ")} left alone`;
  return [{ _tag: "Warning", message }];
};

/** One network of the file. Exact names win over labels; a network without our label is used as it is. */
const managedState = (
  desired: DesiredNetwork,
  project: string,
  observed: Observed,
): { readonly state: NetworkState; readonly notices: ReadonlyArray<Notice> } => {
  const ours = observed.networks
    .filter(isOurs(project, desired.key))
    .sort((a, b) => byBytes(a.name, b.name) || byBytes(a.id, b.id));
  const named = ours.filter(({ name }) => name === desired.name);
  const exact = named.find((network) => isUsed(observed, network)) ?? named[0];
  const stranger = observed.networks.find(({ name }) => name === desired.name);
  if (exact === undefined && stranger !== undefined) {
    return {
      state: { _tag: "Present", id: stranger.id },
      notices: [{ _tag: "UnlabelledNetwork", network: stranger.name }],
    };
  }
  const chosen = exact ?? ours[0];
  if (chosen === undefined) return { state: { _tag: "Absent" }, notices: [] };
  const label = chosen.labels[labelOf.configHash] ?? "";
  if (chosen.name === desired.name && (label === "" || sameHash(desired, label))) {
    const twins = twinsOf(chosen, ours, observed);
    const left = manyNetworks(
      desired,
      chosen,
      ours.filter((network) => !twins.includes(network)),
    );
    return {
      state: { _tag: "Present", id: chosen.id, ...(twins.length === 0 ? {} : { twins }) },
      notices: left,
    };
  }
  const notices = manyNetworks(desired, chosen, ours);
  const holders = observed.foreign
    .filter(isAttachedTo(chosen))
    .map(({ name }) => name)
    .sort(byBytes);
  if (chosen.name !== desired.name)
    return { state: { _tag: "Renamed", old: chosen, shared: holders.length > 0 }, notices };
  if (holders.length === 0) return { state: { _tag: "Changed", old: chosen }, notices };
  const message = `network "${chosen.name}" differs from the file but is kept: ${holders.join(", ")} of other projects use it`;
  return { state: { _tag: "Present", id: chosen.id }, notices: [...notices, { _tag: "Warning", message }] };
};

export const networkStates = (desired: Desired, observed: Observed): NetworkStates => {
  const states = new Map<string, NetworkState>();
  const notices: Array<Notice> = [];
  const diagnostics: Array<Diagnostic> = [];
  for (const network of desired.networks) {
    if (network.external) {
      const state = externalState(network, observed);
      if ("_tag" in state) states.set(network.key, state);
      else diagnostics.push(state);
      continue;
    }
    const { state, notices: found } = managedState(network, desired.project.name, observed);
    states.set(network.key, state);
    notices.push(...found);
    const old = state._tag === "Changed" ? state.old.id : "";
    const others = observed.networks.filter(({ id }) => id !== old);
    const clash = state._tag === "Present" ? undefined : subnetClash(network, others);
    if (clash !== undefined) diagnostics.push(clash);
  }
  return { states, notices, diagnostics };
};

/** How a container comes back to a network that was made anew; undefined when it is about to go anyway. */
export type Rejoin = (container: ObservedContainer, network: DesiredNetwork) => EndpointSpec | undefined;

/** Puts in the steps of all networks; gives the step after which each network that is made can be used. */
export const addNetworks = (
  builder: Builder,
  desired: Desired,
  observed: Observed,
  states: ReadonlyMap<string, NetworkState>,
  rejoin: Rejoin,
): ReadonlyMap<string, StepId> => {
  const made = new Map<string, StepId>();
  for (const network of desired.networks) {
    const state = states.get(network.key);
    switch (state?._tag) {
      case undefined:
        break;
      case "Present":
        // One step is enough to wait for: each needs the one before it.
        for (const twin of state.twins ?? [])
          made.set(network.name, removeTwin(builder, network, twin, made.get(network.name)));
        break;
      case "Absent":
        made.set(network.name, createNetwork(builder, desired, network, []));
        break;
      case "Changed":
        made.set(network.name, replaceNetwork(builder, desired, network, state.old, observed, rejoin));
        break;
      case "Renamed":
        made.set(network.name, renameNetwork(builder, desired, network, state, observed, rejoin));
        break;
    }
  }
  return made;
};

interface Rewiring {
  readonly address: Address;
  readonly reason: Reason;
}

const rewiringOf = (network: DesiredNetwork): Rewiring => ({
  address: networkAddress(network.key),
  reason: { _tag: "NetworkChanged", network: network.key },
});

/** The network itself is one thing to people; the containers that move are their own. */
const groupOf = (network: DesiredNetwork): string => `recreate:network:${network.key}`;

const createNetwork = (
  builder: Builder,
  desired: Desired,
  network: DesiredNetwork,
  needs: ReadonlyArray<StepId>,
  rewiring?: Rewiring,
): StepId =>
  builder.add({
    address: networkAddress(network.key),
    reason: { _tag: "Missing" },
    ...rewiring,
    group: rewiring === undefined ? undefined : groupOf(network),
    operation: {
      _tag: "CreateNetwork",
      name: network.name,
      network: network.network,
      labels: networkLabels(desired.project, network),
    },
    needs,
  });

const removeNetwork = (
  builder: Builder,
  network: DesiredNetwork,
  old: ObservedNetwork,
  needs: ReadonlyArray<StepId>,
): StepId =>
  builder.add({
    ...rewiringOf(network),
    group: groupOf(network),
    operation: { _tag: "RemoveNetwork", id: old.id, name: old.name },
    needs,
  });

const removeTwin = (
  builder: Builder,
  network: DesiredNetwork,
  twin: ObservedNetwork,
  before: StepId | undefined,
): StepId =>
  builder.add({
    address: networkAddress(network.key),
    reason: { _tag: "Leftover", of: network.name },
    operation: { _tag: "RemoveNetwork", id: twin.id, name: twin.name },
    needs: before === undefined ? [] : [before],
  });

const addressOf = (container: ObservedContainer): Address =>
  numberOf(container) > 0 && !isOneOff(container)
    ? replicaAddress(serviceOf(container), numberOf(container))
    : containerAddress(container.name);

const attachedTo = (old: ObservedNetwork, observed: Observed): ReadonlyArray<ObservedContainer> =>
  observed.containers.filter(isAttachedTo(old)).sort((a, b) => byBytes(a.name, b.name));

/** Disconnect everyone, remove, create, connect everyone again with complete endpoints. Nobody is stopped for it. */
const replaceNetwork = (
  builder: Builder,
  desired: Desired,
  network: DesiredNetwork,
  old: ObservedNetwork,
  observed: Observed,
  rejoin: Rejoin,
): StepId => {
  const rewiring = rewiringOf(network);
  const leaving = attachedTo(old, observed).map((container) => {
    const ref = { _tag: "Existing", id: container.id, name: container.name } as const;
    const address = addressOf(container);
    const step = builder.add({
      ...rewiring,
      address,
      operation: { _tag: "DisconnectNetwork", network: old.name, container: ref },
    });
    return {
      ref,
      step,
      address,
      endpoint: rejoin(container, network),
      isUp: container.state === "running" || container.state === "paused",
    };
  });
  const remove = removeNetwork(
    builder,
    network,
    old,
    leaving.map(({ step }) => step),
  );
  const create = createNetwork(builder, desired, network, [remove], rewiring);
  for (const { ref, step, address, endpoint } of leaving) {
    if (endpoint === undefined) continue;
    builder.add({
      ...rewiring,
      address,
      operation: { _tag: "ConnectNetwork", endpoint, container: ref },
      needs: [create, step],
    });
  }
  restoreNetwork(
    builder,
    network,
    old,
    { remove, create },
    leaving.filter(({ isUp }) => isUp),
  );
  return create;
};

/** Two names can exist side by side: everyone joins the new network before leaving the old one. */
const renameNetwork = (
  builder: Builder,
  desired: Desired,
  network: DesiredNetwork,
  { old, shared }: Extract<NetworkState, { readonly _tag: "Renamed" }>,
  observed: Observed,
  rejoin: Rejoin,
): StepId => {
  const rewiring = rewiringOf(network);
  const create = createNetwork(builder, desired, network, [], rewiring);
  const left = attachedTo(old, observed).map((container) => {
    const ref = { _tag: "Existing", id: container.id, name: container.name } as const;
    const address = addressOf(container);
    const endpoint = rejoin(container, network);
    const joined =
      endpoint === undefined
        ? create
        : builder.add({
            ...rewiring,
            address,
            operation: { _tag: "ConnectNetwork", endpoint, container: ref },
            needs: [create],
          });
    return builder.add({
      ...rewiring,
      address,
      operation: { _tag: "DisconnectNetwork", network: old.name, container: ref },
      needs: [joined],
    });
  });
  if (!shared) removeNetwork(builder, network, old, left);
  return create;
};

interface Leaver {
  readonly ref: { readonly _tag: "Existing"; readonly id: string; readonly name: string };
  readonly step: StepId;
  readonly address: Address;
  readonly endpoint: EndpointSpec | undefined;
}

/** The way back: running containers get a network again, as close to the old one as is known. The next run tries again. */
const restoreNetwork = (
  builder: Builder,
  network: DesiredNetwork,
  old: ObservedNetwork,
  { remove, create }: { readonly remove: StepId; readonly create: StepId },
  leavers: ReadonlyArray<Leaver>,
): void => {
  if (leavers.every(({ endpoint }) => endpoint === undefined)) return;
  const context = { ...rewiringOf(network), reason: { _tag: "Restores", step: create } as const };
  const restore = builder.add({
    ...context,
    group: groupOf(network),
    operation: {
      _tag: "CreateNetwork",
      name: old.name,
      network: {
        name: old.name,
        driver: old.driver,
        ...(old.subnets.length === 0 ? {} : { ipam: { config: old.subnets.map((subnet) => ({ subnet })) } }),
      },
      labels: { ...old.labels, [labelOf.configHash]: "restored" },
    },
    needs: [remove],
    guard: { _tag: "Failed", step: create },
  });
  const guard = anyFailed([remove, create]);
  for (const { ref, step, address, endpoint } of leavers) {
    if (endpoint === undefined) continue;
    const back = { ...endpoint, network: old.name, settings: null };
    builder.add({
      ...context,
      address,
      operation: { _tag: "ConnectNetwork", endpoint: back, container: ref },
      needs: [step],
      after: [restore],
      guard,
    });
  }
};
