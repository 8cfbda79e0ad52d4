// Reads YAML text into the library's documents, with the indentation rules of go-yaml and a bound on nesting.
import { Composer, type Document, Lexer, type LineCounter, Parser, type YAMLError } from "yaml";

/** The library's documents; `tooDeepAt` is where the nesting went past the bound and reading stopped. */
export interface ReadYaml {
  readonly documents: ReadonlyArray<Document>;
  readonly errors: ReadonlyArray<YAMLError>;
  readonly tooDeepAt?: number;
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
  for (const lexeme of goLexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    // One entry is the document, one may be a scalar.
    if (parser.stack.length > maxDepth + 2) return { documents: [], errors: [], tooDeepAt: parser.offset };
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end());
  return { documents, errors: documents.length === 0 ? composer.streamInfo().errors : [] };
};
