// Which fields differ between the configuration a container was made from and the wanted one.
import { byBytes } from "../hash/canonicalJson.ts";
import type { Service } from "../model/Service.ts";
import type { FieldChange } from "../plan/Reason.ts";
import { decodeRecord, describeConfig, hideDigests } from "./record.ts";

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | null => {
  if (value === undefined) return null;
  if (typeof value === "string") return hideDigests(value);
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return hideDigests(value.join(" "));
  return hideDigests(JSON.stringify(value));
};

const plainKey = /^[A-Za-z0-9_-]+$/;
const child = (path: string, key: string): string => {
  if (!plainKey.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

const compareObjects = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path: string,
): ReadonlyArray<FieldChange> => {
  const keys = Array.from(new Set([...Object.keys(before), ...Object.keys(after)])).sort(byBytes);
  return keys.flatMap((key) =>
    compare(
      Object.hasOwn(before, key) ? before[key] : undefined,
      Object.hasOwn(after, key) ? after[key] : undefined,
      child(path, key),
    ),
  );
};

/** Lists of one length are compared item by item, others as a whole: an insertion would otherwise look like many changes. */
const compare = (before: unknown, after: unknown, path: string): ReadonlyArray<FieldChange> => {
  if (isPlainObject(before) && isPlainObject(after)) return compareObjects(before, after, path);
  if (isPlainObject(before) && after === undefined && Object.keys(before).length > 0)
    return compareObjects(before, {}, path);
  if (before === undefined && isPlainObject(after) && Object.keys(after).length > 0)
    return compareObjects({}, after, path);
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && before.some(isPlainObject)) {
    return before.flatMap((item, index) => compare(item, after[index], `${path}[${index}]`));
  }
  return JSON.stringify(before) === JSON.stringify(after)
    ? []
    : [{ path, before: textOf(before), after: textOf(after) }];
};

/**
 * The changed fields, sorted by path, secrets shown as "(secret)". Empty when the container carries no record
 * (docker compose made it) or when nothing that is recorded differs.
 */
export const diffConfig = (label: string | undefined, wanted: Service): ReadonlyArray<FieldChange> => {
  const before = decodeRecord(label);
  if (!isPlainObject(before)) return [];
  const after = describeConfig(wanted);
  return isPlainObject(after) ? compareObjects(before, after, "") : [];
};
