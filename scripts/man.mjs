// Writes manual pages from the command specs: node scripts/man.mjs [FOLDER]; without a folder they go to packages/cli/dist/man/man1.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSpecs } from "./specs.mjs";
import { root } from "./setup.mjs";

const { version } = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8"));
// A backslash begins a request of roff, as a dot or a quote at the start of a line does.
const roff = (text) => text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^(?=[.'])/gm, "\\&");
const flagText = (flag) => {
  const names = [...(flag.short === undefined ? [] : [`-${flag.short}`]), `--${flag.name}`].map((name) => `\\fB${roff(name)}\\fR`).join(", ");
  return `.TP\n${names}${flag.value === undefined ? "" : ` \\fI${roff(flag.value)}\\fR`}\n${roff(flag.about)}`;
};
const flagsOf = (flags) => flags.filter((flag) => !flag.hidden).sort((a, b) => (a.name < b.name ? -1 : 1)).map(flagText).join("\n");
const head = (title, about) => `.TH ${title.toUpperCase()} 1 "" "Composure ${version}" "Composure Manual"\n.SH NAME\n${roff(title)} \\- ${roff(about)}`;
const examples = (spec) => (spec.examples.length === 0 ? "" : `.SH EXAMPLES\n${spec.examples.map(([line, about]) => `.TP\n.B ${roff(line)}\n${roff(about)}`).join("\n")}\n`);

const { specs, globalFlags } = await loadSpecs();
const folder = process.argv[2] ?? join(root, "packages/cli/dist/man/man1");
mkdirSync(folder, { recursive: true });
const sorted = [...specs].sort((a, b) => (a.name < b.name ? -1 : 1));
for (const spec of sorted) {
  const title = `composure-${spec.name}`;
  writeFileSync(
    join(folder, `${title}.1`),
    `${head(title, spec.about)}\n.SH SYNOPSIS\n\\fBcomposure ${roff(spec.name)}\\fR ${roff(spec.usage)}\n.SH DESCRIPTION\n${roff(spec.about)}.\n${spec.more === undefined ? "" : `.PP\n${roff(spec.more)}\n`}${spec.flags.length === 0 ? "" : `.SH OPTIONS\n${flagsOf([...spec.flags])}\n`}${examples(spec)}.SH SEE ALSO\n\\fBcomposure\\fR(1)\n`,
  );
}
writeFileSync(
  join(folder, "composure.1"),
  `${head("composure", "Compose files, deployed with composure")}\n.SH SYNOPSIS\n\\fBcomposure\\fR [OPTIONS] COMMAND\n.SH OPTIONS\n${flagsOf([...globalFlags])}\n.SH COMMANDS\n${sorted.map((spec) => `.TP\n\\fBcomposure\\-${roff(spec.name)}\\fR(1)\n${roff(spec.about)}`).join("\n")}\n`,
);
