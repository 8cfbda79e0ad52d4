// Where a value of a Compose file was written.

/** A place in a source file. `line` and `column` count from 1; `column` counts UTF-16 units. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export const renderSpan = (span: Span): string => `${span.file}:${span.line}:${span.column}`;
