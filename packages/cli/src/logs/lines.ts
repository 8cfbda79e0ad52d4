// Bytes of a stream to lines of text. A line that never ends is kept until the stream does.

export interface LineSplitter {
  /** The lines that `bytes` completed. */
  readonly push: (bytes: Uint8Array) => ReadonlyArray<string>;
  /** What stood after the last line end. */
  readonly end: () => ReadonlyArray<string>;
}

// A container that writes one endless line must not fill the memory.
const longest = 1 << 20;

export const lineSplitter = (): LineSplitter => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = "";
  const bare = (line: string) => (line.endsWith("\r") ? line.slice(0, -1) : line);
  return {
    push: (bytes) => {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      if (rest.length > longest) {
        parts.push(rest);
        rest = "";
      }
      return parts.map(bare);
    },
    end: () => {
      const last = rest + decoder.decode();
      rest = "";
      return last === "" ? [] : [bare(last)];
    },
  };
};
