// A problem found in the input, with its place and what to do about it.
import type { Span } from "./Span.ts";

/**
 * One problem in the user's input.
 * `code` is a stable kebab-case class ("unknown-key", "dependency-cycle", ...); `message` is one sentence;
 * `path` is the dotted path of the value ("services.web.ports[0]"); `snippet` is the source line at the span;
 * `hint` says what to do.
 */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly span?: Span;
  readonly snippet?: string;
  readonly hint?: string;
}
