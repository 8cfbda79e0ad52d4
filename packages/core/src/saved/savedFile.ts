// Saved plans as text: `plan --out`, `show`, `apply`.
import * as Result from "effect/Result";
import { planDocument, claimedDocument, parseDocument, readPlan } from "../format/json.ts";
import { planShape, addressShape } from "../format/planShape.ts";
import {
  arrange,
  check,
  list,
  nullable,
  number,
  optional,
  type Shape,
  struct,
  text,
  variant,
  words,
} from "../format/shape.ts";
import type { Plan } from "../plan/Plan.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import { referContents, referSecrets, type SecretSource, withoutSecrets } from "./references.ts";
import type { ContentReference, Precondition, SavedMeta, SavedPlan, SecretReference } from "./Saved.ts";

export const savedFormat = "composure/saved-plan";
export const savedVersion = 1;

const precondition: Shape<Precondition> = variant<Precondition>({
  Container: { address: addressShape, id: text, name: text, configHash: nullable(text), imageId: text, state: text },
  Network: { address: addressShape, id: text, name: text, configHash: nullable(text) },
  Volume: { address: addressShape, name: text, configHash: nullable(text) },
  Image: { address: addressShape, reference: text, id: text },
  Free: {
    address: addressShape,
    kind: words<"container" | "network" | "volume">({ container: true, network: true, volume: true }),
    name: text,
  },
  OnlyContainers: { project: text, ids: list(text) },
});

const meta = struct<SavedMeta>({
  createdAt: number,
  createdBy: optional(text),
  version: text,
  target: text,
  salt: text,
});

type Rest = Omit<SavedPlan, "plan" | "secrets">;
const rest = struct<Rest>({
  meta,
  preconditions: list(precondition),
  contents: list(
    struct<ContentReference>({
      kind: words<"config" | "secret">({ config: true, secret: true }),
      key: text,
      digest: text,
    }),
  ),
});

/** `source` must be the project that the plan was made from. No secret value gets into the text. */
export const encodeSaved = (
  plan: Plan,
  preconditions: ReadonlyArray<Precondition>,
  saving: SavedMeta,
  source: SecretSource,
): Result.Result<string, ReadonlyArray<Diagnostic>> => {
  const arranged = arrange(planShape.node, plan) as Plan;
  return Result.map(referSecrets(arranged, source, saving.salt), (secrets) => {
    const known = { meta: saving, preconditions, contents: referContents(arranged, source, saving.salt) };
    const document = {
      format: savedFormat,
      version: savedVersion,
      ...(arrange(rest.node, known) as Rest),
      secrets,
      plan: planDocument(withoutSecrets(arranged)),
    };
    return `${JSON.stringify(document, null, 2)}\n`;
  });
};

const isPath = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((step) => typeof step === "string" || (typeof step === "number" && Number.isInteger(step) && step >= 0));

const isReference = (value: unknown): value is SecretReference => {
  const reference = value as Partial<SecretReference> | null;
  return (
    typeof reference === "object" &&
    reference !== null &&
    isPath(reference.at) &&
    isPath(reference.path) &&
    typeof reference.digest === "string"
  );
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const readSaved = (
  document: Readonly<Record<string, unknown>>,
): Result.Result<SavedPlan, ReadonlyArray<Diagnostic>> => {
  const known = { meta: document["meta"], preconditions: document["preconditions"], contents: document["contents"] };
  const secrets: unknown = document["secrets"];
  const faults = [
    ...check(rest.node, known),
    ...(Array.isArray(secrets) && secrets.every(isReference)
      ? []
      : [fault("invalid-document", "secrets: expected references", {})]),
    ...(isRecord(document["plan"]) ? [] : [fault("invalid-document", "plan: expected an object", {})]),
  ];
  if (faults.length > 0) return Result.fail(faults);
  return Result.map(readPlan(document["plan"] as Readonly<Record<string, unknown>>), (plan) => ({
    ...(known as Rest),
    plan,
    secrets: secrets as ReadonlyArray<SecretReference>,
  }));
};

export const decodeSaved = (content: string): Result.Result<SavedPlan, ReadonlyArray<Diagnostic>> =>
  Result.flatMap(parseDocument(content, "the saved plan"), (value) =>
    Result.flatMap(claimedDocument(value, savedFormat, savedVersion, "saved plan"), readSaved),
  );
