// Bytes of a stream to lines of text. A line that never ends is kept until the stream does.

export interface LineSplitter {
  /** The lines that `bytes` completed. */
  readonly push: (bytes: Uint8Array) => ReadonlyArray<string>;
  /** The unterminated line of a message that is complete: with `stamped`, nothing can be added to it any more. */
  readonly settle: () => ReadonlyArray<string>;
  /** What stood after the last line end. */
  readonly end: () => ReadonlyArray<string>;
}

// A container that writes one endless line must not fill the memory.
const longest = 1 << 20;

/** The time that the engine puts before a message. */
export const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) /;

// The engine cuts longer lines into messages of this many bytes, each with a time of its own.
const wholeMessage = 16 * 1024;

/**
 * With `stamped`, every message begins with its time. A message that does not end its line is followed by another: the
 * rest of a line that was too long, or, after a container stopped in the middle of a line, the first one of its next run.
 */
export const lineSplitter = (stamped = false): LineSplitter => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = "";
  let messageBytes = 0;
  const join = (bytes: Uint8Array): string => {
    const text = decoder.decode(bytes, { stream: true });
    const found = stamped && rest !== "" ? stamp.exec(text) : null;
    const cut = messageBytes >= wholeMessage;
    messageBytes = found === null ? messageBytes + bytes.length : bytes.length;
    if (found === null) return rest + text;
    return cut ? rest + text.slice(found[0].length) : `${rest}\n${text}`;
  };
  const bare = (line: string) => (line.endsWith("\r") ? line.slice(0, -1) : line);
  return {
    push: (bytes) => {
      const parts = join(bytes).split("\n");
      rest = parts.pop() ?? "";
      if (rest === "") messageBytes = 0;
      if (rest.length > longest) {
        parts.push(rest);
        rest = "";
      }
      return parts.map(bare);
    },
    settle: () => {
      if (!stamped || rest === "" || messageBytes >= wholeMessage) return [];
      const line = rest;
      rest = "";
      messageBytes = 0;
      return [bare(line)];
    },
    end: () => {
      const last = rest + decoder.decode();
      rest = "";
      return last === "" ? [] : [bare(last)];
    },
  };
};
