// Loads a case in this process, with a map for a file system, and compares with what docker compose answered.
import { serviceHash } from "@composure/core/hash/serviceHash";
import type { FileContent, LoadRequest, LoadResult } from "@composure/core/load/Load";
import { load } from "@composure/core/load/loadProject";
import { modelJson, projectJson } from "@composure/core/print/json";
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import { renderSpan } from "@composure/core/source/Span";
import type { Case } from "./Case.ts";
import { readCommandLine } from "./commandLine.ts";

/** How a case came out. */
export type Verdict =
  | { readonly _tag: "Equal" }
  | { readonly _tag: "Accepted"; readonly expected: string }
  | { readonly _tag: "Refused"; readonly problems: ReadonlyArray<string> }
  | { readonly _tag: "Different"; readonly at: string; readonly actual: unknown; readonly expected: unknown }
  | { readonly _tag: "HashDifferent"; readonly services: ReadonlyArray<string> }
  | { readonly _tag: "Crashed"; readonly error: string };

const ROUNDS = 50;

const readVirtually = (testCase: Case): ((path: string) => FileContent) => {
  const folders = new Set<string>(["/"]);
  for (const path of Object.keys(testCase.files)) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) folders.add(path.slice(0, at));
  }
  return (path) => {
    if (path === "/dev/null") return { _tag: "Text", content: "" };
    const text = Object.hasOwn(testCase.files, path) ? testCase.files[path] : undefined;
    if (text !== undefined) return { _tag: "Text", content: text };
    return folders.has(path) ? { _tag: "Directory" } : { _tag: "Missing" };
  };
};

/** Asks for files until loading has what it needs. */
export const loadCase = (testCase: Case, request: LoadRequest): LoadResult => {
  const read = readVirtually(testCase);
  const fetched = new Map<string, FileContent>();
  for (let round = 0; round < ROUNDS; round++) {
    const result = load(request, fetched);
    if (result._tag !== "NeedFiles") return result;
    for (const path of result.paths) fetched.set(path, read(path));
  }
  throw new Error(`still missing files after ${ROUNDS} rounds`);
};

export const describeDiagnostic = (diagnostic: Diagnostic): string =>
  `${diagnostic.span === undefined ? "" : `${renderSpan(diagnostic.span)}: `}${diagnostic.code}: ${diagnostic.message}`;

interface Difference {
  readonly at: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/** The first place where two JSON values differ. */
export const firstDifference = (actual: unknown, expected: unknown, at = "$"): Difference | undefined => {
  if (actual === expected) return undefined;
  const objects = typeof actual === "object" && typeof expected === "object" && actual !== null && expected !== null;
  if (!objects || Array.isArray(actual) !== Array.isArray(expected)) return { at, actual, expected };
  const mine = actual as Record<string, unknown>;
  const theirs = expected as Record<string, unknown>;
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const found = firstDifference(
      Object.hasOwn(mine, key) ? mine[key] : undefined,
      Object.hasOwn(theirs, key) ? theirs[key] : undefined,
      `${at}.${key}`,
    );
    if (found !== undefined) return found;
  }
  return undefined;
};

const hashesOf = (testCase: Case, request: LoadRequest): ReadonlyMap<string, string> => {
  const result = loadCase(testCase, { ...request, services: [], noEnvResolution: true });
  if (result._tag !== "Loaded") return new Map();
  return new Map(
    Object.entries(result.project.services).map(([name, service]) => {
      // `config --hash` hashes the labels of the files, but not the names of the files.
      const { label_file: _, ...hashed } = service;
      return [name, serviceHash(hashed)];
    }),
  );
};

const compareHashes = (testCase: Case, request: LoadRequest, text: string): Verdict => {
  const actual = hashesOf(testCase, request);
  const wrong = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" "))
    .filter(([name = "", hash]) => actual.get(name) !== hash)
    .map(([name = ""]) => name);
  return wrong.length === 0 ? { _tag: "Equal" } : { _tag: "HashDifferent", services: wrong };
};

const judge = (testCase: Case): Verdict => {
  const { expected } = testCase;
  const line = readCommandLine(testCase);
  if (line._tag === "Refused") {
    return expected.exit === 0 ? { _tag: "Refused", problems: [line.why] } : { _tag: "Equal" };
  }
  const result = loadCase(testCase, line.request);
  if (result._tag === "NeedFiles") return { _tag: "Crashed", error: "asked for files without end" };
  if (result._tag === "Invalid") {
    if (expected.exit !== 0) return { _tag: "Equal" };
    return { _tag: "Refused", problems: result.diagnostics.map(describeDiagnostic) };
  }
  if (expected.exit !== 0) return { _tag: "Accepted", expected: expected.error ?? "" };
  if (expected.json !== undefined && !line.quiet) {
    const text = line.request.noInterpolate === true ? modelJson(result.tree) : projectJson(result.project);
    const difference = firstDifference(JSON.parse(text), expected.json);
    if (difference !== undefined) return { _tag: "Different", ...difference };
  }
  return expected.hash === undefined ? { _tag: "Equal" } : compareHashes(testCase, line.request, expected.hash);
};

export const runCase = (testCase: Case): Verdict => {
  try {
    return judge(testCase);
  } catch (error) {
    return { _tag: "Crashed", error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
};

/** One line for a verdict that is not equal. */
export const describeVerdict = (verdict: Verdict): string => {
  const short = (value: unknown): string => (JSON.stringify(value) ?? "absent").slice(0, 160);
  switch (verdict._tag) {
    case "Equal":
      return "equal";
    case "Accepted":
      return `accepted, but docker compose refuses: ${verdict.expected.split("\n").slice(0, 3).join(" / ")}`;
    case "Refused":
      return `refused, but docker compose accepts: ${verdict.problems.slice(0, 3).join(" / ")}`;
    case "Different":
      return `differs at ${verdict.at}: ${short(verdict.actual)} instead of ${short(verdict.expected)}`;
    case "HashDifferent":
      return `other hashes for ${verdict.services.join(", ")}`;
    case "Crashed":
      return `crashed: ${verdict.error.split("\n").slice(0, 4).join(" / ")}`;
  }
};
