// What must hold for every plan, as a list of violations. Tests expect it to be empty.
import { guardSteps } from "./guards.ts";
import type { ContainerRef, Operation, StepId } from "./Operation.ts";
import type { Guard, Plan, Step } from "./Plan.ts";

/** All containers an operation acts on. */
export const containersIn = (operation: Operation): ReadonlyArray<ContainerRef> => {
  switch (operation._tag) {
    case "WaitFor":
      return operation.containers;
    case "CreateContainer":
      return specRefs(operation.spec);
    case "RunHookContainer":
      return [operation.container, ...specRefs(operation.spec)];
    case "ConnectNetwork":
    case "DisconnectNetwork":
    case "InjectFiles":
    case "StartContainer":
    case "RestartContainer":
    case "StopContainer":
    case "KillContainer":
    case "PauseContainer":
    case "UnpauseContainer":
    case "UpdateContainer":
    case "RenameContainer":
    case "RemoveContainer":
    case "RunHook":
      return [operation.container];
    case "PullImage":
    case "BuildImage":
    case "PushImage":
    case "RemoveImage":
    case "CreateNetwork":
    case "RemoveNetwork":
    case "CreateVolume":
    case "RemoveVolume":
    case "RunProvider":
    case "PrepareModel":
      return [];
  }
};

const specRefs = (
  spec: Extract<Operation, { readonly _tag: "CreateContainer" }>["spec"],
): ReadonlyArray<ContainerRef> => [
  ...Object.values(spec.namespaces as Readonly<Record<string, ContainerRef>>),
  ...spec.volumesFrom.map(({ container }) => container),
];

const isWayBack = (step: Step): boolean => step.guard !== undefined && JSON.stringify(step.guard).includes('"Failed"');

const imageGuards = (guard: Guard | undefined, tag: "ImageChanged" | "ImageUnchanged"): ReadonlyArray<string> => {
  switch (guard?._tag) {
    case undefined:
    case "Failed":
      return [];
    case "ImageChanged":
    case "ImageUnchanged":
      return guard._tag === tag ? [`${guard.step} ${guard.from}`] : [];
    case "AnyOf":
    case "AllOf":
      return guard.guards.flatMap((each) => imageGuards(each, tag));
  }
};

/** One is for the case that an image changed, the other for the case that it did not. */
const excludeEachOther = (a: Step, b: Step): boolean => {
  const opposed = (x: Step, y: Step): boolean => {
    const unchanged = imageGuards(y.guard, "ImageUnchanged");
    return imageGuards(x.guard, "ImageChanged").some((each) => unchanged.includes(each));
  };
  return opposed(a, b) || opposed(b, a);
};

type Ancestors = ReadonlyMap<StepId, ReadonlySet<StepId>>;

/** Everything that surely has ended before a step: through needs, ends and guards. */
const ancestorsOf = (plan: Plan): Ancestors => {
  const all = new Map<StepId, Set<StepId>>();
  for (const step of plan.steps) {
    const own = new Set<StepId>();
    for (const before of [
      ...step.needs,
      ...(step.after ?? []),
      ...(step.guard === undefined ? [] : guardSteps(step.guard)),
    ]) {
      own.add(before);
      for (const further of all.get(before) ?? []) own.add(further);
    }
    all.set(step.id, own);
  }
  return all;
};

const isSortedUnique = (ids: ReadonlyArray<StepId>): boolean =>
  ids.every((id, index) => index === 0 || (ids[index - 1] as StepId) < id);

const checkOrder = (plan: Plan): ReadonlyArray<string> =>
  plan.steps.flatMap((step, index) => {
    const problems: Array<string> = [];
    const before = [...step.needs, ...(step.after ?? []), ...(step.guard === undefined ? [] : guardSteps(step.guard))];
    if (step.id !== index + 1) problems.push(`#${step.id} stands at place ${index + 1}`);
    if (before.some((id) => id >= step.id || id < 1)) problems.push(`#${step.id} waits for a later step`);
    if (!isSortedUnique(step.needs) || !isSortedUnique(step.after ?? []))
      problems.push(`#${step.id} has unsorted needs`);
    return problems;
  });

const checkRefs = (plan: Plan, ancestors: Ancestors): ReadonlyArray<string> =>
  plan.steps.flatMap((step) =>
    containersIn(step.operation).flatMap((ref) => {
      if (ref._tag === "Existing") return ref.id === "" ? [`#${step.id} acts on a container without id`] : [];
      const maker = plan.steps[ref.step - 1];
      if (maker?.operation._tag !== "CreateContainer")
        return [`#${step.id} takes #${ref.step} for the maker of a container`];
      return ancestors.get(step.id)?.has(ref.step) === true
        ? []
        : [`#${step.id} does not wait for its container, #${ref.step}`];
    }),
  );

/** Networks, volumes and images that the plan makes are waited for by the containers that use them. */
const checkResources = (plan: Plan, ancestors: Ancestors): ReadonlyArray<string> => {
  const makers = new Map<string, StepId>();
  for (const { id, operation, guard } of plan.steps) {
    if (guard !== undefined) continue;
    if (operation._tag === "CreateNetwork") makers.set(`network ${operation.name}`, id);
    if (operation._tag === "CreateVolume") makers.set(`volume ${operation.name}`, id);
    if (operation._tag === "PullImage" || operation._tag === "BuildImage") makers.set(`image ${operation.image}`, id);
  }
  return plan.steps.flatMap(({ id, operation }) => {
    if (operation._tag !== "CreateContainer") return [];
    const { endpoints, mounts, image } = operation.spec;
    const uses = [
      `image ${image}`,
      ...endpoints.map(({ network }) => `network ${network}`),
      ...mounts.flatMap((mount) =>
        mount._tag === "Volume" && mount.name !== undefined ? [`volume ${mount.name}`] : [],
      ),
    ];
    return uses.flatMap((use) => {
      const maker = makers.get(use);
      return maker === undefined || ancestors.get(id)?.has(maker) === true
        ? []
        : [`#${id} does not wait for ${use}, #${maker}`];
    });
  });
};

const refKey = (ref: ContainerRef): string => (ref._tag === "Existing" ? ref.id : `#${ref.step}`);

const startsAgain = ({ operation }: Step): boolean =>
  operation._tag === "StartContainer" ||
  operation._tag === "WaitFor" ||
  operation._tag === "RunHook" ||
  operation._tag === "RestartContainer";

/** A container that was removed, or stopped for good, is not used afterwards; nothing is ended twice. */
const checkEnds = (plan: Plan, ancestors: Ancestors): ReadonlyArray<string> => {
  const problems: Array<string> = [];
  const removed = new Map<string, Step>();
  const stopped = new Map<string, Step>();
  for (const step of plan.steps) {
    if (isWayBack(step)) continue;
    const { operation } = step;
    for (const ref of containersIn(operation)) {
      const key = refKey(ref);
      const removal = removed.get(key);
      if (removal !== undefined && operation._tag !== "CreateContainer" && !excludeEachOther(removal, step))
        problems.push(`#${step.id} uses ${ref.name}, which #${removal.id} removes`);
      const stop = stopped.get(key);
      if (
        stop !== undefined &&
        startsAgain(step) &&
        ancestors.get(step.id)?.has(stop.id) === true &&
        !excludeEachOther(stop, step)
      )
        problems.push(`#${step.id} needs ${ref.name}, which #${stop.id} stops`);
      if (operation._tag === "StopContainer") {
        if (stop !== undefined) problems.push(`#${step.id} stops ${ref.name} again, after #${stop.id}`);
        stopped.set(key, step);
      }
      if (operation._tag === "RemoveContainer") removed.set(key, step);
    }
  }
  return problems;
};

/** What acts on a container has ended before it is removed: the engine would refuse one of the two, by chance. */
const checkRaces = (plan: Plan, ancestors: Ancestors): ReadonlyArray<string> => {
  const users = new Map<string, Array<Step>>();
  return plan.steps.flatMap((step) => {
    if (isWayBack(step)) return [];
    const problems: Array<string> = [];
    for (const ref of containersIn(step.operation)) {
      const others = users.get(refKey(ref)) ?? [];
      if (step.operation._tag === "RemoveContainer") {
        for (const other of others) {
          if (ancestors.get(step.id)?.has(other.id) !== true && !excludeEachOther(other, step))
            problems.push(`#${step.id} removes ${ref.name} while #${other.id} may still use it`);
        }
      }
      others.push(step);
      users.set(refKey(ref), others);
    }
    return problems;
  });
};

/** Two containers are never made under one name, and a name is only taken once its holder is gone. */
const checkNames = (plan: Plan): ReadonlyArray<string> => {
  const made = new Map<string, StepId>();
  return plan.steps.flatMap(({ id, operation }) => {
    if (operation._tag !== "CreateContainer") return [];
    const other = made.get(operation.name);
    made.set(operation.name, id);
    return other === undefined ? [] : [`#${id} makes ${operation.name}, which #${other} makes too`];
  });
};

/** The old container of a replacement is stopped only when its successor exists. */
const checkSuccession = (plan: Plan, ancestors: Ancestors): ReadonlyArray<string> =>
  plan.steps.flatMap(({ id, operation, reason }) =>
    operation._tag === "StopContainer" && reason._tag === "ReplacedBy" && ancestors.get(id)?.has(reason.step) !== true
      ? [`#${id} stops ${operation.container.name} before its successor, #${reason.step}, exists`]
      : [],
  );

export const checkPlan = (plan: Plan): ReadonlyArray<string> => {
  const ancestors = ancestorsOf(plan);
  return [
    ...checkOrder(plan),
    ...checkRefs(plan, ancestors),
    ...checkResources(plan, ancestors),
    ...checkEnds(plan, ancestors),
    ...checkRaces(plan, ancestors),
    ...checkNames(plan),
    ...checkSuccession(plan, ancestors),
  ];
};
