// Command lines: those that docker compose takes, those that it refuses, and how.
import { describe, expect, it } from "vitest";
import { command, type Flag } from "../src/argv/Flag.ts";
import { sharedFlags } from "../src/argv/globals.ts";
import { parse } from "../src/argv/parse.ts";
import { specs } from "../src/commands/index.ts";
import rows from "./argv-rows.json" with { type: "json" };

// Stand-ins for the two commands whose flags end at the service.
const passing = [
  command({
    name: "run",
    about: "",
    usage: "[OPTIONS] SERVICE [COMMAND] [ARGS...]",
    operands: { min: 1 },
    passThrough: true,
    flags: [
      { name: "rm", kind: "switch", about: "" },
      { name: "env", short: "e", kind: "list", about: "" },
      { name: "publish", short: "p", kind: "list", about: "" },
      { name: "no-tty", short: "T", kind: "switch", about: "" },
    ],
    examples: [],
  }),
  command({
    name: "exec",
    about: "",
    usage: "[OPTIONS] SERVICE COMMAND [ARGS...]",
    operands: { min: 2 },
    passThrough: true,
    flags: [
      { name: "no-tty", short: "T", kind: "switch", about: "" },
      { name: "user", short: "u", kind: "text", about: "" },
    ],
    examples: [],
  }),
];
const all = [...specs.filter((spec) => spec.name !== "run" && spec.name !== "exec"), ...passing];
const read = (line: string) => parse(line.split(" ").filter((word) => word !== ""), all);
const invocation = (line: string) => {
  const parsed = read(line);
  if (parsed._tag !== "Invocation") throw new Error(`${line}: ${parsed._tag} ${parsed._tag === "Refused" ? parsed.message : ""}`);
  return parsed;
};

interface Expected {
  readonly file: ReadonlyArray<string>;
  readonly projectName?: string;
  readonly dryRun: boolean;
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly operands: ReadonlyArray<string>;
}

describe("what docker compose accepts", () => {
  for (const [line, expected] of rows.accepted as unknown as ReadonlyArray<[string, Expected]>) {
    it(line, () => {
      const parsed = invocation(line);
      expect({ file: parsed.globals.file, dryRun: parsed.globals.dryRun, projectName: parsed.globals.projectName }).toEqual({
        file: expected.file,
        dryRun: expected.dryRun,
        projectName: expected.projectName,
      });
      expect(parsed.command.name).toBe(expected.command);
      expect(parsed.operands).toEqual(expected.operands);
      const set = Object.fromEntries(
        parsed.command.flags
          .map((flag) => [flag.name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()), flag.preset] as const)
          .map(([key, preset]) => [key, parsed.options[key], preset] as const)
          .filter(([, value, preset]) => value !== preset && value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0))
          .map(([key, value]) => [key, value]),
      );
      expect(set).toEqual(expected.options);
    });
  }
});

describe("what it refuses, in one line", () => {
  for (const [line, message] of rows.refused as unknown as ReadonlyArray<[string, string]>) {
    it(line, () => {
      const parsed = read(line);
      expect(parsed).toMatchObject({ _tag: "Refused", message });
    });
  }
});

describe("the flags of a command", () => {
  // A name twice would be an error only when that command is used.
  it.each(specs.map((spec) => [spec.name, spec] as const))("%s: each name and letter once, and each with a meaning", (_, spec) => {
    const flags: ReadonlyArray<Flag> = [...spec.flags, ...sharedFlags];
    const names = flags.flatMap((flag) => [flag.name, ...(flag.also ?? [])]);
    const letters = flags.flatMap((flag) => (flag.short === undefined ? [] : [flag.short]));
    expect(names).toEqual([...new Set(names)]);
    expect(letters).toEqual([...new Set(letters)]);
    for (const flag of flags) expect(flag.about).not.toBe("");
    const operands = Array.from({ length: spec.operands.min }, (__, at) => `x${at}`);
    expect(parse([spec.name, ...operands], specs)._tag).toBe("Invocation");
  });
});

describe("help and version", () => {
  it("no arguments ask for the usage", () => expect(read("")).toEqual({ _tag: "HelpAsked", command: undefined }));
  it("a global flag alone does too", () => expect(read("-f a.yml")).toEqual({ _tag: "HelpAsked", command: undefined }));
  it("--help of a command", () => expect(read("up -d --help")).toMatchObject({ _tag: "HelpAsked", command: { name: "up" } }));
  it("--help after the service belongs to the container's command", () => expect(invocation("run web --help").operands).toEqual(["web", "--help"]));
  it("--version is the version command", () => expect(invocation("--version").command.name).toBe("version"));
  it("an old name of a command works", () => expect(invocation("convert").command.name).toBe("config"));
  it("--dry-run works on both sides of the command", () => {
    expect(invocation("--dry-run up").globals.dryRun).toBe(true);
    expect(invocation("up --dry-run").globals.dryRun).toBe(true);
    expect(invocation("up").globals.dryRun).toBe(false);
  });
  it("a preset switch can be turned off by name", () => {
    expect(invocation("ps").options["orphans"]).toBe(true);
    expect(invocation("ps --orphans=false").options["orphans"]).toBe(false);
  });
  it("the last of two contradicting values wins", () => {
    expect(invocation("up -d --detach=false").options["detach"]).toBe(false);
    expect(invocation("up --detach=false -d").options["detach"]).toBe(true);
    expect(invocation("up -dt=5").options).toMatchObject({ detach: true, timeout: 5 });
  });
});
