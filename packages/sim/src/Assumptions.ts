// How long things take, and what a pull brings: what a simulation must assume because no engine tells it beforehand.
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import { nearest } from "@composure/core/source/problem";
import * as Result from "effect/Result";
import { type Form, listForms, pointAt, readForm, wordsOf } from "./forms.ts";
import { withTag } from "./images.ts";
import type { Millis } from "./World.ts";

/** Milliseconds each. */
export interface Durations {
  readonly pull: Millis;
  readonly build: Millis;
  readonly create: Millis;
  readonly start: Millis;
  readonly remove: Millis;
  /** Networks, volumes, renames and every other call. */
  readonly call: Millis;
  readonly hook: Millis;
  /** From the start of the process until probes succeed. */
  readonly ready: Millis;
  /** The same without a healthcheck, where nobody can tell: running counts as serving, unless somebody says otherwise. */
  readonly serves: Millis;
  /** From the stop signal to the end of the process; "never": it ignores the signal; "auto": as its command is known to. */
  readonly stop: Millis | "never" | "auto";
  /** How long a job runs: a service that others wait for to complete. */
  readonly job: Millis;
}

export interface Assumed extends Durations {
  /** It ends by itself after `job`, even if nobody waits for that. */
  readonly isJob: boolean | "auto";
  /** Whether a pull or build brings another image than the one that is there. */
  readonly image: "new" | "same";
}

/** One `--assume`. Without a target it holds for all. */
export interface Assumption {
  readonly target: string | null;
  readonly changes: Partial<Assumed> & { readonly rerun?: Millis };
}

export interface Assumptions {
  readonly of: (service: string, image?: string) => Assumed;
  /** After a crash or an interruption: when the next attempt begins. */
  readonly rerun: Millis;
}

/** Round guesses of the order that a small service on an idle engine takes; none of them is measured. */
export const usual: Assumed = {
  pull: 10_000,
  build: 20_000,
  create: 100,
  start: 300,
  remove: 50,
  call: 50,
  hook: 500,
  ready: 1000,
  serves: 0,
  stop: "auto",
  job: 2000,
  isJob: "auto",
  image: "new",
};
/** For "auto", unless the command is known to ignore the signal. */
export const usualStop: Millis = 300;
const usualRerun = 10_000;

const durations = ["pull", "build", "create", "start", "remove", "call", "hook"] as const;

export const assumptionForms: ReadonlyArray<Form<Assumption["changes"]>> = [
  { form: "ready <duration>", about: "from the start until it serves", make: ({ duration }) => ({ ready: duration, serves: duration }) },
  ...durations.map((key): Form<Assumption["changes"]> => ({ form: `${key} <duration>`, about: key, make: ({ duration }) => ({ [key]: duration }) })),
  { form: "stop <duration>", about: "from the stop signal to the end", make: ({ duration }) => ({ stop: duration }) },
  { form: "stop never", about: "it ignores the stop signal and is killed", make: () => ({ stop: "never" }) },
  { form: "job <duration>", about: "it ends by itself, with 0", make: ({ duration }) => ({ job: duration, isJob: true }) },
  { form: "no job", about: "it runs until it is stopped", make: () => ({ isJob: false }) },
  { form: "new image", about: "a pull or build brings another image", make: () => ({ image: "new" }) },
  { form: "same image", about: "a pull or build brings the image that is there", make: () => ({ image: "same" }) },
  { form: "rerun <duration>", about: "from a crash to the next attempt", make: ({ duration }) => ({ rerun: duration }) },
];

const flag = "--assume";

/** "db: ready 20s, stop 5s" or "pull 1m". `known`: services and images that may stand before the colon. */
export const parseAssumption = (text: string, known: ReadonlyArray<string>): Result.Result<Assumption, Diagnostic> => {
  const colon = text.lastIndexOf(":");
  const target = colon < 0 ? "" : text.slice(0, colon).trim();
  if (colon >= 0 && !known.includes(target)) {
    const close = nearest(target, known);
    const at = target === "" ? 0 : text.indexOf(target);
    return Result.fail(pointAt(flag, text, at, target === "" ? "a service or image is missing before the colon" : `no such service or image: ${target}${close === undefined ? "" : `, did you mean ${close}?`}`, `there are: ${known.join(", ")}`));
  }
  let changes: Assumption["changes"] = {};
  let at = colon + 1;
  for (const part of text.slice(colon + 1).split(",")) {
    const end = at + part.length;
    const read = readForm(assumptionForms, wordsOf(part, at), { flag, text, end });
    if (Result.isFailure(read)) return Result.fail(read.failure);
    changes = { ...changes, ...read.success };
    at = end + 1;
  }
  return Result.succeed({ target: colon < 0 ? null : target, changes });
};

/** Later ones win; those of a service win over those of its image, and these over what holds for all. */
export const assume = (all: ReadonlyArray<Assumption>): Assumptions => {
  const named = (name: string | null): Partial<Assumed> => Object.assign({}, ...all.filter(({ target }) => target === name).map(({ changes }) => changes));
  const general = { ...usual, ...named(null) };
  const rerun = all.findLast(({ changes }) => changes.rerun !== undefined)?.changes.rerun ?? usualRerun;
  return {
    of: (service, image) => ({ ...general, ...(image === undefined ? {} : { ...named(image), ...named(withTag(image)) }), ...named(service) }),
    rerun,
  };
};

export const assumptionList = listForms(assumptionForms);
