// BuildKit's progress as buildx tells it (--progress rawjson): lines of JSON with steps, numbers and what commands print.
import { StringDecoder } from "node:string_decoder";
import type { Progress } from "@composure/engine/Engine";

interface Vertex {
  readonly digest: string;
  readonly name?: string;
  readonly started?: string;
  readonly cached?: boolean;
  readonly error?: string;
}
interface Status {
  readonly id: string;
  readonly vertex: string;
  readonly name?: string;
  readonly current?: number;
  readonly total?: number;
  readonly completed?: string;
}
interface Log {
  readonly vertex: string;
  /** Base64. */
  readonly data: string;
}
interface Warning {
  readonly short?: string;
}
interface SolveStatus {
  readonly vertexes?: ReadonlyArray<Vertex>;
  readonly statuses?: ReadonlyArray<Status>;
  readonly logs?: ReadonlyArray<Log>;
  readonly warnings?: ReadonlyArray<Warning>;
}

/** Characters of one step's output that are kept to explain a failure. */
const KEPT = 4096;
/** Lines of it that are shown. */
const SHOWN = 20;

interface Step {
  readonly name: string;
  /** Text of the step that has not ended in a line yet. */
  rest: string;
  said: string;
  readonly decoder: StringDecoder;
  failed: boolean;
}

/** "[build 2/4] RUN make" is the step "build 2/4"; steps that are buildx's own business are not worth a line. */
export const stepOf = (name: string): string => /^\[([^\]]+)\]/.exec(name)?.[1] ?? "";
const isOwnBusiness = (name: string): boolean => /local bake definitions|resolving provenance for metadata/.test(name);

const parse = (line: string): SolveStatus | undefined => {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as SolveStatus;
  } catch {
    return undefined;
  }
};

export interface SolveReader {
  /** One line without its end. */
  readonly read: (line: string) => ReadonlyArray<Progress>;
  /** Output that did not end in a line. */
  readonly end: () => ReadonlyArray<Progress>;
  /** Lines that are no progress: what went wrong, and where in the Dockerfile. */
  readonly complaints: () => ReadonlyArray<string>;
  /** What the steps that failed printed last. */
  readonly lastWords: () => ReadonlyArray<string>;
}

export const solveReader = (): SolveReader => {
  const steps = new Map<string, Step>();
  const announced = new Set<string>();
  const complaints: Array<string> = [];
  const step = (digest: string, name = ""): Step => {
    const known = steps.get(digest);
    if (known !== undefined) return known;
    const made: Step = { name, rest: "", said: "", decoder: new StringDecoder("utf8"), failed: false };
    steps.set(digest, made);
    return made;
  };
  const once = (key: string, name: string, text: string): ReadonlyArray<Progress> => {
    if (announced.has(key) || isOwnBusiness(name)) return [];
    announced.add(key);
    return [{ id: stepOf(name), text }];
  };
  const vertex = ({ digest, name = "", started, cached, error }: Vertex): ReadonlyArray<Progress> => {
    const found = step(digest, name);
    if (error !== undefined && error !== "" && !/^context canceled|: context canceled$/.test(error)) found.failed = true;
    return [
      ...(started === undefined ? [] : once(`${name} started`, name, name)),
      ...(cached === true ? once(`${name} cached`, name, `${name}: cached`) : []),
    ];
  };
  const lines = (found: Step, text: string): ReadonlyArray<Progress> => {
    const parts = (found.rest + text).split(/\r?\n/);
    found.rest = parts.pop() ?? "";
    return parts.filter((line) => line.trim() !== "").map((line) => ({ id: stepOf(found.name), text: line.trimEnd() }));
  };
  const log = ({ vertex: digest, data }: Log): ReadonlyArray<Progress> => {
    const found = step(digest);
    const text = found.decoder.write(Buffer.from(data, "base64"));
    found.said = (found.said + text).slice(-KEPT);
    return lines(found, text);
  };
  const status = ({ id, vertex: digest, name, current, total }: Status): ReadonlyArray<Progress> =>
    isOwnBusiness(steps.get(digest)?.name ?? "") || total === undefined || total === 0
      ? []
      : [{ id, text: name === undefined || name === "" ? id : name, current: current ?? 0, total }];
  return {
    read: (line) => {
      const told = parse(line);
      if (told === undefined) {
        if (line.trim() !== "") complaints.push(line);
        return [];
      }
      return [
        ...(told.vertexes ?? []).flatMap(vertex),
        ...(told.statuses ?? []).flatMap(status),
        ...(told.logs ?? []).flatMap(log),
        ...(told.warnings ?? []).flatMap(({ short }) => {
          const text = short === undefined ? "" : Buffer.from(short, "base64").toString("utf8");
          return text === "" ? [] : once(`warning ${text}`, "", `warning: ${text}`);
        }),
      ];
    },
    end: () => [...steps.values()].flatMap((found) => (found.rest === "" ? [] : lines(found, "\n"))),
    complaints: () => complaints,
    lastWords: () =>
      [...steps.values()]
        .filter(({ failed }) => failed)
        .flatMap(({ said }) => said.trimEnd().split("\n").slice(-SHOWN))
        .filter((line) => line.trim() !== ""),
  };
};
