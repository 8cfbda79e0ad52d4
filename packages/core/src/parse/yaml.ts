// Parses the text of a Compose file into trees, one for each YAML document, as go-yaml v3 reads it.
import { LineCounter, type Document, type Node, type YAMLError } from "yaml";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Span } from "../source/Span.ts";
import type { Tree } from "../source/Tree.ts";
import { readPlainYaml } from "./plainYaml.ts";
import { convertDocument, MAX_DEPTH, type ResetPath } from "./yamlNode.ts";
import { readYaml } from "./yamlTokens.ts";

/** One document of a file. `resets` are the values marked `!reset` or `!override`. */
export interface YamlDocument {
  readonly tree: Tree;
  readonly resets: ReadonlyArray<ResetPath>;
}

/** `documents` are usable only when `diagnostics` is empty. */
export interface ParsedYaml {
  readonly documents: ReadonlyArray<YamlDocument>;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

/** UTF-16 units; a project of ten thousand services is a tenth of this. */
export const MAX_FILE_LENGTH = 32 * 1024 * 1024;
/** Syntax errors after the first few are mostly echoes of them. */
const MAX_SYNTAX_ERRORS = 3;

// What go-yaml's reader refuses: control characters except tab and line breaks, and a byte order mark inside the text.
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]/;

/** Codes that the library reports although go-yaml accepts the text. */
const accepted = (error: YAMLError, text: string): boolean =>
  error.code === "TAG_RESOLVE_FAILED" ||
  (error.code === "BAD_DQ_ESCAPE" && text.startsWith("\\'", error.pos[0])) ||
  (error.code === "MISSING_CHAR" && error.message.startsWith("Comments must be separated"));

const hintFor = (error: YAMLError, source: string): string | undefined => {
  switch (error.code) {
    case "TAB_AS_INDENT":
      return "Indent with spaces.";
    case "BLOCK_AS_IMPLICIT_KEY":
      return `Put a value that contains ": " in quotes, or check the indentation.`;
    case "BAD_SCALAR_START":
      return "Put the value in quotes.";
    case "BAD_DQ_ESCAPE":
      return "Double the backslash, or use single quotes.";
    default:
      return /^\s*\t/.test(source) ? "Indent with spaces, not with tabs." : undefined;
  }
};

/** The library's sentences are about its grammar; these are about the file. */
const messageFor = (error: YAMLError): string => {
  switch (error.code) {
    case "BLOCK_AS_IMPLICIT_KEY":
      return "a mapping cannot begin here";
    case "MULTILINE_IMPLICIT_KEY":
      return "a key must stand on one line, followed by a colon";
    case "TAB_AS_INDENT":
      return "tabs are not allowed as indentation";
    case "BAD_INDENT":
      return error.message.startsWith("All ")
        ? "the indentation does not fit the lines above"
        : error.message.startsWith("Flow ")
          ? "a bracket is never closed"
          : error.message;
    case "MISSING_CHAR":
      if (error.message.startsWith("Implicit map keys")) return "the colon after this key is missing";
      if (error.message.startsWith("Missing closing")) return "a quote is never closed";
      return error.message;
    case "KEY_OVER_1024_CHARS":
      return "the key is longer than 1024 characters";
    default:
      return error.message;
  }
};

const unsupportedDirective = (document: Document): string | undefined => {
  const { yaml } = document.directives ?? {};
  if (yaml?.explicit !== true || yaml.version === "1.1") return undefined;
  return `YAML version ${yaml.version} is not supported; docker compose reads 1.1 with its own extensions`;
};

/** A lone carriage return is a line break for go-yaml; the replacement keeps every offset. */
const normaliseBreaks = (text: string): string => (text.includes("\r") ? text.replace(/\r(?!\n)/g, "\n") : text);

const readerProblem = (text: string, file: string): Diagnostic | undefined => {
  if (text.length > MAX_FILE_LENGTH) {
    const message = `the file is larger than ${MAX_FILE_LENGTH / 1024 / 1024} MiB`;
    return { severity: "error", code: "yaml-too-large", message, span: { file, line: 1, column: 1 } };
  }
  const at = text.search(FORBIDDEN);
  if (at < 0) return undefined;
  const before = text.slice(0, at).split("\n");
  const character = `U+${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0")}`;
  return {
    severity: "error",
    code: "yaml-syntax",
    message: `control characters are not allowed (${character})`,
    span: { file, line: before.length, column: (before.at(-1) ?? "").length + 1 },
    hint: `Remove it, or write it as an escape in double quotes.`,
  };
};

const tooDeep = (span: Span): Diagnostic => ({
  severity: "error",
  code: "yaml-too-large",
  message: `the file nests deeper than ${MAX_DEPTH} levels`,
  span,
  hint: "Flatten the file.",
});

const refusedTab = (span: Span): Diagnostic => ({
  severity: "error",
  code: "yaml-syntax",
  message: "a tab cannot stand here",
  span,
  hint: "Use spaces.",
});

const syntaxDiagnostics = (
  errors: ReadonlyArray<YAMLError>,
  text: string,
  lines: ReadonlyArray<string>,
  spanAt: (offset: number) => Span,
): ReadonlyArray<Diagnostic> => {
  const found = new Map<number, Diagnostic>();
  for (const error of errors) {
    if (accepted(error, text)) continue;
    const span = spanAt(Math.max(0, error.pos[0]));
    if (found.has(span.line) || found.size >= MAX_SYNTAX_ERRORS) continue;
    const hint = hintFor(error, lines[span.line - 1] ?? "");
    found.set(span.line, {
      severity: "error",
      code: "yaml-syntax",
      message: messageFor(error),
      span,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return [...found.values()];
};

/** Most places are asked for in order, so that the line of the last answer is a good guess for the next. */
const spans = (counter: LineCounter, file: string): ((offset: number) => Span) => {
  const starts = counter.lineStarts;
  let line = 1;
  return (offset) => {
    const near = offset >= (starts[line - 1] ?? 0) && offset < (starts[line] ?? Number.POSITIVE_INFINITY);
    if (!near) line = Math.max(1, counter.linePos(offset).line);
    return { file, line, column: Math.max(1, offset - (starts[line - 1] ?? 0) + 1) };
  };
};

/** All of YAML that docker compose reads, and everything that can be wrong with it. */
export const parseFully = (text: string, file: string): ParsedYaml => {
  const counter = new LineCounter();
  const spanAt = spans(counter, file);
  const read = readYaml(text, counter, MAX_DEPTH);
  if (read.tooDeepAt !== undefined) return { documents: [], diagnostics: [tooDeep(spanAt(read.tooDeepAt))] };
  const lines = text.split("\n");
  const diagnostics: Diagnostic[] = [...syntaxDiagnostics(read.errors, text, lines, spanAt)];
  const documents: YamlDocument[] = [];
  for (const document of read.documents) {
    const syntax = syntaxDiagnostics(document.errors, text, lines, spanAt);
    const directive = unsupportedDirective(document);
    if (directive !== undefined) {
      diagnostics.push({ severity: "error", code: "yaml-syntax", message: directive, span: spanAt(0) });
    }
    diagnostics.push(...syntax);
    if (syntax.length > 0) continue;
    const converted = convertDocument(document.contents as Node | null, text, spanAt);
    diagnostics.push(...converted.diagnostics);
    documents.push({ tree: converted.tree, resets: converted.resets });
  }
  if (read.tabAt !== undefined && diagnostics.length === 0) diagnostics.push(refusedTab(spanAt(read.tabAt)));
  return { documents, diagnostics };
};

/** `file` goes into every span. A text without any document gives no documents and no problems. */
export const parseYaml = (source: string, file: string): ParsedYaml => {
  const text = normaliseBreaks(source.startsWith("\ufeff") ? source.slice(1) : source);
  const unreadable = readerProblem(text, file);
  if (unreadable !== undefined) return { documents: [], diagnostics: [unreadable] };
  const tree = readPlainYaml(text, file);
  return tree === undefined ? parseFully(text, file) : { documents: [{ tree, resets: [] }], diagnostics: [] };
};
