// The part of the tar format (POSIX ustar) that a simulated file system needs: files and folders, in memory.

export interface TarEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
  readonly content: Uint8Array;
}

const block = 512;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const put = (header: Uint8Array, at: number, text: string): void => header.set(encoder.encode(text), at);
const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;

const headerOf = (name: string, kind: TarEntry["kind"], size: number): Uint8Array => {
  const header = new Uint8Array(block);
  const bytes = encoder.encode(name);
  // Longer names are split at a slash: up to 155 bytes before it, up to 100 after.
  const cut = bytes.length <= 100 ? -1 : name.indexOf("/", name.length - 101);
  put(header, 0, name.slice(cut + 1).slice(0, 100));
  put(header, 100, octal(kind === "folder" ? 0o755 : 0o644, 7));
  put(header, 108, octal(0, 7));
  put(header, 116, octal(0, 7));
  put(header, 124, octal(size, 11));
  put(header, 136, octal(0, 11));
  put(header, 148, "        ");
  put(header, 156, kind === "folder" ? "5" : "0");
  put(header, 257, "ustar\u000000");
  if (cut > 0) put(header, 345, name.slice(0, cut).slice(0, 155));
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(header, 148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
};

const join = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

export const packTar = (entries: ReadonlyArray<TarEntry>): Uint8Array =>
  join([
    ...entries.flatMap(({ name, kind, content }) => [
      headerOf(kind === "folder" ? `${name}/` : name, kind, content.length),
      content,
      new Uint8Array((block - (content.length % block)) % block),
    ]),
    new Uint8Array(2 * block),
  ]);

const textAt = (bytes: Uint8Array, from: number, length: number): string => decoder.decode(bytes.subarray(from, from + length)).replace(/\0.*$/s, "");

/** "27 path=a/very/long/name\n": the extended header of the entry that follows. */
const paxPath = (content: Uint8Array): string | undefined => /(?:^|\n)\d+ path=([^\n]*)\n/.exec(`\n${decoder.decode(content)}`)?.[1];

const kindOf = (flag: string): TarEntry["kind"] => (flag === "5" ? "folder" : flag === "0" || flag === "" ? "file" : "other");

/** Undefined when it is no archive. */
export const unpackTar = (archive: Uint8Array): ReadonlyArray<TarEntry> | undefined => {
  const entries: Array<TarEntry> = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    if (textAt(header, 257, 5) !== "ustar") return undefined;
    const size = Number.parseInt(textAt(header, 124, 12).trim() || "0", 8);
    const content = archive.slice(at + block, at + block + size);
    const prefix = textAt(header, 345, 155);
    const flag = textAt(header, 156, 1);
    const short = `${prefix === "" ? "" : `${prefix}/`}${textAt(header, 0, 100)}`;
    if (flag === "x") longName = paxPath(content);
    else if (flag === "L") longName = textAt(content, 0, content.length);
    else {
      entries.push({ name: (longName ?? short).replace(/\/+$/, ""), kind: kindOf(flag), content });
      longName = undefined;
    }
    at += block + Math.ceil(size / block) * block;
  }
  return entries;
};

export const concatenate = join;
