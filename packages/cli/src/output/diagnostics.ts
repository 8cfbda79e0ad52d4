// Problems in files as text: place, line, caret, what to do.
import { relative } from "node:path";
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import type { Paint } from "./style.ts";

/** A path as people would type it from where they are. */
export const shortPath = (path: string, cwd: string): string => {
  if (!path.startsWith("/")) return path;
  const short = relative(cwd, path);
  return short === "" || short.startsWith("..") || short.length >= path.length ? path : short;
};

const caret = (snippet: string, column: number): string => {
  // Tabs before the caret stay tabs, so that it stands below its column.
  const before = snippet.slice(0, Math.max(0, column - 1)).replace(/[^\t]/g, " ");
  return `${before}^`;
};

const one = (diagnostic: Diagnostic, cwd: string, paint: Paint): string => {
  const { span, snippet, severity, path } = diagnostic;
  const place = span === undefined ? "" : `${paint("bold", `${shortPath(span.file, cwd)}:${span.line}:${span.column}`)}: `;
  const kind = severity === "error" ? paint("red", "error") : paint("yellow", "warning");
  const where = path === undefined || path === "" || diagnostic.message.includes(path) ? "" : `${path}: `;
  const lines = [`${place}${kind}: ${where}${diagnostic.message}`];
  if (span !== undefined && snippet !== undefined && snippet.trim() !== "") {
    const gutter = String(span.line);
    lines.push(`  ${paint("dim", `${gutter} |`)} ${snippet}`);
    lines.push(`  ${paint("dim", `${" ".repeat(gutter.length)} |`)} ${paint(severity === "error" ? "red" : "yellow", caret(snippet, span.column))}`);
  }
  if (diagnostic.hint !== undefined) lines.push(`  ${paint("cyan", "hint")}: ${diagnostic.hint}`);
  return `${lines.join("\n")}\n`;
};

export const renderDiagnostics = (diagnostics: ReadonlyArray<Diagnostic>, cwd: string, paint: Paint): string =>
  diagnostics.map((diagnostic) => one(diagnostic, cwd, paint)).join("");
