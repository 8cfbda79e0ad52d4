// Whatever the files hold, loading ends soon, with a project or with problems, and never with an exception.
import { describe, expect, test } from "vitest";
import type { FileContent, LoadResult } from "../../src/load/Load.ts";
import { load } from "../../src/load/loadProject.ts";
import { request } from "./world.ts";

/** A small generator with a seed, so that a failure can be repeated. */
const generator = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const PIECES = [
  ..."services: |web:|image: |build: |ports: |volumes: |environment: |extends: |include: |depends_on: |networks: |x-a: |name: |configs: |secrets: |deploy: |healthcheck: |ulimits: |command: |env_file: |profiles: |logging: |ipam: |driver_opts: |external: ".split(
    "|",
  ),
  ..."\n|\n  |\n    |\n      |  |- |: |, |[|]|{|}|'|\"|#|&a |*a|<<: *a|!reset |!override |!!int |---\n|...|? |${A}|${A:-b}|${A?|$$|$|${|}|true|null|~|1|0755|-1|1.5|2024-01-01|\t|\u0000|\ufeff|é|👍|__proto__|constructor|a=b|80:80|1-65535|./x:/y|service:web|other.yaml|web|=|\\".split(
    "|",
  ),
];

const FILES = ["compose.yaml", "compose.override.yaml", "other.yaml", ".env", "x.env"];

const text = (random: () => number): string =>
  Array.from({ length: Math.floor(random() * 60) }, () => PIECES[Math.floor(random() * PIECES.length)]).join("");

const START = "services:\n  web:\n    image: i\n";

const loadAll = (world: ReadonlyMap<string, string>): LoadResult => {
  const fetched = new Map<string, FileContent>();
  for (let round = 0; round < 20; round++) {
    const result = load(request(), fetched);
    if (result._tag !== "NeedFiles") return result;
    for (const path of result.paths) {
      const content = world.get(path.split("/").at(-1) ?? "");
      fetched.set(path, content === undefined ? { _tag: "Missing" } : { _tag: "Text", content });
    }
  }
  throw new Error("asked for files without end");
};

describe("random files", () => {
  test.each([1, 2, 3, 4])("seed %i", { timeout: 60_000 }, (seed) => {
    const random = generator(seed);
    const { user } = process.cpuUsage();
    for (let run = 0; run < 250; run++) {
      const world = new Map(
        FILES.map((name) => [name, `${random() < 0.5 && name.endsWith("l") ? START : ""}${text(random)}`]),
      );
      const result = loadAll(world);
      expect(["Loaded", "Invalid"]).toContain(result._tag);
      if (result._tag === "Invalid") expect(result.diagnostics.length).toBeGreaterThan(0);
    }
    expect(process.cpuUsage().user - user).toBeLessThan(15_000_000);
  });

  test("the same files give the same answer", () => {
    const random = generator(9);
    const world = new Map(FILES.map((name) => [name, `${START}${text(random)}`]));
    expect(JSON.stringify(loadAll(world))).toBe(JSON.stringify(loadAll(world)));
  });
});
