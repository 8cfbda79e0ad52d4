// What the operands of cp mean, where a copy lands, and which files a watch rule takes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Project } from "@composure/core/model/Project";
import { afterAll, describe, expect, test } from "vitest";
import { inContainer, landing, readCopy } from "../src/files/Copy.ts";
import { readRules, targetOf } from "../src/watch/rules.ts";

describe("operands of cp", () => {
  test.each([
    [["web:/etc", "."], { _tag: "Out", service: "web", from: "/etc", to: "." }],
    [["./a:b", "web:/x"], { _tag: "In", service: "web", from: "./a:b", to: "/x" }],
    [["/a:b", "web:x"], { _tag: "In", service: "web", from: "/a:b", to: "x" }],
    [["-", "web:/x"], { _tag: "In", service: "web", from: "-", to: "/x" }],
  ] as const)("%j", ([from, to], copy) => expect(readCopy(from, to)).toEqual(copy));

  test("two services, or none", () => {
    expect(readCopy("a:/x", "b:/y")).toMatchObject({ _tag: "Wrong", message: "copying between services is not supported" });
    expect(readCopy("a", "b")).toMatchObject({ _tag: "Wrong", message: "unknown copy direction" });
  });

  test.each([["/a/b/", "/a/b"], ["a", "/a"], ["/a/.", "/a"], ["/", "/"], [".", "/"], ["/a/./", "/a"]])("%s in a container is %s", (path, whole) => expect(inContainer(path)).toBe(whole));
});

describe("where a copy lands, as docker cp decides", () => {
  const parts = { folder: "/to", parent: "/", base: "to" };
  const file = { name: "f", isFolder: false, content: false };
  const folder = { name: "d", isFolder: true, content: false };
  const content = { name: "d", isFolder: true, content: true };
  test.each([
    ["a file into a folder", file, "folder", "/to", { _tag: "Land", folder: "/to", name: "f" }],
    ["a file over a file", file, "file", "/to", { _tag: "Land", folder: "/", name: "to" }],
    ["a file under a new name", file, "nothing", "/to", { _tag: "Land", folder: "/", name: "to" }],
    ["a file into a folder that is not there", file, "nothing", "/to/", { _tag: "Refused", message: "no such directory" }],
    ["a folder into a folder", folder, "folder", "/to", { _tag: "Land", folder: "/to", name: "d" }],
    ["a folder over a file", folder, "file", "/to", { _tag: "Refused", message: "cannot copy directory" }],
    ["a folder under a new name", folder, "nothing", "/to/", { _tag: "Land", folder: "/", name: "to" }],
    ["a folder's content into a folder", content, "folder", "/to", { _tag: "Land", folder: "/to", name: undefined }],
    ["a folder's content as a new folder", content, "nothing", "/to", { _tag: "Land", folder: "/", name: "to" }],
  ] as const)("%s", (_, coming, place, to, wanted) => expect(landing(coming, place, to, parts)).toEqual(wanted));
});

describe("rules of develop.watch", () => {
  const root = mkdtempSync(join(tmpdir(), "composure-rules-"));
  afterAll(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "src/node_modules"), { recursive: true });
  writeFileSync(join(root, ".dockerignore"), "**/secret\nsrc/generated\n!src/generated/keep\n");
  writeFileSync(join(root, "package.json"), "{}");
  const project = (...watch: ReadonlyArray<object>): Project =>
    ({ services: { web: { build: { context: root }, develop: { watch }, volumes: [{ type: "bind", source: join(root, "mounted"), target: "/m" }] } } }) as unknown as Project;
  const ruleOf = (rule: object) => {
    const [first] = readRules(project(rule), () => true).rules;
    if (first === undefined) throw new Error("no rule");
    return (path: string) => first.takes(join(root, path));
  };

  test("ignore, .dockerignore with exceptions, and what editors leave", () => {
    const takes = ruleOf({ path: join(root, "src"), action: "sync", target: "/app", ignore: ["node_modules/", "*.log"] });
    expect(["src/a.js", "src/deep/b.js", "src/generated/keep"].map(takes)).toEqual([true, true, true]);
    expect(["src/node_modules/x/y.js", "src/a.log", "src/secret", "src/generated/z", "src/.a.js.swp", "src/a.js~", "src/.git/HEAD", "other/a.js"].map(takes)).toEqual(Array(8).fill(false));
  });

  test("include takes nothing else", () => {
    const takes = ruleOf({ path: join(root, "src"), action: "sync", target: "/app", include: ["**/*.ts"] });
    expect(["src/a.ts", "src/b/c.ts", "src/a.js"].map(takes)).toEqual([true, true, false]);
  });

  test("a rule about one file", () => {
    const takes = ruleOf({ path: join(root, "package.json"), action: "rebuild" });
    expect(["package.json", "other.json"].map(takes)).toEqual([true, false]);
  });

  test("ignored folders are not even opened, unless an exception is inside", () => {
    const [rule] = readRules(project({ path: join(root, "src"), action: "sync", target: "/app", ignore: ["node_modules"] }), () => true).rules;
    expect([rule?.shuns(join(root, "src/node_modules")), rule?.shuns(join(root, "src/generated")), rule?.shuns(join(root, "src")), rule?.shuns(root), rule?.shuns(join(root, "elsewhere"))]).toEqual([true, false, false, false, true]);
  });

  test("what is mounted is up to date by itself", () => {
    const { rules, warnings } = readRules(project({ path: join(root, "mounted/a"), action: "sync", target: "/m/a" }), () => true);
    expect(rules).toEqual([]);
    expect(warnings).toEqual([`path "${join(root, "mounted/a")}" of service web is also a bind mount: it is not watched`]);
  });

  test("targets", () => {
    const [rule] = readRules(project({ path: join(root, "src"), action: "sync", target: "/app" }), () => true).rules;
    if (rule === undefined) throw new Error("no rule");
    expect([targetOf(rule, join(root, "src/a/b")), targetOf(rule, join(root, "src"))]).toEqual(["/app/a/b", "/app"]);
  });
});
