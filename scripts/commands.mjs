// Writes docs/commands.md from the command specs: every command, every flag, and its test. With --check it only says whether the page is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSpecs } from "./specs.mjs";
import { root } from "./setup.mjs";

const page = join(root, "docs/commands.md");

/** Command, flag, and the test as "file > title"; null where there is none. cli/test/flags/every.test.ts holds it to what there is. */
const tests = JSON.parse(readFileSync(join(root, "packages/cli/test/flags/flags.json"), "utf8"));

const testOf = (command, flag) => {
  const [path, title] = (tests[command ?? "composure"]?.[flag.name] ?? "").split(" > ");
  return title === undefined ? "" : `[${path.replace(/^(cli|conformance)\/test\//, "")}](../packages/${path}): ${cell(title)}`;
};

const cell = (text) => text.split("\n", 1)[0].replaceAll("|", "\\|");
const names = (flag) => [`\`--${flag.name}\``, ...(flag.short === undefined ? [] : [`\`-${flag.short}\``])].join(", ");
const rows = (command, flags) => [...flags].sort((a, b) => (a.name < b.name ? -1 : 1)).map((flag) => `| ${names(flag)}${flag.hidden ? " (hidden)" : ""} | ${cell(flag.about)} | ${testOf(command, flag)} |`);

const table = (command, flags) => (flags.length === 0 ? [] : ["| flag | meaning | its test |", "|---|---|---|", ...rows(command, flags), ""]);

const { specs, globalFlags } = await loadSpecs();
const sorted = [...specs].sort((a, b) => (a.name < b.name ? -1 : 1));
const text = [
  "# Commands and flags",
  "",
  "Written by `node scripts/commands.mjs` from the specs that the parser itself reads. `composure COMMAND --help` says the same, with examples. The last cell names the test that sees what the flag does (`packages/cli/test/flags/flags.json`); it is empty where there is none yet.",
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
