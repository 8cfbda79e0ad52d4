// Whether a container's hash is explained by its record: that nothing else differs than what the record tells.
import type { Json } from "../hash/canonicalJson.ts";
import { hashJson, serviceHashInput } from "../hash/serviceHash.ts";
import { hasReferences, resolveReferences } from "../desired/references.ts";
import type { Service } from "../model/Service.ts";
import { describeConfig } from "./record.ts";

type Plain = Readonly<Record<string, unknown>>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const toJson = (value: unknown): Json => {
  if (Array.isArray(value)) return value.map(toJson);
  if (isPlain(value)) return new Map(Object.entries(value).map(([key, item]) => [key, toJson(item)] as const));
  return value as Json;
};

/** What was hashed, from what was recorded: where both records agree, `now` has the text without digests and with ids. */
const restore = (recorded: unknown, wanted: unknown, now: Json | undefined): Json => {
  if (now !== undefined && JSON.stringify(recorded) === JSON.stringify(wanted)) return now;
  if (!isPlain(recorded)) return toJson(recorded);
  const before = isPlain(wanted) ? wanted : {};
  const text = now instanceof Map ? (now as ReadonlyMap<string, Json>) : undefined;
  return new Map(
    Object.entries(recorded).map(([key, value]) => [
      key,
      restore(value, Object.hasOwn(before, key) ? before[key] : undefined, text?.get(key)),
    ]),
  );
};

/**
 * References stand in the hash as ids and in the record as names, so that only the hash tells that they have moved. A
 * service without references has nothing that could.
 */
export const explainsHash = (
  hash: string,
  record: unknown,
  service: Service,
  idOf: (service: string) => string | undefined,
): boolean => {
  if (!hasReferences(service)) return true;
  const now = serviceHashInput(resolveReferences(service, idOf), { bind: "v2" });
  return hash === hashJson(restore(record, describeConfig(service), now));
};
