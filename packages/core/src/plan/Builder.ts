// Collects the steps of one plan. The only mutable thing while a plan is made.
import type { Address } from "./Address.ts";
import { anyOf } from "./guards.ts";
import type { ContainerRef, Operation, StepId, WaitCondition } from "./Operation.ts";
import type { Confirmation, Guard, Notice, Plan, Step } from "./Plan.ts";
import type { Reason } from "./Reason.ts";

type Ids = Iterable<StepId | undefined>;

/** A step before it has an id; needs may hold gaps and repetitions. */
export interface Draught {
  readonly address: Address;
  readonly operation: Operation;
  readonly reason: Reason;
  readonly needs?: Ids;
  readonly after?: Ids;
  readonly group?: string | undefined;
  readonly guard?: Guard | undefined;
}

export interface WaitRequest {
  readonly address: Address;
  readonly service: string;
  readonly condition: WaitCondition;
  readonly containers: ReadonlyArray<ContainerRef>;
  readonly required: boolean;
  readonly needs: Ids;
  /** The service that waits; absent for a replacement's own check. */
  readonly by?: string;
  readonly reason?: Reason;
  readonly guard?: Guard | undefined;
  readonly group?: string | undefined;
  readonly timeout?: number | undefined;
}

const sorted = (ids: Ids): ReadonlyArray<StepId> => {
  const set = new Set<StepId>();
  for (const id of ids) if (id !== undefined) set.add(id);
  return Array.from(set).sort((a, b) => a - b);
};

const refKey = (ref: ContainerRef): string => (ref._tag === "Existing" ? ref.id : `#${ref.step}`);

/** The same containers, each as the one of two lists that knows what stays in its place. */
const mostKnown = (
  some: ReadonlyArray<ContainerRef>,
  others: ReadonlyArray<ContainerRef>,
): ReadonlyArray<ContainerRef> =>
  some.map(
    (ref) =>
      others.find(
        (other) => refKey(other) === refKey(ref) && other._tag === "CreatedBy" && other.orElse !== undefined,
      ) ?? ref,
  );

export class Builder {
  readonly #steps: Array<Step> = [];
  readonly #waits = new Map<string, StepId>();
  readonly #waiters = new Map<StepId, Set<string>>();
  readonly #stops = new Map<string, StepId>();
  readonly #removals = new Map<string, StepId>();
  readonly #rewirings = new Map<string, Array<StepId>>();
  readonly #notices: Array<Notice> = [];
  readonly #confirmations: Array<Confirmation> = [];
  readonly #untouched: Array<Plan["untouched"][number]> = [];

  add(draught: Draught): StepId {
    const id = this.#steps.length + 1;
    const { address, operation, reason, group, guard } = draught;
    const needs = sorted(draught.needs ?? []);
    const after = sorted(draught.after ?? []).filter((step) => !needs.includes(step));
    this.#steps.push({
      id,
      address,
      operation,
      reason,
      needs,
      ...(after.length === 0 ? {} : { after }),
      ...(group === undefined ? {} : { group }),
      ...(guard === undefined ? {} : { guard }),
    });
    if (!isWayBack(guard)) this.#remember(operation, id);
    return id;
  }

  /** What later steps on the same container must know of. */
  #remember(operation: Operation, id: StepId): void {
    switch (operation._tag) {
      case "StopContainer":
        if (operation.container._tag === "Existing") this.#stops.set(operation.container.id, id);
        return;
      case "RemoveContainer":
        if (operation.container._tag === "Existing") this.#removals.set(operation.container.id, id);
        return;
      case "ConnectNetwork":
      case "DisconnectNetwork": {
        if (operation.container._tag !== "Existing") return;
        const key = operation.container.id;
        this.#rewirings.set(key, [...(this.#rewirings.get(key) ?? []), id]);
      }
    }
  }

  /** One wait for each set of containers and condition; whoever asks again shares it. */
  waitFor(request: WaitRequest): StepId {
    const { service, condition, containers, required, by, timeout } = request;
    const key = JSON.stringify([service, condition, required, timeout ?? null, containers.map(refKey).sort()]);
    const existing = this.#waits.get(key);
    if (existing !== undefined) {
      this.#widen(existing, request.guard, containers);
      if (by !== undefined) this.#join(existing, by);
      return existing;
    }
    const id = this.add({
      address: request.address,
      operation: {
        _tag: "WaitFor",
        containers,
        service,
        condition,
        required,
        ...(timeout === undefined ? {} : { timeout }),
      },
      reason: request.reason ?? { _tag: "NeededBy", by: by === undefined ? [] : [by] },
      needs: request.needs,
      group: request.group,
      guard: request.guard,
    });
    this.#waits.set(key, id);
    if (by !== undefined) this.#waiters.set(id, new Set([by]));
    return id;
  }

  /** The step that stops this container, if the plan has one. */
  stopOf(containerId: string): StepId | undefined {
    return this.#stops.get(containerId);
  }

  removalOf(containerId: string): StepId | undefined {
    return this.#removals.get(containerId);
  }

  /** Steps that move an existing container to another network: it is neither started nor ended before. */
  rewiringsOf(containerId: string): ReadonlyArray<StepId> {
    return this.#rewirings.get(containerId) ?? [];
  }

  notice(notice: Notice): void {
    this.#notices.push(notice);
  }

  confirm(confirmation: Confirmation): void {
    this.#confirmations.push(confirmation);
  }

  leave(address: Address, name: string, state: string): void {
    this.#untouched.push({ address, name, state });
  }

  get size(): number {
    return this.#steps.length;
  }

  plan(of: Pick<Plan, "project" | "intent">): Plan {
    return {
      ...of,
      steps: this.#steps.map((step) => this.#withWaiters(step)),
      notices: this.#notices,
      confirmations: this.#confirmations,
      untouched: this.#untouched,
    };
  }

  /**
   * A shared step runs when any of those who share it runs: then it may have to look at the containers that stay, which
   * those who come later know of.
   */
  #widen(id: StepId, guard: Guard | undefined, containers: ReadonlyArray<ContainerRef>): void {
    const shared = this.#steps[id - 1] as Step;
    const step =
      shared.operation._tag === "WaitFor"
        ? {
            ...shared,
            operation: { ...shared.operation, containers: mostKnown(shared.operation.containers, containers) },
          }
        : shared;
    this.#steps[id - 1] = step;
    if (step.guard === undefined) return;
    const { guard: narrow, ...rest } = step;
    const wide = guard === undefined ? undefined : anyOf([narrow, guard]);
    this.#steps[id - 1] = wide === undefined ? rest : { ...rest, guard: wide };
  }

  #join(id: StepId, by: string): void {
    const waiters = this.#waiters.get(id) ?? new Set();
    waiters.add(by);
    this.#waiters.set(id, waiters);
  }

  #withWaiters(step: Step): Step {
    const waiters = this.#waiters.get(step.id);
    if (waiters === undefined || step.reason._tag !== "NeededBy") return step;
    return { ...step, reason: { _tag: "NeededBy", by: Array.from(waiters).sort() } };
  }
}

const isWayBack = (guard: Guard | undefined): boolean => {
  switch (guard?._tag) {
    case undefined:
    case "ImageChanged":
    case "ImageUnchanged":
      return false;
    case "Failed":
      return true;
    case "AnyOf":
    case "AllOf":
      return guard.guards.some(isWayBack);
  }
};
