// The repository's rules as tests, so that they hold without a reviewer.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, lineAt, packages, type SourceFile, sourcesOf, type SyntaxNode, textFiles, visit } from "../src/sources.ts";
import { repositoryRoot } from "../src/subject.ts";

interface PackageJson {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const packageJson = (folder: string): PackageJson => JSON.parse(readFileSync(join(repositoryRoot, folder, "package.json"), "utf8")) as PackageJson;

// Effect's modules that are plain data: nothing in them runs, waits, or reads the world.
const dataModules = new Set(
  "Array BigInt Boolean Chunk Data Equal Equivalence Function HashMap HashSet Iterable Match Number Option Order Ordering Predicate Record Result Schema SchemaIssue String Struct Tuple".split(" "),
);

/** Which specifiers a package's sources may import, beside relative ones. */
const mayImport: Readonly<Record<string, (from: string) => boolean>> = {
  core: (from) => from === "yaml" || from === "fflate" || from.startsWith("@noble/hashes") || (from.startsWith("effect/") && dataModules.has(from.slice("effect/".length))),
  engine: (from) => /^@composure\/core(\/|$)/.test(from) || from.startsWith("effect/"),
  sim: (from) => /^@composure\/(core|engine)(\/|$)/.test(from) || from.startsWith("effect/"),
  docker: (from) => /^@composure\/(core|engine)(\/|$)/.test(from) || !from.startsWith("@composure/"),
  cli: (from) => !from.startsWith("@composure/conformance"),
  conformance: () => true,
};

const problems = (files: ReadonlyArray<SourceFile>, find: (file: SourceFile) => ReadonlyArray<string>): ReadonlyArray<string> =>
  files.flatMap((file) => find(file).map((problem) => `${file.path}: ${problem}`));

const sources = new Map(packages.map((name) => [name, sourcesOf(name, "src")] as const));
const tests = new Map(packages.map((name) => [name, sourcesOf(name, "test")] as const));
const allSources = [...sources.values()].flat();
const everything = [...allSources, ...[...tests.values()].flat()];

describe("imports", () => {
  test.each(packages)("%s imports only what its place allows", (name) => {
    const allowed = mayImport[name];
    expect(allowed, `rules for ${name}`).toBeDefined();
    const wrong = problems(sources.get(name) ?? [], (file) =>
      importsOf(file).flatMap(({ from, line }) => (from.startsWith(".") || allowed?.(from) === true ? [] : [`line ${line} imports ${from}`])),
    );
    expect(wrong).toEqual([]);
  });

  test.each(packages)("%s names every package it imports in its package.json", (name) => {
    const { dependencies = {}, devDependencies = {} } = packageJson(`packages/${name}`);
    const root = packageJson("").devDependencies ?? {};
    const declared = new Set([...Object.keys(dependencies), `@composure/${name}`]);
    const declaredForTests = new Set([...declared, ...Object.keys(devDependencies), ...Object.keys(root)]);
    const bare = (from: string): string => (from.startsWith("@") ? from.split("/").slice(0, 2) : from.split("/").slice(0, 1)).join("/");
    const undeclared = (files: ReadonlyArray<SourceFile>, known: ReadonlySet<string>): ReadonlyArray<string> =>
      problems(files, (file) =>
        importsOf(file).flatMap(({ from, line }) => (/^(\.|node:)/.test(from) || known.has(bare(from)) ? [] : [`line ${line} imports ${from}`])),
      );
    // The harness is test code: it may use the tools at the root.
    expect(undeclared(sources.get(name) ?? [], name === "conformance" ? declaredForTests : declared)).toEqual([]);
    expect(undeclared(tests.get(name) ?? [], declaredForTests)).toEqual([]);
  });

  test.each(["core", "engine", "sim"])("%s has nothing of Node", (name) => {
    const wrong = problems(sources.get(name) ?? [], (file) => importsOf(file).flatMap(({ from }) => (from.startsWith("node:") ? [from] : [])));
    expect(wrong).toEqual([]);
  });
});

/** The names that a file binds itself: a parameter called `fetch` is not the global one. */
const boundNames = (file: SourceFile): ReadonlySet<string> => {
  const bound = new Set<string>();
  const bind = (node: unknown): void => {
    const { type, name } = (node ?? {}) as { type?: string; name?: string };
    if (type === "Identifier" && name !== undefined) bound.add(name);
  };
  visit(file.program, (node) => {
    if (node.type === "VariableDeclarator" || node.type === "FunctionDeclaration") bind(node["id"]);
    for (const parameter of Array.isArray(node["params"]) ? node["params"] : []) bind(parameter);
  });
  return bound;
};

/** Reads of the world: names that must not be used where everything is a function of its input. */
const banned = (file: SourceFile, global: ReadonlySet<string>, members: ReadonlySet<string>): ReadonlyArray<string> => {
  const found: Array<string> = [];
  const bound = boundNames(file);
  const globals = new Set([...global].filter((name) => !bound.has(name)));
  const say = (node: SyntaxNode, what: string): number => found.push(`line ${lineAt(file, node.start)} uses ${what}`);
  visit(file.program, (node) => {
    const object = node["object"] as SyntaxNode | undefined;
    const property = node["property"] as SyntaxNode | undefined;
    if (node.type === "MemberExpression" && object?.type === "Identifier") {
      const owner = String(object["name"]);
      const member = `${owner}.${String(property?.["name"])}`;
      if (globals.has(owner)) say(node, owner);
      else if (members.has(member)) say(node, member);
    }
    const callee = node["callee"] as SyntaxNode | undefined;
    if (callee?.type !== "Identifier") return;
    const args = node["arguments"] as ReadonlyArray<unknown>;
    if (node.type === "NewExpression" && callee["name"] === "Date" && args.length === 0) say(node, "new Date()");
    if (node.type === "CallExpression" && globals.has(String(callee["name"]))) say(node, String(callee["name"]));
  });
  return found;
};

describe("nothing that decides reads the world", () => {
  const globals = new Set("process console globalThis performance crypto fetch setTimeout setInterval setImmediate queueMicrotask require".split(" "));
  const members = new Set(["Date.now", "Math.random"]);
  test.each(["core", "sim", "engine"])("%s has no clock, chance, environment, process or console of its own", (name) => {
    expect(problems(sources.get(name) ?? [], (file) => banned(file, globals, members))).toEqual([]);
  });
});

describe("sizes", () => {
  const longestFile = 400;
  const longestFunction = 70;
  // Each with its reason; an entry that is no longer needed fails the test below.
  const longFiles: Readonly<Record<string, string>> = {
    "packages/core/src/print/fields.ts": "one table, whose order is the order of the hashed text: in two files the order would be in neither",
  };
  const longFunctions: Readonly<Record<string, string>> = {};

  test(`no file is longer than ${longestFile} lines`, () => {
    const long = everything.filter((file) => file.lines > longestFile && longFiles[file.path] === undefined);
    expect(long.map((file) => `${file.path} has ${file.lines}`)).toEqual([]);
  });

  const functions = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
  const tooLong = (file: SourceFile): ReadonlyArray<string> => {
    const found: Array<string> = [];
    visit(file.program, (node) => {
      if (!functions.has(node.type)) return;
      const first = lineAt(file, node.start);
      const length = lineAt(file, node.end) - first + 1;
      if (length > longestFunction) found.push(`the function at line ${first} has ${length} lines`);
    });
    return found;
  };
  test(`no function is longer than ${longestFunction} lines`, () => {
    expect(problems(allSources.filter((file) => longFunctions[file.path] === undefined), tooLong)).toEqual([]);
  });

  test("every exception is still needed", () => {
    const needless = [
      ...Object.keys(longFiles).filter((path) => !everything.some((file) => file.path === path && file.lines > longestFile)),
      ...Object.keys(longFunctions).filter((path) => !allSources.some((file) => file.path === path && tooLong(file).length > 0)),
    ];
    expect(needless).toEqual([]);
  });
});

describe("style", () => {
  test("every file begins with a sentence that says what it is", () => {
    const bare = everything.filter((file) => !/^(#!.*\n)?(\/\/ \S.{9,}|\/\*\*?\s)/.test(file.text));
    expect(bare.map((file) => file.path)).toEqual([]);
  });

  test("no file is named after nothing in particular", () => {
    const vague = everything.filter((file) => /(^|\/|[-.a-z])(manager|helpers?|utils?|common|misc)(\.|\/|$)/i.test(file.path.replace(/^packages\//, "")));
    expect(vague.map((file) => file.path)).toEqual([]);
  });

  test("in what decides, a switch has no default: a new tag must not compile", () => {
    const defaults = (file: SourceFile): ReadonlyArray<string> => {
      const found: Array<string> = [];
      visit(file.program, (node) => {
        const onTag = (node["discriminant"] as SyntaxNode | undefined)?.["property"] as SyntaxNode | undefined;
        if (node.type !== "SwitchStatement" || onTag?.["name"] !== "_tag") return;
        const cases = node["cases"] as ReadonlyArray<SyntaxNode>;
        if (cases.some((one) => one["test"] === null)) found.push(`line ${lineAt(file, node.start)} switches over _tag with a default`);
      });
      return found;
    };
    // The default hands what is left to a function whose own switch is exhaustive.
    const exhaustive = new Set(["packages/core/src/decode/decode.ts"]);
    const files = ["core", "engine", "sim"].flatMap((name) => sources.get(name) ?? []);
    expect(problems(files.filter((file) => !exhaustive.has(file.path)), defaults)).toEqual([]);
  });
});

describe("nothing outside is named", () => {
  // Spelt in pieces, or this file would name them itself.
  const outside = [
    ["registry", "npmjs", "org"].join("."),
    ["registry", "yarnpkg", "com"].join("."),
    ["files", "pythonhosted", "org"].join("."),
    ["proxy", "golang", "org"].join("."),
    ["", "work", ""].join("/"),
    ["", "opt", "composure"].join("/"),
    ["", "run", "composure"].join("/"),
    ["", "root", ""].join("/"),
    ["", "home", ""].join("/") + "user",
  ];
  test("no registry's host and no path of somebody's machine", () => {
    const named = textFiles().flatMap(({ path, text }) => outside.filter((name) => text.includes(name)).map((name) => `${path} names ${name}`));
    expect(named).toEqual([]);
  });
  test("the lock file names no host", () => {
    const lock = readFileSync(join(repositoryRoot, "pnpm-lock.yaml"), "utf8");
    expect(lock.match(/https?:\/\/\S+/g) ?? []).toEqual([]);
  });
});

describe("dependencies", () => {
  const folders = ["", ...packages.map((name) => `packages/${name}`)];
  const declared = folders.flatMap((folder) => {
    const { dependencies = {}, devDependencies = {} } = packageJson(folder);
    return Object.entries({ ...dependencies, ...devDependencies }).map(([name, version]) => ({ folder, name, version }));
  });
  test("every version is exact", () => {
    const loose = declared.filter(({ version }) => version !== "workspace:*" && !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });
  test("one version of each in the whole repository", () => {
    const versions = new Map(declared.map(({ name }) => [name, declared.filter((use) => use.name === name)] as const));
    const several = [...versions].filter(([, uses]) => new Set(uses.map(({ version }) => version)).size > 1);
    expect(several.map(([name]) => name)).toEqual([]);
  });
  test("every one has its reason", () => {
    const reasons = readFileSync(join(repositoryRoot, "docs/dependencies.md"), "utf8");
    const names = [...new Set(declared.map(({ name }) => name))].filter((name) => !name.startsWith("@composure/"));
    expect(names.filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
  });
});
