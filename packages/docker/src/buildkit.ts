// BuildKit's progress, which the engine hands through as protobuf in JSON lines: the few fields that people want to see.
// Source: moby.buildkit.v1 StatusResponse. protobufjs would weigh more than the rest of this package.
import type { Progress } from "@composure/engine/Engine";

interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** The fields of one message, in order; unknown kinds end it. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length; shift += 7n) {
      const byte = bytes[at]!;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const kind = key & 7;
    if (kind === 0) yield { number: key >> 3, value: varint() };
    else if (kind === 2) {
      const length = Number(varint());
      yield { number: key >> 3, value: bytes.subarray(at, at + length) };
      at += length;
    } else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else return;
  }
}

const decoder = new TextDecoder();
const textIn = (fields: ReadonlyArray<Field>, number: number): string => {
  const value = fields.find((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? decoder.decode(value) : "";
};
const numberIn = (fields: ReadonlyArray<Field>, number: number): number => {
  const value = fields.find((field) => field.number === number)?.value;
  return typeof value === "bigint" ? Number(value) : 0;
};
const has = (fields: ReadonlyArray<Field>, number: number): boolean => fields.some((field) => field.number === number);

/** What a line of the trace tells: progress, and what the build's own commands printed. */
export interface Trace {
  readonly progress: ReadonlyArray<Progress>;
  readonly said: string;
}

/** "[build 2/4] RUN make" is the step "build 2/4". */
const stepOf = (name: string): string => /^\[([^\]]+)\]/.exec(name)?.[1] ?? "";

/** Reads the lines of one build, in order: later lines name steps by what earlier ones told. */
export const traceReader = (): ((aux: string) => Trace) => {
  const names = new Map<string, string>();
  const announced = new Set<string>();
  const once = (digest: string, what: string, text: string): ReadonlyArray<Progress> => {
    const key = `${digest} ${what}`;
    if (announced.has(key)) return [];
    announced.add(key);
    return [{ id: stepOf(names.get(digest) ?? ""), text }];
  };
  const vertex = (fields: ReadonlyArray<Field>): ReadonlyArray<Progress> => {
    const digest = textIn(fields, 1);
    const name = textIn(fields, 3);
    names.set(digest, name);
    const [cached, started, error] = [numberIn(fields, 4) === 1, has(fields, 5), textIn(fields, 7)];
    return [
      ...(started ? once(digest, "started", name) : []),
      ...(cached ? once(digest, "cached", `${name}: cached`) : []),
      ...(error === "" ? [] : once(digest, "failed", error)),
    ];
  };
  const status = (fields: ReadonlyArray<Field>): Progress => ({
    id: textIn(fields, 1),
    text: textIn(fields, 3) || textIn(fields, 1),
    ...(has(fields, 4) ? { current: numberIn(fields, 4) } : {}),
    ...(numberIn(fields, 5) > 0 ? { total: numberIn(fields, 5) } : {}),
  });
  return (aux) => {
    const progress: Array<Progress> = [];
    let said = "";
    for (const { number, value } of fieldsOf(Buffer.from(aux, "base64"))) {
      if (!(value instanceof Uint8Array)) continue;
      const fields = [...fieldsOf(value)];
      if (number === 1) progress.push(...vertex(fields));
      if (number === 2) progress.push(status(fields));
      if (number === 3) {
        const text = textIn(fields, 4);
        said += text;
        const id = stepOf(names.get(textIn(fields, 1)) ?? "");
        for (const line of text.split("\n")) if (line.trim() !== "") progress.push({ id, text: line.trimEnd() });
      }
    }
    return { progress, said };
  };
};
