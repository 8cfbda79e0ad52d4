// What may go wrong in a simulation, in people's words: "web: unhealthy", "pull db: 429", "kill@7".
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import { nearest } from "@composure/core/source/problem";
import * as Result from "effect/Result";
import { type Form, pointAt, readForm, wordsOf } from "./forms.ts";
import type { Millis, PullFailure } from "./World.ts";

/** What happens while (or just after) one step of the plan is under way. */
export type StepTrouble =
  /** The client dies right after the step; what else it had sent may still arrive. */
  | { readonly _tag: "Kill" }
  /** Ctrl-C while the step is under way. */
  | { readonly _tag: "Interrupt" }
  /** The engine restarts, and with it every container whose policy says so. */
  | { readonly _tag: "EngineRestart" }
  /** The step happens, its answer is lost. */
  | { readonly _tag: "LostAnswer" }
  /** The engine says no. */
  | { readonly _tag: "Refused" }
  /** No answer comes until the client gives up; the step happens nevertheless. */
  | { readonly _tag: "Hang" }
  | { readonly _tag: "Slow"; readonly millis: Millis };

/** How a service's containers behave otherwise than assumed. */
export type ServiceTrouble =
  | { readonly _tag: "Unhealthy" }
  | { readonly _tag: "Exits"; readonly after: Millis; readonly code: number }
  | { readonly _tag: "CannotStart" }
  | { readonly _tag: "SlowStart"; readonly millis: Millis }
  /** From the stop signal to the end; null: never, it must be killed. */
  | { readonly _tag: "SlowStop"; readonly millis: Millis | null }
  /** Something else on the host holds its published ports. */
  | { readonly _tag: "PortTaken" }
  | { readonly _tag: "HookFails"; readonly code: number }
  /** One call about its containers goes wrong, once. */
  | { readonly _tag: "Call"; readonly method: "createContainer" | "startContainer" | "stopContainer" | "removeContainer" | "renameContainer"; readonly fault: "Refused" | "LostAnswer" | "Hang" };

export type TransferTrouble =
  | { readonly _tag: "RateLimit" }
  | { readonly _tag: "Registry"; readonly failure: PullFailure }
  | { readonly _tag: "Broken" }
  | { readonly _tag: "Hang" }
  | { readonly _tag: "Slow"; readonly millis: Millis };

/** One `--fault`. */
export type Trouble =
  | { readonly _tag: "AtStep"; readonly step: number; readonly trouble: StepTrouble }
  | { readonly _tag: "OfService"; readonly service: string; readonly trouble: ServiceTrouble }
  /** `of`: a service, an image, or null for all. */
  | { readonly _tag: "OfTransfer"; readonly kind: "pull" | "build"; readonly of: string | null; readonly trouble: TransferTrouble };

const stepForms: ReadonlyArray<Form<StepTrouble>> = [
  { form: "kill", about: "the client is killed right after step N", make: () => ({ _tag: "Kill" }) },
  { form: "crash", about: "the same as kill", make: () => ({ _tag: "Kill" }) },
  { form: "interrupt", about: "Ctrl-C while step N is under way", make: () => ({ _tag: "Interrupt" }) },
  { form: "engine restart", about: "the engine restarts during step N", make: () => ({ _tag: "EngineRestart" }) },
  { form: "lost answer", about: "step N happens, its answer is lost", make: () => ({ _tag: "LostAnswer" }) },
  { form: "refused", about: "the engine refuses step N", make: () => ({ _tag: "Refused" }) },
  { form: "hang", about: "step N gets no answer until the client gives up", make: () => ({ _tag: "Hang" }) },
  { form: "slow <duration>", about: "step N takes that much longer", make: ({ duration }) => ({ _tag: "Slow", millis: duration }) },
];

const exits = (form: string, about: string, fixed: Partial<{ readonly after: Millis; readonly code: number }>): Form<ServiceTrouble> => ({
  form,
  about,
  make: ({ duration, number }) => ({ _tag: "Exits", after: fixed.after ?? duration, code: fixed.code ?? number }),
});

const methods = { create: "createContainer", start: "startContainer", stop: "stopContainer", remove: "removeContainer", rename: "renameContainer" } as const;
const callFaults = [
  ["refused", "Refused", "the engine refuses the first such call"],
  ["lost", "LostAnswer", "the call happens, its answer is lost"],
  ["hangs", "Hang", "no answer comes until the client gives up"],
] as const;

const callForms = (Object.keys(methods) as ReadonlyArray<keyof typeof methods>).flatMap((verb) =>
  callFaults.map(([word, fault, about]): Form<ServiceTrouble> => ({ form: `${verb} ${word}`, about, make: () => ({ _tag: "Call", method: methods[verb], fault }) })),
);

const serviceForms: ReadonlyArray<Form<ServiceTrouble>> = [
  { form: "unhealthy", about: "its probes never succeed", make: () => ({ _tag: "Unhealthy" }) },
  exits("exits", "it ends with 1, one second after its start", { after: 1000, code: 1 }),
  exits("exits <number>", "it ends with that code after a second", { after: 1000 }),
  exits("exits after <duration>", "it ends with 1", { code: 1 }),
  exits("exits <number> after <duration>", "it ends with that code", {}),
  { form: "cannot start", about: "its command does not exist", make: () => ({ _tag: "CannotStart" }) },
  { form: "slow start <duration>", about: "it serves that long after its start", make: ({ duration }) => ({ _tag: "SlowStart", millis: duration }) },
  { form: "slow stop <duration>", about: "it takes that long to stop", make: ({ duration }) => ({ _tag: "SlowStop", millis: duration }) },
  { form: "ignores stop", about: "only a kill ends it", make: () => ({ _tag: "SlowStop", millis: null }) },
  { form: "port taken", about: "another program holds its host ports", make: () => ({ _tag: "PortTaken" }) },
  { form: "hook fails", about: "its hooks exit with 1", make: () => ({ _tag: "HookFails", code: 1 }) },
  { form: "hook fails <number>", about: "its hooks exit with that code", make: ({ number }) => ({ _tag: "HookFails", code: number }) },
  { form: "image missing", about: "the registry does not have its image", make: () => ({ _tag: "CannotStart" }) },
  ...callForms,
];

const registry = (form: string, failure: PullFailure, about: string): Form<TransferTrouble> => ({ form, about, make: () => ({ _tag: "Registry", failure }) });

const slowForms: ReadonlyArray<Form<TransferTrouble>> = [
  { form: "fails", about: "the engine has trouble of its own", make: () => ({ _tag: "Broken" }) },
  { form: "hangs", about: "no answer comes until the client gives up", make: () => ({ _tag: "Hang" }) },
  { form: "slow <duration>", about: "it takes that long", make: ({ duration }) => ({ _tag: "Slow", millis: duration }) },
];

const transferForms: Readonly<Record<"pull" | "build", ReadonlyArray<Form<TransferTrouble>>>> = {
  pull: [
    { form: "429", about: "the registry's rate limit is reached", make: () => ({ _tag: "RateLimit" }) },
    registry("missing", "missing", "the registry does not have the image"),
    registry("unauthorized", "unauthorized", "the registry wants a login"),
    registry("unreachable", "unreachable", "the registry cannot be reached"),
    ...slowForms,
  ],
  build: slowForms,
};

const stepHints: ReadonlyArray<string> = stepForms.map(({ form }) => (form.includes("<") ? "slow@N <duration>" : `${form}@N`));

/** Every form with what it means, for help and documentation. */
export const troubleForms: ReadonlyArray<{ readonly form: string; readonly about: string }> = [
  ...stepForms.map(({ about }, at) => ({ form: stepHints[at] ?? "", about })),
  ...serviceForms.map(({ form, about }) => ({ form: `SERVICE: ${form}`, about })),
  ...transferForms.pull.map(({ form, about }) => ({ form: `pull [SERVICE|IMAGE]: ${form}`, about })),
  ...transferForms.build.map(({ form, about }) => ({ form: `build [SERVICE]: ${form}`, about })),
];

const flag = "--fault";
const summary = "faults are EVENT@STEP (kill@7), SERVICE: WHAT (web: unhealthy) and pull|build [SERVICE|IMAGE]: WHAT (pull db: 429); composure simulate --help lists them";

export interface Known {
  readonly services: ReadonlyArray<string>;
  readonly images: ReadonlyArray<string>;
  /** Number of steps of the plan. */
  readonly steps: number;
  /** Those in which the engine is asked for nothing: waits. */
  readonly waits: ReadonlySet<number>;
}

const unknownName = (text: string, name: string, at: number, what: string, names: ReadonlyArray<string>): Diagnostic => {
  const close = nearest(name, names);
  return pointAt(flag, text, at, `no such ${what}: ${name}${close === undefined ? "" : `, did you mean ${close}?`}`, names.length === 0 ? summary : `there are: ${names.join(", ")}`);
};

/** Possible while a plan only waits. */
const overWaits: ReadonlySet<StepTrouble["_tag"]> = new Set(["Kill", "Interrupt", "EngineRestart"]);

const parseAtStep = (text: string, sign: number, known: Known): Result.Result<Trouble, Diagnostic> => {
  const [number, ...rest] = wordsOf(text.slice(sign + 1), sign + 1);
  if (number === undefined || !/^\d+$/.test(number.text)) return Result.fail(pointAt(flag, text, number?.at ?? sign + 1, "the number of a step must follow the @", "composure plan --format steps shows the numbers"));
  const step = Number(number.text);
  if (step < 1 || step > known.steps) {
    const range = known.steps === 0 ? "the plan has no steps" : `the plan has steps 1 to ${known.steps}`;
    return Result.fail(pointAt(flag, text, number.at, `there is no step ${step}: ${range}`, "composure plan --format steps shows them"));
  }
  const words = [...wordsOf(text.slice(0, sign).replaceAll("-", " ")), ...rest];
  const read = readForm(stepForms, words, { flag, text, end: sign, hint: `there are: ${stepHints.join(", ")}` });
  if (Result.isSuccess(read) && known.waits.has(step) && !overWaits.has(read.success._tag)) {
    return Result.fail(pointAt(flag, text, number.at, `step ${step} is a wait: the engine is asked for nothing that could be refused, lost or late`, "kill, interrupt and engine restart are possible"));
  }
  return Result.map(read, (trouble): Trouble => ({ _tag: "AtStep", step, trouble }));
};

const parseTransfer = (text: string, kind: "pull" | "build", of: { readonly text: string; readonly at: number } | undefined, colon: number, known: Known): Result.Result<Trouble, Diagnostic> => {
  const names = kind === "pull" ? [...known.services, ...known.images] : known.services;
  if (of !== undefined && !names.includes(of.text)) return Result.fail(unknownName(text, of.text, of.at, kind === "pull" ? "service or image" : "service", names));
  const read = readForm(transferForms[kind], wordsOf(text.slice(colon + 1), colon + 1), { flag, text, end: text.length });
  return Result.map(read, (trouble): Trouble => ({ _tag: "OfTransfer", kind, of: of?.text ?? null, trouble }));
};

/** The trouble, or where the text stops making sense. */
export const parseTrouble = (text: string, known: Known): Result.Result<Trouble, Diagnostic> => {
  const colon = text.lastIndexOf(":");
  const sign = text.indexOf("@");
  if (colon < 0 && sign >= 0) return parseAtStep(text, sign, known);
  if (colon < 0) return Result.fail(pointAt(flag, text, text.length, text.trim() === "" ? "a fault is missing" : `"${text.trim()}" is incomplete: ":" or "@" is missing`, summary));
  const [first, second, more] = wordsOf(text.slice(0, colon));
  if (first === undefined) return Result.fail(pointAt(flag, text, 0, "a service is missing before the colon", summary));
  const isTransfer = (first.text === "pull" || first.text === "build") && !(second === undefined && known.services.includes(first.text));
  const extra = isTransfer ? more : second;
  if (extra !== undefined) return Result.fail(pointAt(flag, text, extra.at, `"${extra.text}" is one word too many before the colon`, summary));
  if (isTransfer) return parseTransfer(text, first.text as "pull" | "build", second, colon, known);
  if (!known.services.includes(first.text)) return Result.fail(unknownName(text, first.text, first.at, "service", known.services));
  const service = first.text;
  const words = wordsOf(text.slice(colon + 1), colon + 1);
  if (words.map((word) => word.text).join(" ") === "image missing") return Result.succeed({ _tag: "OfTransfer", kind: "pull", of: service, trouble: { _tag: "Registry", failure: "missing" } });
  return Result.map(readForm(serviceForms, words, { flag, text, end: text.length }), (trouble): Trouble => ({ _tag: "OfService", service, trouble }));
};
