// Container output on the wire: either raw bytes of a terminal, or frames of 8 bytes header and payload.
// Source: engine API, "Stream format" of POST /containers/{id}/attach.
import type { OutputChunk } from "@composure/engine/Engine";

const HEADER = 8;

/** How a response says what it carries; engines before API 1.42 say nothing. */
const RAW_TYPE = "application/vnd.docker.raw-stream";
const FRAMED_TYPE = "application/vnd.docker.multiplexed-stream";

type Format = "unknown" | "framed" | "raw";

export const formatOf = (contentType: string | undefined, engineTells: boolean): Format => {
  if (contentType?.startsWith(FRAMED_TYPE) === true) return "framed";
  return engineTells && contentType?.startsWith(RAW_TYPE) === true ? "raw" : "unknown";
};

/** A terminal would have to print a control character and three zeros first to look like a frame. */
const looksFramed = (bytes: Uint8Array): boolean =>
  bytes[0]! <= 2 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0;

/**
 * Takes bytes as they arrive and gives chunks as soon as a byte of them is there. `end` gives what is left, so that
 * output without a final newline, or cut off in a frame, is not lost.
 */
export interface Demultiplexer {
  readonly push: (bytes: Uint8Array) => ReadonlyArray<OutputChunk>;
  readonly end: () => ReadonlyArray<OutputChunk>;
}

export const demultiplexer = (initial: Format): Demultiplexer => {
  let format = initial;
  let pending: Buffer = Buffer.alloc(0);
  let stream: OutputChunk["stream"] = "stdout";
  let remaining = 0;

  const framed = (): ReadonlyArray<OutputChunk> => {
    const chunks: Array<OutputChunk> = [];
    for (;;) {
      if (remaining > 0 && pending.length > 0) {
        const bytes = pending.subarray(0, remaining);
        pending = pending.subarray(bytes.length);
        remaining -= bytes.length;
        chunks.push({ stream, bytes });
      } else if (remaining === 0 && pending.length >= HEADER) {
        stream = pending[0] === 2 ? "stderr" : "stdout";
        remaining = pending.readUInt32BE(4);
        pending = pending.subarray(HEADER);
      } else {
        return chunks;
      }
    }
  };
  const raw = (): ReadonlyArray<OutputChunk> => {
    const bytes = pending;
    pending = Buffer.alloc(0);
    return bytes.length === 0 ? [] : [{ stream: "stdout", bytes }];
  };
  return {
    push: (bytes) => {
      pending = pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([pending, bytes]);
      if (format === "unknown" && pending.length >= 4) format = looksFramed(pending) ? "framed" : "raw";
      if (format === "unknown") return [];
      return format === "framed" ? framed() : raw();
    },
    end: () => (format === "framed" ? [] : raw()),
  };
};
