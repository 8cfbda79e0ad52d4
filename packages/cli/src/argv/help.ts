// Help in docker's layout, wrapped to the terminal.
import type { CommandSpec, Flag } from "./Flag.ts";
import { globalFlags, sharedFlags } from "./globals.ts";

const wrap = (text: string, width: number): ReadonlyArray<string> =>
  text.split("\n").flatMap((paragraph) => {
    if (paragraph.length <= width) return [paragraph];
    const lines: Array<string> = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });

const columns = (rows: ReadonlyArray<readonly [string, string]>, indent: string, gap: number, width: number): string => {
  const left = Math.max(0, ...rows.map(([name]) => name.length)) + gap;
  const room = Math.max(24, width - indent.length - left);
  return rows
    .map(([name, about]) => {
      const [first = "", ...rest] = wrap(about, room);
      return [`${indent}${name.padEnd(left)}${first}`, ...rest.map((line) => `${indent}${" ".repeat(left)}${line}`)].join("\n");
    })
    .join("\n");
};

const flagColumn = (flag: Flag): string => {
  const names = flag.short === undefined ? `    --${flag.name}` : `-${flag.short}, --${flag.name}`;
  return flag.value === undefined ? names : `${names} ${flag.value}`;
};

const flagTable = (flags: ReadonlyArray<Flag>, width: number): string =>
  columns(
    flags
      .filter((flag) => !flag.hidden)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((flag) => [flagColumn(flag), flag.about] as const),
    "  ",
    3,
    width,
  );


export const renderCommandHelp = (spec: CommandSpec, program: string, width: number): string => {
  const parts = [`Usage:  ${[program, spec.name, spec.usage].filter((part) => part !== "").join(" ")}`, spec.about];
  if (spec.more !== undefined) parts.push(spec.more.split("\n").flatMap((line) => wrap(line, width)).join("\n"));
  if (spec.also !== undefined) parts.push(`Aliases:\n  ${[spec.name, ...spec.also].map((name) => `${program} ${name}`).join(", ")}`);
  parts.push(`Options:\n${flagTable([...spec.flags, ...sharedFlags], width)}`);
  const examples = spec.examples.map(([line, meaning]) => [line.replace(/^composure/, program), meaning] as const);
  if (examples.length > 0) parts.push(`Examples:\n${columns(examples, "  ", 3, width)}`);
  return `${parts.join("\n\n")}\n`;
};

export const renderHelp = (specs: ReadonlyArray<CommandSpec>, program: string, width: number): string =>
  [
    `Usage:  ${program} [OPTIONS] COMMAND`,
    "Define and run multi-container applications: plan first, then do exactly that",
    `Options:\n${flagTable(globalFlags, width)}`,
    `Commands:\n${columns(
      [...specs].sort((a, b) => (a.name < b.name ? -1 : 1)).map((spec) => [spec.name, spec.about] as const),
      "  ",
      3,
      width,
    )}`,
    `Run '${program} COMMAND --help' for more information on a command.`,
    "",
  ].join("\n\n").replace(/\n\n$/, "\n");
