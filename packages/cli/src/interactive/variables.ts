// Environment variables of a command line: `NAME=value`, or `NAME` for the value that the environment has.

/** `null`: the name is passed on without a value, which unsets it. */
export const readVariables = (
  given: ReadonlyArray<string>,
  known: Readonly<Record<string, string>>,
): ReadonlyArray<readonly [name: string, value: string | null]> =>
  given.map((text) => {
    const at = text.indexOf("=");
    return at === -1 ? [text, known[text] ?? null] : [text.slice(0, at), text.slice(at + 1)];
  });
