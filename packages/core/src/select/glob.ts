// Matches names against patterns as Go's filepath.Match does: `*`, `?`, `[a-z]`, `[^a-z]` and `\` before a plain character.

/** One piece of a pattern; `accepts` says whether it takes a character. */
type Token = { readonly _tag: "Star" } | { readonly _tag: "One"; readonly accepts: (character: string) => boolean };

const literal = (wanted: string): Token => ({ _tag: "One", accepts: (character) => character === wanted });

/** The class that begins after "[", and where it ends; undefined when it is not well formed. */
const readClass = (characters: ReadonlyArray<string>, from: number): { token: Token; next: number } | undefined => {
  const negated = characters[from] === "^";
  const ranges: Array<readonly [string, string]> = [];
  let at = negated ? from + 1 : from;
  const one = (): string | undefined => {
    if (characters[at] === "\\") at++;
    return characters[at++];
  };
  while (characters[at] !== "]" || ranges.length === 0) {
    if (characters[at] === undefined || characters[at] === "-" || characters[at] === "]") return undefined;
    const low = one();
    let high = low;
    if (characters[at] === "-") {
      at++;
      if (characters[at] === "]" || characters[at] === "-") return undefined;
      high = one();
    }
    if (low === undefined || high === undefined) return undefined;
    ranges.push([low, high]);
  }
  const within = (character: string): boolean => ranges.some(([low, high]) => low <= character && character <= high);
  return {
    token: { _tag: "One", accepts: (character) => character !== "/" && within(character) !== negated },
    next: at + 1,
  };
};

const tokensOf = (pattern: string): ReadonlyArray<Token> | undefined => {
  const characters = Array.from(pattern);
  const tokens: Array<Token> = [];
  for (let at = 0; at < characters.length;) {
    const character = characters[at++] as string;
    if (character === "*") tokens.push({ _tag: "Star" });
    else if (character === "?") tokens.push({ _tag: "One", accepts: (one) => one !== "/" });
    else if (character === "\\") {
      const escaped = characters[at++];
      if (escaped === undefined) return undefined;
      tokens.push(literal(escaped));
    } else if (character === "[") {
      const read = readClass(characters, at);
      if (read === undefined) return undefined;
      tokens.push(read.token);
      at = read.next;
    } else tokens.push(literal(character));
  }
  return tokens;
};

/** Only the last star ever needs another try, so that no pattern costs more than its length times the name's. */
const matches = (tokens: ReadonlyArray<Token>, name: string): boolean => {
  const characters = Array.from(name);
  let token = 0;
  let at = 0;
  let star = -1;
  let resume = 0;
  while (at < characters.length) {
    const here = tokens[token];
    const character = characters[at] as string;
    if (here?._tag === "Star") {
      star = token++;
      resume = at;
    } else if (here !== undefined && here.accepts(character)) {
      token++;
      at++;
    } else if (star >= 0 && characters[resume] !== "/") {
      token = star + 1;
      at = ++resume;
    } else return false;
  }
  return tokens.slice(token).every(({ _tag }) => _tag === "Star");
};

/** A test for names; undefined when the pattern is malformed, which matches nothing. */
export const globOf = (pattern: string): ((name: string) => boolean) | undefined => {
  const tokens = tokensOf(pattern);
  return tokens === undefined ? undefined : (name) => matches(tokens, name);
};
