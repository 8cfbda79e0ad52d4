// `restart`: in dependency order, with the dependents that ask for it.
import type { DesiredService } from "../../desired/Desired.ts";
import { isLive, numberOf } from "../../observed/match.ts";
import type { ObservedContainer } from "../../observed/Observed.ts";
import type { Intent } from "../../policy/Intent.ts";
import { replicaAddress, serviceAddress } from "../Address.ts";
import { type Draft, existing, timeoutOf } from "../Draft.ts";
import { postStart, preStop, startAgain } from "../hooks.ts";
import type { StepId } from "../Operation.ts";
import type { Reason } from "../Reason.ts";
import { type Group, groupsOf, isNamed, withDependents } from "./selection.ts";

type Restart = Extract<Intent, { readonly _tag: "Restart" }>;

const canRestart = ({ state }: ObservedContainer): boolean => state !== "dead" && state !== "removing";

const dependencyNeeds = (
  draft: Draft,
  service: DesiredService,
  groups: ReadonlyMap<string, Group>,
  ups: ReadonlyMap<string, ReadonlyArray<StepId>>,
): ReadonlyArray<StepId> =>
  service.edges
    // A namespace is not there while its owner is between its stop and its start.
    .filter(({ restart, required, kind }) => (restart && required) || kind === "namespace")
    .flatMap(({ service: target, condition }) => {
      const restarted = ups.get(target) ?? [];
      const group = groups.get(target);
      if (condition !== "service_healthy" || restarted.length === 0 || group === undefined) return restarted;
      const containers = group.containers.filter(canRestart).map(existing);
      return [
        draft.builder.waitFor({
          address: serviceAddress(target),
          service: target,
          condition: "healthy",
          containers,
          required: true,
          needs: restarted,
          by: service.name,
        }),
      ];
    });

const restartContainer = (
  draft: Draft,
  desired: DesiredService | undefined,
  name: string,
  container: ObservedContainer,
  reason: Reason,
  needs: ReadonlyArray<StepId>,
): StepId => {
  const { builder } = draft;
  const ref = existing(container);
  const context = { address: replicaAddress(name, numberOf(container)), reason };
  const hooks = preStop(builder, desired, container, { ...context, needs });
  const files = desired?.files ?? [];
  const ready =
    files.length === 0
      ? undefined
      : builder.add({ ...context, operation: { _tag: "InjectFiles", container: ref, files } });
  const restart = builder.add({
    ...context,
    operation: { _tag: "RestartContainer", container: ref, ...timeoutOf(draft, desired, container) },
    needs: [...(hooks.length === 0 ? needs : hooks.slice(-1)), ready],
  });
  if (isLive(container)) startAgain(builder, ref, restart, context);
  const posts = desired === undefined ? [] : postStart(builder, desired, ref, { ...context, needs: [restart] });
  return posts.at(-1) ?? restart;
};

export const planRestart = (draft: Draft, intent: Restart): void => {
  const named = new Set(intent.services);
  const meant =
    intent.withDependents && named.size > 0 ? withDependents(draft, intent.services, ({ restart }) => restart) : named;
  const groups = groupsOf(draft, (service) => isNamed(draft, service) || meant.has(service));
  const byName = new Map(groups.map((group) => [group.name, group]));
  const ups = new Map<string, ReadonlyArray<StepId>>();
  for (const { name, desired, containers } of groups) {
    const needs = desired === undefined ? [] : dependencyNeeds(draft, desired, byName, ups);
    const by = desired?.edges.find(({ restart, service }) => restart && byName.has(service))?.service;
    const reason: Reason =
      named.size === 0 || named.has(name) || by === undefined
        ? { _tag: "Requested", intent: "restart" }
        : { _tag: "Requested", intent: `restart of ${by}` };
    ups.set(
      name,
      containers
        .filter(canRestart)
        .map((container) => restartContainer(draft, desired, name, container, reason, needs)),
    );
  }
  if (draft.builder.size === 0) draft.builder.notice({ _tag: "NothingToDo", what: "no container to restart" });
};
