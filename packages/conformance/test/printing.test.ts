// What `config` prints, byte for byte: JSON, YAML and the lists, against the texts docker compose 2.40.3 printed.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LoadRequest } from "@composure/core/load/Load";
import { modelJson, projectJson } from "@composure/core/print/json";
import * as lists from "@composure/core/print/lists";
import { modelYaml, projectYaml } from "@composure/core/print/yaml";
import { describe, expect, test } from "vitest";
import type { Case } from "../src/corpus/Case.ts";
import { readCommandLine } from "../src/corpus/commandLine.ts";
import { listFolderCases, readFolderCase } from "../src/corpus/readFolder.ts";
import { explainedCases } from "../src/corpus/readOwn.ts";
import { loadCase } from "../src/corpus/run.ts";

const root = fileURLToPath(new URL("../../../../shared/corpus/config/cases", import.meta.url));
const explained = explainedCases();

const read = (id: string, name: string): string | undefined => {
  const path = join(root, id, name);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
};

/** Every accepted case with its request, unless its difference is explained. */
const accepted = (): ReadonlyArray<readonly [Case, LoadRequest]> =>
  listFolderCases(root).flatMap((id) => {
    const testCase = readFolderCase(root, id);
    const line = readCommandLine(testCase);
    const known = Object.hasOwn(explained, id);
    if (testCase.expected.exit !== 0 || known || line._tag === "Refused" || line.quiet) return [];
    return [[testCase, line.request]];
  });

const firstLine = (mine: string, theirs: string): string => {
  const [a, b] = [mine.split("\n"), theirs.split("\n")];
  const at = b.findIndex((line, index) => line !== a[index]);
  return `line ${at + 1}: ${JSON.stringify(a[at])} instead of ${JSON.stringify(b[at])}`;
};

/** Cases whose text is not what docker compose printed; `compared` says how many texts there were. */
const differences = (
  name: string,
  print: (testCase: Case, request: LoadRequest) => string | undefined,
): { readonly compared: number; readonly wrong: ReadonlyArray<string> } => {
  let compared = 0;
  const wrong: string[] = [];
  for (const [testCase, request] of accepted()) {
    const theirs = read(testCase.id, name);
    if (theirs === undefined || theirs === "") continue;
    compared++;
    const mine = print(testCase, request);
    if (mine !== theirs) wrong.push(`${testCase.id}: ${mine === undefined ? "not loaded" : firstLine(mine, theirs)}`);
  }
  return { compared, wrong };
};

type Expected = ReadonlyArray<string> | { readonly exit: number };

const sorted = (texts: ReadonlyArray<string>): ReadonlyArray<string> => texts.toSorted();

/** The corpus keeps the lists sorted, because docker compose prints most of them in random order. */
const listsOf = (testCase: Case, request: LoadRequest): Readonly<Record<string, ReadonlyArray<string>>> | undefined => {
  const named = loadCase(testCase, { ...request, noEnvResolution: true });
  const all = loadCase(testCase, { ...request, services: [], noEnvResolution: true });
  if (named._tag !== "Loaded" || all._tag !== "Loaded") return undefined;
  return {
    services: sorted(lists.serviceNames(all.project)),
    volumes: sorted(lists.volumeNames(all.project)),
    networks: sorted(lists.networkNames(all.project)),
    models: sorted(lists.modelNames(all.project)),
    profiles: sorted(lists.profileNames(named.project)),
    images: sorted(lists.imageNames(named.project)),
  };
};

describe("what config prints", () => {
  if (!existsSync(root)) {
    test.skip("the large corpus is not on this machine (../shared/corpus)");
    return;
  }

  test("JSON, byte for byte", { timeout: 120_000 }, () => {
    const { compared, wrong } = differences("expected.json", (testCase, request) => {
      // Cases that ask for YAML have YAML there.
      if (testCase.configArgs.some((word) => word.endsWith("yaml"))) return read(testCase.id, "expected.json");
      const result = loadCase(testCase, request);
      if (result._tag !== "Loaded") return undefined;
      return request.noInterpolate === true ? modelJson(result.tree) : projectJson(result.project);
    });
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(1400);
  });

  test("YAML, byte for byte", { timeout: 120_000 }, () => {
    const { compared, wrong } = differences("expected.yaml", (testCase, request) => {
      const result = loadCase(testCase, request);
      if (result._tag !== "Loaded") return undefined;
      return request.noInterpolate === true ? modelYaml(result.tree) : projectYaml(result.project);
    });
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(550);
  });

  test("lists of names", { timeout: 120_000 }, () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const [testCase, request] of accepted()) {
      const text = read(testCase.id, "expected.lists.json");
      const mine = request.noInterpolate === true ? undefined : listsOf(testCase, request);
      if (text === undefined || mine === undefined) continue;
      const theirs = JSON.parse(text) as Readonly<Record<string, Expected>>;
      for (const [name, lines] of Object.entries(mine)) {
        const expected = theirs[name];
        if (expected === undefined || !Array.isArray(expected)) continue;
        compared++;
        if (JSON.stringify(lines) !== JSON.stringify(sorted(expected as ReadonlyArray<string>))) {
          wrong.push(`${testCase.id} --${name}: ${JSON.stringify(lines)} instead of ${JSON.stringify(expected)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(8000);
  });

  test("warnings", { timeout: 120_000 }, () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const [testCase, request] of accepted()) {
      const theirs = testCase.expected.warnings;
      const result = loadCase(testCase, request);
      if (theirs === undefined || result._tag !== "Loaded") continue;
      compared++;
      // docker compose says some of them once for every time it reads a file.
      const [mine, other] = [result.warnings.map(({ message }) => message), theirs].map((texts) =>
        sorted([...new Set(texts)]),
      );
      if (JSON.stringify(mine) !== JSON.stringify(other))
        wrong.push(`${testCase.id}: ${JSON.stringify(mine)} instead of ${JSON.stringify(other)}`);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(1400);
  });
});
