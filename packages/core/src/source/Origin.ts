// How a value came to be what it is: what was written, which variables fed it, and what it replaced.
import type { Span } from "./Span.ts";

/** Where the value of a variable came from. `EnvFile` names the line of the file that set it. */
export type VariableSource =
  | { readonly _tag: "Environment" }
  | { readonly _tag: "EnvFile"; readonly span: Span }
  | { readonly _tag: "ProjectName" }
  | { readonly _tag: "Unset" };

/** One variable that a value mentions. The variable's value is never kept here: it may be a secret. */
export interface VariableOrigin {
  readonly name: string;
  readonly source: VariableSource;
}

/**
 * The history of one value. `written` is the text before variables were put in; `replaced` are the places of the
 * definitions that this one replaced, latest first.
 */
export interface Origin {
  readonly written?: string;
  readonly variables?: ReadonlyArray<VariableOrigin>;
  readonly replaced?: ReadonlyArray<Span>;
  /** Why there is a value that nobody wrote: "default", "implied by links". */
  readonly added?: string;
}
