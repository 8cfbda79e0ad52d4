// Writes docs/commands.md from the command specs: every command, every flag, and a test that uses it. With --check it only says whether the page is up to date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { loadSpecs } from "./specs.mjs";
import { root } from "./setup.mjs";

const page = join(root, "docs/commands.md");

const testFiles = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : testFiles(path);
    return entry.name.endsWith(".test.ts") || entry.name === "argv-rows.json" ? [path] : [];
  });

const tests = ["cli", "conformance"].flatMap((name) => testFiles(join(root, "packages", name, "test"))).sort().map((path) => ({ path: relative(root, path), lines: readFileSync(path, "utf8").split("\n") }));

const word = (text) => new RegExp(`(?:^|[^\\w-])${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`);

/** The first test with a line that names both the command and the flag, or, for flags of every command, the flag. */
const testOf = (command, flag) => {
  const long = word(`--${flag.name}`);
  const short = flag.short === undefined ? undefined : new RegExp(`(?:^|[\\s"'\`])-[a-zA-Z]*${flag.short}`);
  const name = command === undefined ? undefined : word(command);
  const found = tests.find(({ lines }) => lines.some((line) => (name === undefined || name.test(line)) && (long.test(line) || short?.test(line))));
  return found === undefined ? "" : `[${found.path.replace(/^packages\//, "")}](../${found.path})`;
};

const cell = (text) => text.split("\n", 1)[0].replaceAll("|", "\\|");
const names = (flag) => [`\`--${flag.name}\``, ...(flag.short === undefined ? [] : [`\`-${flag.short}\``])].join(", ");
const rows = (command, flags) => [...flags].sort((a, b) => (a.name < b.name ? -1 : 1)).map((flag) => `| ${names(flag)}${flag.hidden ? " (hidden)" : ""} | ${cell(flag.about)} | ${testOf(command, flag)} |`);

const table = (command, flags) => (flags.length === 0 ? [] : ["| flag | meaning | a test that uses it |", "|---|---|---|", ...rows(command, flags), ""]);

const { specs, globalFlags } = await loadSpecs();
const sorted = [...specs].sort((a, b) => (a.name < b.name ? -1 : 1));
const text = [
  "# Commands and flags",
  "",
  "Written by `node scripts/commands.mjs` from the specs that the parser itself reads. `composure COMMAND --help` says the same, with examples. An empty last cell: no test names the flag and its command on one line.",
  "",
  "## composure [OPTIONS] COMMAND",
  "",
  ...table(undefined, globalFlags),
  ...sorted.flatMap((spec) => [`## ${spec.name}`, "", `\`composure ${[spec.name, spec.usage].join(" ").trim()}\`: ${cell(spec.about)}`, "", ...table(spec.name, spec.flags)]),
].join("\n").trimEnd();

if (process.argv.includes("--check")) {
  if (readFileSync(page, "utf8") !== `${text}\n`) {
    console.error("docs/commands.md is not up to date: run node scripts/commands.mjs");
    process.exit(1);
  }
} else writeFileSync(page, `${text}\n`);
