// Prepares the problems of a load call for reading: each once, in a stable order, with the line it is about.
import type { Diagnostic } from "../source/Diagnostic.ts";

/** Nobody reads more than this, and a hostile file could cause millions. */
const MAX_DIAGNOSTICS = 200;
const MAX_SNIPPET = 160;

const lineOf = (text: string, line: number): string | undefined => {
  let from = 0;
  for (let current = 1; current < line; current++) {
    const next = text.indexOf("\n", from);
    if (next < 0) return undefined;
    from = next + 1;
  }
  const end = text.indexOf("\n", from);
  return text.slice(from, end < 0 ? undefined : end).replace(/\r$/, "");
};

const withSnippet = (diagnostic: Diagnostic, texts: ReadonlyMap<string, string>): Diagnostic => {
  const { span } = diagnostic;
  const text = span === undefined ? undefined : texts.get(span.file);
  if (span === undefined || text === undefined || diagnostic.snippet !== undefined) return diagnostic;
  const snippet = lineOf(text, span.line);
  return snippet === undefined || snippet.trim() === "" || snippet.length > MAX_SNIPPET
    ? diagnostic
    : { ...diagnostic, snippet };
};

const identity = (diagnostic: Diagnostic): string => {
  const { span } = diagnostic;
  const place = span === undefined ? "" : `${span.file}\u0000${span.line}\u0000${span.column}`;
  return [diagnostic.severity, diagnostic.code, diagnostic.message, place].join("\u0000");
};

/** Errors first; otherwise in the order they were found. `texts` are the compose files that snippets may show. */
export const finishDiagnostics = (
  diagnostics: ReadonlyArray<Diagnostic>,
  texts: ReadonlyMap<string, string>,
): ReadonlyArray<Diagnostic> => {
  const once = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const key = identity(diagnostic);
    if (!once.has(key)) once.set(key, diagnostic);
  }
  const all = [...once.values()];
  const errors = all.filter(({ severity }) => severity === "error");
  const warnings = all.filter(({ severity }) => severity === "warning");
  return [...errors.slice(0, MAX_DIAGNOSTICS), ...warnings.slice(0, MAX_DIAGNOSTICS)].map((diagnostic) =>
    withSnippet(diagnostic, texts),
  );
};
