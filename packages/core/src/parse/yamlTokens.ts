// Reads YAML text into the library's documents, with the indentation rules of go-yaml and a bound on nesting.
import { Composer, type Document, Lexer, type LineCounter, Parser, type YAMLError } from "yaml";

/**
 * The library's documents. `tooDeepAt` is where the nesting went past the bound and reading stopped; `tabAt` is a tab
 * that go-yaml does not take.
 */
export interface ReadYaml {
  readonly documents: ReadonlyArray<Document>;
  readonly errors: ReadonlyArray<YAMLError>;
  readonly tooDeepAt?: number;
  readonly tabAt?: number;
}

// The library keeps these members of the lexer private; its version is pinned, and a test guards the effect.
interface LexerInternals {
  indentNext: number;
  parseFlowCollection: () => Generator<string, unknown>;
  parseQuotedScalar: () => Generator<string, unknown>;
}

type Step = () => Generator<string, unknown>;

/** YAML 1.2 wants the inside of brackets and quotes indented; go-yaml (YAML 1.1) does not care. */
const withoutIndentation = (lexer: LexerInternals, step: Step): Step =>
  function* () {
    const saved = lexer.indentNext;
    lexer.indentNext = 0;
    try {
      return yield* step.call(lexer);
    } finally {
      lexer.indentNext = saved;
    }
  };

const goLexer = (): Lexer => {
  const lexer = new Lexer();
  const internals = lexer as unknown as LexerInternals;
  internals.parseFlowCollection = withoutIndentation(internals, internals.parseFlowCollection);
  internals.parseQuotedScalar = withoutIndentation(internals, internals.parseQuotedScalar);
  return lexer;
};

// What the library's lexer puts between the pieces of the text; they take no room in it.
const SCALAR_FOLLOWS = "\u001f";
const MARKS = new Set(["\u0002", "\u0018", "\ufeff"]);

/** Finds the tabs that go-yaml refuses: outside brackets, at the start of a line, and after `-` and `?`. */
const tabGuard = (): ((lexeme: string, indentNext: number) => number | undefined) => {
  let offset = 0;
  let lineStart = 0;
  let brackets = 0;
  let forbidden = true;
  let afterPlain = false;
  let scalarFollows = false;
  let blockHeader = false;
  const look = (lexeme: string, indentNext: number): number | undefined => {
    const first = lexeme[0] ?? "";
    if (scalarFollows) {
      // A block scalar ends with its last line break, so that a new line has begun.
      forbidden = blockHeader;
      afterPlain = !blockHeader;
      scalarFollows = false;
      blockHeader = false;
      return undefined;
    }
    if (first === " " || first === "\t") {
      const tab = lexeme.indexOf("\t");
      if (tab < 0 || brackets > 0 || !forbidden) return undefined;
      // Blank lines after a plain scalar still belong to it; it takes tabs that are indented enough.
      return afterPlain && offset + tab - lineStart >= indentNext ? undefined : offset + tab;
    }
    if (first === "#") {
      afterPlain = false;
      return undefined;
    }
    if (first === "\n" || first === "\r") {
      forbidden = true;
      return undefined;
    }
    if (lexeme === "[" || lexeme === "{") brackets++;
    if ((lexeme === "]" || lexeme === "}") && brackets > 0) brackets--;
    blockHeader = first === "|" || first === ">";
    forbidden = lexeme === "-" || lexeme === "?";
    afterPlain = false;
    return undefined;
  };
  return (lexeme, indentNext) => {
    if (MARKS.has(lexeme)) return undefined;
    if (lexeme === SCALAR_FOLLOWS) {
      scalarFollows = true;
      return undefined;
    }
    const found = look(lexeme, indentNext);
    const newline = lexeme.lastIndexOf("\n");
    if (newline >= 0) lineStart = offset + newline + 1;
    offset += lexeme.length;
    return found;
  };
};

/** `maxDepth` bounds open collections, so that composing cannot exhaust the call stack. */
export const readYaml = (text: string, counter: LineCounter, maxDepth: number): ReadYaml => {
  const parser = new Parser(counter.addNewLine);
  const composer = new Composer({
    schema: "failsafe",
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
    lineCounter: counter,
  });
  counter.addNewLine(0);
  const documents: Document[] = [];
  const lexer = goLexer();
  const refusedTab = tabGuard();
  let tabAt: number | undefined;
  for (const lexeme of lexer.lex(text)) {
    tabAt ??= refusedTab(lexeme, (lexer as unknown as LexerInternals).indentNext);
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    // One entry is the document, one may be a scalar.
    if (parser.stack.length > maxDepth + 2) return { documents: [], errors: [], tooDeepAt: parser.offset };
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end());
  const errors = documents.length === 0 ? composer.streamInfo().errors : [];
  return tabAt === undefined ? { documents, errors } : { documents, errors, tabAt };
};
