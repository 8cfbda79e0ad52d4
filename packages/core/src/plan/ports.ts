// Host ports: who holds which, who wants which, and who must let go before another can start.
import type { PortConfig, Service } from "../model/Service.ts";
import { isLive } from "../observed/match.ts";
import type { ObservedContainer, ObservedPort } from "../observed/Observed.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import type { Decision } from "./decide.ts";
import type { Draft } from "./Draft.ts";
import type { SlotPlan } from "./slots.ts";

export interface PortClaim {
  readonly port: number;
  readonly protocol: string;
  /** Absent: all addresses. */
  readonly ip?: string;
}

/** Without a network of its own a container publishes nothing: the engine discards its ports. */
export const publishedPorts = ({ ports = [], network_mode }: Service): ReadonlyArray<PortConfig> =>
  network_mode === undefined || network_mode === "bridge" || network_mode === "default" ? ports : [];

/** Fixed host ports only: ranges and ephemeral ports find a free one by themselves. */
export const portClaims = (ports: ReadonlyArray<PortConfig>): ReadonlyArray<PortClaim> =>
  ports.flatMap(({ published, protocol, host_ip }) =>
    published !== undefined && /^\d+$/.test(published) && Number(published) > 0
      ? [
          {
            port: Number(published),
            protocol: protocol ?? "tcp",
            ...(host_ip === undefined || host_ip === "" ? {} : { ip: host_ip }),
          },
        ]
      : [],
  );

type Family = "any" | "4" | "6";
const familyOf = (ip: string | undefined): Family =>
  ip === undefined || ip === "" ? "any" : ip.includes(":") ? "6" : "4";
const isWildcard = (ip: string | undefined): boolean =>
  ip === undefined || ip === "" || ip === "0.0.0.0" || ip === "::";

const sameAddress = (a: string | undefined, b: string | undefined): boolean => {
  const [x, y] = [familyOf(a), familyOf(b)];
  if (x !== "any" && y !== "any" && x !== y) return false;
  return isWildcard(a) || isWildcard(b) || a === b;
};

const conflicts = (claim: PortClaim, held: ObservedPort): boolean =>
  held.public === claim.port && held.protocol === claim.protocol && sameAddress(claim.ip, held.ip);

export type PortHolders = ReadonlyMap<number, ReadonlyArray<ObservedContainer>>;

export const portHolders = (draft: Draft): PortHolders => {
  const holders = new Map<number, Array<ObservedContainer>>();
  for (const container of [...draft.observed.containers, ...draft.observed.foreign]) {
    if (!isLive(container)) continue;
    for (const port of new Set(container.ports.flatMap((each) => each.public ?? []))) {
      const list = holders.get(port);
      if (list === undefined) holders.set(port, [container]);
      else list.push(container);
    }
  }
  return holders;
};

export interface Clash {
  readonly claim: PortClaim;
  readonly holder: ObservedContainer;
}

/** Those who hold a port that a container with these ports will want. */
export const portClashes = (ports: ReadonlyArray<PortConfig>, holders: PortHolders): ReadonlyArray<Clash> =>
  portClaims(ports).flatMap((claim) =>
    (holders.get(claim.port) ?? [])
      .filter((holder) => holder.ports.some((held) => conflicts(claim, held)))
      .map((holder) => ({ claim, holder })),
  );

/** The containers of the slot itself: a replacement waits for its own predecessor anyway. */
const ownIds = (slot: SlotPlan): ReadonlyArray<string> => {
  switch (slot._tag) {
    case "Fresh":
      return [];
    case "Stay":
      return [slot.container.id];
    case "Swap":
      return [slot.old.id];
    case "Resume":
      return [slot.old.id, slot.successor.id];
  }
};

/** Whether its container is going to be started by this plan. */
const isStarted = (slot: SlotPlan): boolean => {
  switch (slot._tag) {
    case "Fresh":
      return true;
    case "Stay":
      return slot.action._tag === "Start";
    case "Swap":
      return true;
    case "Resume":
      return !isLive(slot.successor);
  }
};

/** The holders, among others than itself, of ports that a slot's container is going to take. */
export const slotClashes = (decision: Decision, slot: SlotPlan, holders: PortHolders): ReadonlyArray<Clash> => {
  const ports = publishedPorts(decision.desired.service);
  if (ports.length === 0 || !isStarted(slot)) return [];
  const own = ownIds(slot);
  return portClashes(ports, holders).filter(({ holder }) => !own.includes(holder.id));
};

const hintFor = (holder: ObservedContainer, project: string, orphans: ReadonlySet<string>): string => {
  if (orphans.has(holder.id)) return "its service is not in the file any more: --remove-orphans removes it";
  if (holder.labels["com.docker.compose.project"] === project) return "give one of the two services another port";
  return `stop it (docker stop ${holder.name}), or publish another port`;
};

/** Ports that others hold and keep: found before anything is touched. */
export const portProblems = (
  draft: Draft,
  decisions: Iterable<Decision>,
  holders: PortHolders,
  going: ReadonlySet<string>,
): ReadonlyArray<Diagnostic> => {
  const problems: Array<Diagnostic> = [];
  const orphans = new Set(draft.matched.orphans.map(({ id }) => id));
  for (const decision of decisions) {
    const { desired } = decision;
    for (const slot of decision.slots) {
      for (const { claim, holder } of slotClashes(decision, slot, holders)) {
        if (going.has(holder.id)) continue;
        const owner = holder.labels["com.docker.compose.project"];
        const whose = owner === undefined || owner === draft.desired.project.name ? "" : ` of the project "${owner}"`;
        const text = `the host port ${claim.ip === undefined ? "" : `${claim.ip}:`}${claim.port}/${claim.protocol} of service "${desired.name}" is taken by container ${holder.name}${whose}`;
        const hint = hintFor(holder, draft.desired.project.name, orphans);
        problems.push(fault("port-taken", text, { path: ["services", desired.name, "ports"] }, hint));
      }
    }
  }
  return problems;
};

/** Ports that two containers of the same run want: the second one could never start. Jobs may take turns. */
export const portRivals = (decisions: Iterable<Decision>, jobs: ReadonlySet<string>): ReadonlyArray<Diagnostic> => {
  const problems: Array<Diagnostic> = [];
  const taken = new Map<number, Array<{ readonly claim: PortClaim; readonly service: string }>>();
  for (const { desired, slots, selected } of decisions) {
    const { name, service } = desired;
    if (!selected || slots.length === 0 || jobs.has(name)) continue;
    const path = ["services", name, "ports"];
    for (const claim of portClaims(publishedPorts(service))) {
      const others = taken.get(claim.port) ?? [];
      const rival = others.find((other) => claimsCollide(claim, other.claim));
      const port = `the host port ${claim.ip === undefined ? "" : `${claim.ip}:`}${claim.port}/${claim.protocol}`;
      if (rival !== undefined && rival.service !== name) {
        const text = `${port} is asked for by the services "${rival.service}" and "${name}"`;
        problems.push(fault("port-taken", text, { path }, "give one of the two services another port"));
      } else if (slots.length > 1) {
        const text = `${port} of service "${name}" cannot serve ${slots.length} containers`;
        problems.push(fault("port-taken", text, { path }, "publish a range of host ports, or leave the host port out"));
      }
      taken.set(claim.port, [...others, { claim, service: name }]);
    }
  }
  return problems;
};

const claimsCollide = (a: PortClaim, b: PortClaim): boolean => a.protocol === b.protocol && sameAddress(a.ip, b.ip);
