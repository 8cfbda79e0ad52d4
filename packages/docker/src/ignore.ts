// .dockerignore, matched as docker does it: in order, the last match decides, and folders hand their matches down.
// No library does this to the letter; one that lets in a file too much puts it into an image.

interface Pattern {
  readonly text: string;
  readonly isException: boolean;
  readonly matches: RegExp;
}

/** Which patterns a folder matched; its content matches them too. */
export type Inherited = ReadonlyArray<boolean>;

export interface Ignored {
  readonly ignored: boolean;
  readonly inherited: Inherited;
}

export interface Ignore {
  /** `parent` is what the folder around it gave; nothing for the context itself. */
  readonly match: (path: string, parent: Inherited | undefined) => Ignored;
  /** Whether docker looks into an ignored folder: only where the text of an exception begins with its path, no glob opens one. */
  readonly enters: (folder: string) => boolean;
}

/** One pattern's characters as a regular expression over a whole path. */
const compile = (pattern: string): RegExp => {
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!;
    if (char === "*" && pattern[at + 1] === "*") {
      at += 1;
      if (pattern[at + 1] === "/") at += 1;
      source += at + 1 >= pattern.length ? ".*" : "(?:.*/)?";
    } else if (char === "*") {
      source += "[^/]*";
    } else if (char === "?") {
      source += "[^/]";
    } else if (char === "\\") {
      at += 1;
      source += at < pattern.length ? `\\u{${pattern.codePointAt(at)!.toString(16)}}` : "\\\\";
    } else {
      source += ".+()|{}$/".includes(char) ? `\\${char}` : char;
    }
  }
  return new RegExp(`^${source}$`, "su");
};

/** "a/../b//c/" to "b/c", as Go's filepath.Clean. */
const clean = (path: string): string => {
  const parts: Array<string> = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !path.startsWith("/")) parts.push(part);
  }
  return parts.join("/") || ".";
};

const parse = (line: string): Pattern | undefined => {
  if (line.startsWith("#")) return undefined;
  const trimmed = line.trim();
  if (trimmed === "") return undefined;
  const isException = trimmed.startsWith("!");
  const body = isException ? trimmed.slice(1).trim() : trimmed;
  if (body === "") throw new Error(`.dockerignore: "${line}" excepts nothing`);
  const text = clean(body);
  try {
    return { text, isException, matches: compile(text) };
  } catch {
    throw new Error(`.dockerignore: "${line}" is not a pattern`);
  }
};

export const parseIgnore = (content: string): Ignore => {
  const patterns = content
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line) => parse(line) ?? []);
  return {
    match: (path, parent) => {
      let ignored = false;
      const inherited = patterns.map((pattern, index) => {
        // An exception counts only after something ignored the path, and a pattern only before.
        const hit = parent?.[index] === true || (pattern.isException === ignored && pattern.matches.test(path));
        if (hit) ignored = !pattern.isException;
        return hit;
      });
      return { ignored, inherited };
    },
    enters: (folder) => patterns.some((pattern) => pattern.isException && `${pattern.text}/`.startsWith(`${folder}/`)),
  };
};
