// What is read from a Dockerfile, and from BuildKit's own account of a build.
import { basesOf, builderFor } from "@composure/docker/dockerfile";
import { traceReader } from "@composure/docker/buildkit";
import { expect, test } from "vitest";

test.each([
  ["FROM busybox\nRUN echo hi\nCOPY --from=base --chown=1:1 a b\n", "classic"],
  ["# syntax=docker/dockerfile:1\nFROM --platform=linux/amd64 busybox\n", "classic"],
  ["FROM busybox\n# RUN --mount=type=cache,target=/x make\nRUN x=$((1<<3)); cat <<<hi\n", "classic"],
  ["FROM busybox\nRUN echo --mount=type=cache\n", "classic"],
  ["FROM busybox\nRUN --mount=type=cache,target=/x make\n", "buildkit"],
  ["FROM busybox\nrun \\\n  --network=none \\\n  --mount=type=secret,id=x make\n", "buildkit"],
  ["FROM busybox\nCOPY --chown=1 --link a b\n", "buildkit"],
  ["FROM busybox\nCOPY --chmod=755 a b\n", "buildkit"],
  ["FROM busybox\nCOPY <<-EOF /x\n\thello\n\tEOF\n", "buildkit"],
  ["FROM busybox\nRUN <<'SH'\necho\nSH\n", "buildkit"],
  ["FROM --platform=$BUILDPLATFORM golang\nARG TARGETARCH\n", "buildkit"],
  ["FROM x\nARG TARGETOS\nRUN echo $TARGETOS\n", "buildkit"],
  ["FROM x\nADD https://github.com/a/b.git#v1 /src\n", "buildkit"],
  ["FROM x\nADD https://example.org/b.tar.gz /src\n", "classic"],
])("%j is for %s", (text, builder) => {
  expect(builderFor(text)).toBe(builder);
});

test("the images it builds on", () => {
  const text =
    "FROM --platform=linux/amd64 a.test/go:1 AS Build\nFROM busybox\nfrom build\nFROM scratch\nFROM ${BASE}\n# FROM c\nFROM \\\n  d\n";
  expect(basesOf(text)).toEqual(["a.test/go:1", "busybox", "d"]);
});

const varint = (value: number): ReadonlyArray<number> =>
  value < 128 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))];
const bytes = (number: number, value: string | ReadonlyArray<number>): ReadonlyArray<number> => {
  const payload = typeof value === "string" ? [...Buffer.from(value)] : value;
  return [(number << 3) | 2, ...varint(payload.length), ...payload];
};
const int = (number: number, value: number): ReadonlyArray<number> => [number << 3, ...varint(value)];
const aux = (...fields: ReadonlyArray<ReadonlyArray<number>>): string => Buffer.from(fields.flat()).toString("base64");

test("BuildKit's trace: steps once, their output, transfers, cached steps, errors", () => {
  const read = traceReader();
  const vertex = (...more: ReadonlyArray<ReadonlyArray<number>>) =>
    bytes(1, [...bytes(1, "sha256:a"), ...bytes(2, "sha256:x"), ...bytes(3, "[base 2/3] RUN make"), ...more.flat()]);
  expect(read(aux(vertex()))).toEqual({ progress: [], said: "" });
  const started = bytes(5, int(1, 1_700_000_000));
  expect(read(aux(vertex(started))).progress).toEqual([{ id: "base 2/3", text: "[base 2/3] RUN make" }]);
  expect(read(aux(vertex(started))).progress).toEqual([]);
  const log = bytes(3, [...bytes(1, "sha256:a"), ...int(3, 1), ...bytes(4, "one\ntwo é\n")]);
  expect(read(aux(log))).toEqual({
    progress: [
      { id: "base 2/3", text: "one" },
      { id: "base 2/3", text: "two é" },
    ],
    said: "one\ntwo é\n",
  });
  const status = bytes(2, [
    ...bytes(1, "sha256:layer"),
    ...bytes(2, "sha256:a"),
    ...bytes(3, "downloading"),
    ...int(4, 300),
    ...int(5, 4_000_000_000),
  ]);
  expect(read(aux(status)).progress).toEqual([
    { id: "sha256:layer", text: "downloading", current: 300, total: 4_000_000_000 },
  ]);
  expect(read(aux(vertex(started, int(4, 1)))).progress).toEqual([
    { id: "base 2/3", text: "[base 2/3] RUN make: cached" },
  ]);
  expect(read(aux(vertex(started, bytes(7, "exit code: 2")))).progress).toEqual([
    { id: "base 2/3", text: "exit code: 2" },
  ]);
  expect(read("AAAA////")).toEqual({ progress: [], said: "" });
});
