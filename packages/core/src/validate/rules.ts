// Rules between attributes of one resource that the schema cannot say (L14). Unused resources are checked as well.
import type { Diagnostic } from "../source/Diagnostic.ts";
import { pathRules } from "../source/paths.ts";
import { placeOf, fault } from "../source/problem.ts";
import { named, type Reading } from "../source/reading.ts";
import { type Rewrite, rewrite } from "../source/rewrite.ts";
import { get, type Tree } from "../source/Tree.ts";
import { isIpAddress } from "./ip.ts";

type Check = (reading: Reading) => void;

const has = (tree: Tree, key: string): boolean => get(tree, key) !== undefined;

const report = (reading: Reading, code: string, message: string, key: string | undefined, hint?: string): void => {
  const place = key === undefined ? undefined : placeOf(reading.tree, [key]).span;
  const path = key === undefined ? reading.path : [...reading.path, key];
  reading.problems.add(fault(code, message, { path, span: place ?? reading.tree.span }, hint));
};

/** An external volume is made by others, so nothing but its name may be said about it. */
const externalVolume: Check = (reading) => {
  const { tree } = reading;
  const external = get(tree, "external");
  if (tree._tag !== "Map" || external?._tag !== "Scalar" || external.value !== true) return;
  for (const key of tree.entries.keys()) {
    if (key === "name" || key === "external" || key.startsWith("x-")) continue;
    report(
      reading,
      "external-conflict",
      `the external volume "${named(reading)}" cannot have "${key}"`,
      key,
      `remove "${key}" or "external"`,
    );
  }
};

const oneSource =
  (keys: ReadonlyArray<string>): Check =>
  (reading) => {
    const { tree } = reading;
    if (tree._tag !== "Map") return;
    const written = keys.filter((key) => has(tree, key));
    const choice = `${keys.slice(0, -1).join(", ")} or ${keys.at(-1)}`;
    if (written.length > 1) {
      report(
        reading,
        "source-conflict",
        `${written.join(" and ")} of "${named(reading)}" are mutually exclusive`,
        written[1],
        `keep one of ${choice}`,
      );
    }
    if (written.length === 0 && !has(tree, "driver") && !has(tree, "external")) {
      report(reading, "source-missing", `"${named(reading)}" has no source: one of ${choice} must be set`, undefined);
    }
  };

const hostIp: Check = (reading) => {
  const ip = get(reading.tree, "host_ip");
  if (ip?._tag !== "Scalar" || typeof ip.value !== "string" || isIpAddress(ip.value)) return;
  report(reading, "invalid-value", `"${ip.value}" is not an IP address`, "host_ip");
};

const watchPath: Check = (reading) => {
  if (reading.tree._tag === "Scalar" && reading.tree.value === "") {
    report(reading, "invalid-value", "the path must not be empty", undefined);
  }
};

const deviceRequest: Check = (reading) => {
  if (has(reading.tree, "count") && has(reading.tree, "device_ids")) {
    report(reading, "source-conflict", "count and device_ids are mutually exclusive", "count", "keep one of them");
  }
};

const checking =
  (check: Check): Rewrite =>
  (reading) => {
    check(reading);
    return reading.tree;
  };

const rules = pathRules<Rewrite>([
  ["volumes.*", checking(externalVolume)],
  ["configs.*", checking(oneSource(["file", "environment", "content"]))],
  ["secrets.*", checking(oneSource(["file", "environment"]))],
  ["services.*.ports.[]", checking(hostIp)],
  ["services.*.develop.watch.[].path", checking(watchPath)],
  ["services.*.deploy.resources.reservations.devices.[]", checking(deviceRequest)],
  ["services.*.gpus.[]", checking(deviceRequest)],
]);

export const validateModel = (tree: Tree): ReadonlyArray<Diagnostic> => {
  const diagnostics: Array<Diagnostic> = [];
  rewrite({ tree, path: [], problems: { add: (diagnostic) => diagnostics.push(diagnostic) } }, rules);
  return diagnostics;
};
