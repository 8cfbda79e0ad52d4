// The keys that let go of a terminal: typed in a row they end the connection, and the process goes on.

/** "ctrl-p,ctrl-q" as bytes; undefined when it is no such list. Source: docker's --detach-keys. */
export const parseKeys = (text: string): ReadonlyArray<number> | undefined => {
  const keys: Array<number> = [];
  for (const key of text.split(",")) {
    const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
    if (control !== undefined) keys.push(control === "@" ? 0 : control >= "a" ? control.charCodeAt(0) - 96 : control.charCodeAt(0) - 64);
    else if (/^[\x20-\x7e]$/.test(key)) keys.push(key.charCodeAt(0));
    else return undefined;
  }
  return keys;
};

export const usualKeys = "ctrl-p,ctrl-q";

export interface EscapeReader {
  /** What goes on to the process; `escaped` once the keys are complete. Keys that may be a beginning are held back. */
  readonly read: (bytes: Uint8Array) => { readonly pass: Uint8Array; readonly escaped: boolean };
}

export const escapeReader = (keys: ReadonlyArray<number>): EscapeReader => {
  let matched = 0;
  return {
    read: (bytes) => {
      const pass: Array<number> = [];
      for (const byte of bytes) {
        if (byte === keys[matched]) {
          matched++;
          if (matched === keys.length) return { pass: Uint8Array.from(pass), escaped: true };
          continue;
        }
        pass.push(...keys.slice(0, matched));
        matched = byte === keys[0] ? 1 : 0;
        if (matched === 0) pass.push(byte);
        else if (keys.length === 1) return { pass: Uint8Array.from(pass), escaped: true };
      }
      return { pass: Uint8Array.from(pass), escaped: false };
    },
  };
};
