// Troubles as faults of calls and of the client, tied to the steps of a plan.
import { labelOf } from "@composure/core/desired/labels";
import type { Plan, Step } from "@composure/core/plan/Plan";
import { type EngineReason, NotFound, Rejected, Unauthorized } from "@composure/engine/EngineError";
import type { CallLabel } from "./Driver.ts";
import { type Fault, type Faults, noFaults, restartEngine } from "./faults.ts";
import type { Kernel } from "./Kernel.ts";
import type { Mark } from "./Timeline.ts";
import type { StepTrouble, TransferTrouble, Trouble } from "./Trouble.ts";
import { findContainer, type World } from "./World.ts";

export interface Mishaps {
  readonly faults: Faults;
  /** To be called when a step starts, and when it has ended. */
  readonly started: (step: Step, kernel: Kernel) => void;
  readonly ended: (step: Step, kernel: Kernel) => void;
  /** The same, now that nothing more goes wrong. */
  readonly calm: Mishaps;
  readonly missed: () => ReadonlyArray<Trouble>;
}

/** The service that a call is about; undefined for networks, volumes and images. */
export const serviceOfCall = (world: World, plan: Plan): ((label: CallLabel) => string | undefined) => {
  const made = new Map(plan.steps.flatMap(({ operation }) => (operation._tag === "CreateContainer" ? [[operation.name, operation.spec.service.name] as const] : [])));
  return ({ subject }) => {
    for (const word of subject.split(" ")) {
      const service = findContainer(world, word)?.spec.labels[labelOf.service] ?? made.get(word);
      if (service !== undefined) return service;
    }
    return undefined;
  };
};

/** The services that use an image, by the image's reference as calls name it. */
export const usersOfImages = (plan: Plan): ReadonlyMap<string, ReadonlyArray<string>> =>
  new Map(
    plan.steps.flatMap(({ operation }) => {
      if (operation._tag === "PullImage") return [[operation.image, operation.services] as const];
      return operation._tag === "BuildImage" ? [[operation.image, [operation.service]] as const] : [];
    }),
  );

const reasonOf = (trouble: Extract<TransferTrouble, { readonly _tag: "RateLimit" | "Registry" | "Broken" }>, image: string): EngineReason => {
  switch (trouble._tag) {
    case "RateLimit":
      return new Rejected({ status: 429, detail: "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit" });
    case "Broken":
      return new Rejected({ status: 500, detail: "simulated failure of the engine" });
    case "Registry":
      switch (trouble.failure) {
        case "missing":
          return new NotFound({ what: `manifest for ${image} not found: manifest unknown: manifest unknown` });
        case "unauthorized":
          return new Unauthorized({ detail: `pull access denied for ${image}, repository does not exist or may require 'docker login'` });
        case "unreachable":
          return new Rejected({ status: 500, detail: 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host' });
      }
  }
};

const transferFault = (trouble: TransferTrouble, image: string): Fault => {
  switch (trouble._tag) {
    case "Slow":
      return { _tag: "Slow", millis: trouble.millis };
    case "Hang":
      return { _tag: "Hang" };
    case "RateLimit":
    case "Registry":
    case "Broken":
      return { _tag: "FailBefore", reason: reasonOf(trouble, image) };
  }
};

const refusal = (what: string): EngineReason => new Rejected({ status: 500, detail: `simulated refusal of ${what}` });

const callFault = (fault: "Refused" | "LostAnswer" | "Hang", label: CallLabel): Fault => {
  switch (fault) {
    case "Refused":
      return { _tag: "FailBefore", reason: refusal(`${label.method} ${label.subject}`) };
    case "LostAnswer":
      return { _tag: "FailAfter" };
    case "Hang":
      return { _tag: "Hang" };
  }
};

/** What a trouble of a step makes of the step's first call; the rest happens at the step's beginning or end. */
const stepFault = (trouble: StepTrouble, label: CallLabel): Fault | undefined => {
  switch (trouble._tag) {
    case "Kill":
    case "Interrupt":
    case "EngineRestart":
      return undefined;
    case "Slow":
      return { _tag: "Slow", millis: trouble.millis };
    case "LostAnswer":
    case "Refused":
    case "Hang":
      return callFault(trouble._tag, label);
  }
};

const calm: Mishaps = { faults: noFaults, started: () => undefined, ended: () => undefined, missed: () => [], get calm() { return calm; } };

/** The fault for a call: that of its step, else that of its service or image. */
const faultOfCall = (troubles: ReadonlyArray<Trouble>, hit: Set<Trouble>, where: { readonly step: number | undefined; readonly service: string | undefined; readonly users: ReadonlyArray<string> }, label: CallLabel): Fault | undefined => {
  for (const trouble of troubles) {
    switch (trouble._tag) {
      case "AtStep": {
        const fault = trouble.step === where.step ? stepFault(trouble.trouble, label) : undefined;
        if (fault === undefined) continue;
        hit.add(trouble);
        return fault;
      }
      case "OfService": {
        const { service, trouble: what } = trouble;
        if (what._tag !== "Call" || hit.has(trouble) || what.method !== label.method || service !== where.service) continue;
        hit.add(trouble);
        return callFault(what.fault, label);
      }
      case "OfTransfer": {
        if (label.method !== `${trouble.kind}Image` || (trouble.of !== null && trouble.of !== label.subject && !where.users.includes(trouble.of))) continue;
        hit.add(trouble);
        return transferFault(trouble.trouble, label.subject);
      }
    }
  }
  return undefined;
};

/** `mark` writes down what happened to the client or the engine. */
export const faultsOf = (world: World, plan: Plan, troubles: ReadonlyArray<Trouble>, mark: (what: Mark["what"]) => void): Mishaps => {
  const hit = new Set<Trouble>();
  const serviceOf = serviceOfCall(world, plan);
  const users = usersOfImages(plan);
  let started: number | undefined;
  const atStep = (step: Step, does: (what: StepTrouble) => boolean): void => {
    for (const trouble of troubles) if (trouble._tag === "AtStep" && trouble.step === step.id && does(trouble.trouble)) hit.add(trouble);
  };
  return {
    // A step's first call follows its event in the same breath: no other fiber comes in between.
    faults: (_, label) => {
      const step = label.changes ? started : undefined;
      if (label.changes) started = undefined;
      return faultOfCall(troubles, hit, { step, service: serviceOf(label), users: users.get(label.subject) ?? [] }, label);
    },
    started: (step, kernel) => {
      started = step.id;
      atStep(step, ({ _tag }) => {
        if (_tag === "Interrupt") kernel.interrupt();
        if (_tag === "EngineRestart") {
          mark("engine restart");
          kernel.disturb(restartEngine);
        }
        return _tag === "Interrupt" || _tag === "EngineRestart";
      });
    },
    ended: (step, kernel) => {
      if (started === step.id) started = undefined;
      atStep(step, ({ _tag }) => {
        if (_tag === "Kill") kernel.crash();
        return _tag === "Kill";
      });
    },
    calm,
    missed: () => troubles.filter((trouble) => !hit.has(trouble) && !(trouble._tag === "OfService" && trouble.trouble._tag !== "Call")),
  };
};
