// Where a value comes from, for people: its definition with the line, what that replaced, the variables in it, its entries.
import type { Definition, EntryPlace, Feed, Provenance } from "@composure/core/explain/provenance";
import type { Span } from "@composure/core/source/Span";
import { shortPath } from "./diagnostics.ts";
import { cut, padEnd, width, type Paint } from "./style.ts";

export interface ProvenanceViewOptions {
  readonly paint: Paint;
  readonly columns: number;
  readonly cwd: string;
}

const isScalar = (value: unknown): boolean => typeof value !== "object" || value === null;

const count = (number: number, one: string, more: string): string => `${number} ${number === 1 ? one : more}`;

const valueText = (value: unknown): string => {
  if (typeof value === "string") return /^[^\s"'][^\n\r\t]*(?<!\s)$/.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return count(value.length, "item", "items");
  return isScalar(value) ? String(value) : count(Object.keys(value as object).length, "entry", "entries");
};

const placeText = ({ file, line, column }: Span, cwd: string): string => `${shortPath(file, cwd)}:${line}:${column}`;

const definitionLines = (title: string, { span, line }: Definition, options: ProvenanceViewOptions): ReadonlyArray<string> => {
  const { paint, cwd } = options;
  const shown = line === null ? [] : [`            ${paint("dim", `${span.line} |`)} ${line.trim()}`];
  return [`  ${padEnd(title, 9)} ${paint("bold", placeText(span, cwd))}`, ...shown];
};

const defaultText = (feed: Feed): string => {
  const because = feed.from === "default" ? "not set" : "set but empty";
  return feed.default === null ? "" : `${because}: its default "${feed.default}" holds`;
};

const feedLines = (feed: Feed, options: ProvenanceViewOptions): ReadonlyArray<string> => {
  const { paint, cwd } = options;
  const head = (text: string): string => `  variable  ${paint("bold", feed.name)}  ${text}`;
  const more = defaultText(feed);
  const tail = more === "" ? "" : `, ${more}`;
  switch (feed.from) {
    case "environment":
      return [head(`from the process environment${tail}`)];
    case "env file": {
      const { definition } = feed;
      const line = definition === null || definition.line === null ? [] : [`            ${paint("dim", `${definition.span.line} |`)} ${definition.line.trim()}`];
      return [head(`from ${definition === null ? "an env file" : placeText(definition.span, cwd)}${tail}`), ...line];
    }
    case "project name":
      return [head("is the project's name")];
    case "default":
      return [head(more)];
    case "nothing":
      return [head("not set: taken as empty")];
  }
};

const addedText = (added: string): string => `added by normalisation/default${added === "default" ? "" : ` (${added})`}`;

const entryLines = (entries: ReadonlyArray<EntryPlace>, options: ProvenanceViewOptions): ReadonlyArray<string> => {
  const { paint, columns, cwd } = options;
  const keys = entries.map(({ key }) => (typeof key === "number" ? `[${key}]` : key));
  const widest = Math.min(40, Math.max(0, ...keys.map(width)));
  const room = Math.max(16, Math.min(48, columns - widest - 40));
  const values = entries.map(({ value }) => cut(valueText(value), room));
  const valueWidth = Math.max(0, ...values.map(width));
  return entries.map(({ span, added }, index) => {
    const place = span === null ? addedText(added ?? "default") : placeText(span, cwd);
    return `  ${padEnd(keys[index] as string, widest)}  ${padEnd(values[index] as string, valueWidth)}  ${paint("dim", place)}`;
  });
};

export const renderProvenance = (found: Provenance, options: ProvenanceViewOptions): string => {
  const { paint } = options;
  const path = found.path === "" ? "the project" : found.path;
  return [
    `${paint("bold", path)}: ${valueText(found.value)}`,
    ...(found.definition === null ? [] : definitionLines(found.added === null ? "defined" : "because", found.definition, options)),
    ...(found.within === null ? [] : [`  part of   ${found.within}`]),
    ...(found.added === null ? [] : [`  ${addedText(found.added)}`]),
    ...found.overrode.flatMap((definition) => definitionLines("overrode", definition, options)),
    ...found.variables.flatMap((feed) => feedLines(feed, options)),
    ...(found.note === null ? [] : [`  note      ${found.note}`]),
    ...entryLines(found.entries, options),
    "",
  ].join("\n");
};
