// Output of containers in frames, cut anywhere.
import { Readable } from "node:stream";
import { demultiplexer, formatOf } from "@composure/docker/frames";
import { jsonLines } from "@composure/docker/streams";
import type { OutputChunk } from "@composure/engine/Engine";
import { describe, expect, test } from "vitest";

const frame = (stream: number, text: string): Buffer => {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};

const texts = (chunks: ReadonlyArray<OutputChunk>): Readonly<Record<string, string>> => {
  const joined: Record<string, string> = {};
  for (const { stream, bytes } of chunks)
    joined[stream] = (joined[stream] ?? "") + Buffer.from(bytes).toString("latin1");
  return joined;
};

const run = (bytes: Buffer, size: number, format: "unknown" | "framed" | "raw" = "unknown") => {
  const frames = demultiplexer(format);
  const chunks: Array<OutputChunk> = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(...frames.push(bytes.subarray(at, at + size)));
  return [...chunks, ...frames.end()];
};

describe("output", () => {
  const bytes = Buffer.concat([
    frame(1, "one\n"),
    frame(2, "err"),
    frame(1, ""),
    frame(0, "in"),
    frame(1, "é".repeat(300)),
    frame(2, "last without newline"),
  ]);
  test.each([1, 2, 3, 7, 8, 9, 64, 10_000])("frames cut every %i bytes", (size) => {
    expect(texts(run(bytes, size))).toEqual({
      stdout: `one\nin${Buffer.from("é".repeat(300)).toString("latin1")}`,
      stderr: "errlast without newline",
    });
  });
  test("a frame that ends early gives what came", () => {
    expect(texts(run(frame(1, "0123456789").subarray(0, 12), 5))).toEqual({ stdout: "0123" });
  });
  test("a terminal's bytes are left alone", () => {
    expect(texts(run(Buffer.from("plain\r\n"), 3))).toEqual({ stdout: "plain\r\n" });
    expect(texts(run(Buffer.from("hi"), 1))).toEqual({ stdout: "hi" });
  });
  test("the engine's word counts where it gives one", () => {
    expect(formatOf("application/vnd.docker.raw-stream", true)).toBe("raw");
    expect(formatOf("application/vnd.docker.raw-stream", false)).toBe("unknown");
    expect(formatOf("application/vnd.docker.multiplexed-stream", true)).toBe("framed");
    const odd = Buffer.from([1, 0, 0, 0, 0, 0, 0, 1, 65]);
    expect(texts(run(odd, 9, "raw"))["stdout"]).toHaveLength(9);
  });
});

test("JSON lines, cut anywhere, the last without a newline", async () => {
  const text = Buffer.from('{"a":"é"}\r\n\n{"b":2}\n{"c":3}');
  for (const size of [1, 2, 5, 100]) {
    const parts = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
      text.subarray(index * size, (index + 1) * size),
    );
    const seen: Array<unknown> = [];
    for await (const line of jsonLines(Readable.from(parts))) seen.push(line);
    expect(seen).toEqual([{ a: "é" }, { b: 2 }, { c: 3 }]);
  }
});
