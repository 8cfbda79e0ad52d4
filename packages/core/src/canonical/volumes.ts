// The short syntax of service volumes: `[source:]target[:options]`.
// Source: Compose Specification, volumes; details as in compose-go's format/volume.go.
import * as Result from "effect/Result";
import { cleanPath } from "../normalise/goPath.ts";

export interface ShortVolume {
  readonly type: "bind" | "volume";
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
  /** Undefined when the long form has no `bind` block. */
  readonly bind:
    | { readonly propagation?: string; readonly selinux?: string; readonly create_host_path?: true }
    | undefined;
  readonly volume: { readonly nocopy?: true } | undefined;
}

const propagations = new Set(["rprivate", "private", "rshared", "shared", "rslave", "slave"]);

const isLetter = (text: string): boolean => /^\p{L}$/u.test(text);

/** Splits at colons, but not inside `${...}` and not after a single letter, which is a Windows drive. */
const sections = (spec: string): ReadonlyArray<string> => {
  const found: Array<string> = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < spec.length; at++) {
    const char = spec[at];
    if (char === "$" && spec[at + 1] === "{") depth++;
    else if (char === "}" && depth > 0) depth--;
    // A letter can be two units long.
    if (char !== ":" || depth > 0 || (at - start <= 2 && isLetter(spec.slice(start, at)))) continue;
    found.push(spec.slice(start, at));
    start = at + 1;
  }
  return [...found, spec.slice(start)];
};

const isPath = (source: string): boolean =>
  /^[./~]/.test(source) || source.startsWith("\\\\") || /^\p{L}:/u.test(source);

const applyOptions = (options: string): Pick<ShortVolume, "readOnly" | "bind" | "volume"> => {
  let readOnly = false;
  let bind: { propagation?: string; selinux?: string } | undefined;
  let volume: { nocopy: true } | undefined;
  for (const option of options.split(",")) {
    if (option === "ro") readOnly = true;
    else if (option === "rw") readOnly = false;
    else if (option === "nocopy") volume = { nocopy: true };
    else if (propagations.has(option)) bind = { ...bind, propagation: option };
    else if (option === "z" || option === "Z") bind = { ...bind, selinux: option };
  }
  return { readOnly, bind, volume };
};

/** The parts of one entry, or what is wrong. Unknown options (`cached`, `delegated`) are ignored, as docker compose does. */
export const parseVolume = (spec: string): Result.Result<ShortVolume, string> => {
  if (spec === "") return Result.fail("it is empty");
  const none = { readOnly: false, bind: undefined, volume: undefined };
  if (spec.length <= 2 && new TextEncoder().encode(spec).length <= 2) {
    return Result.succeed({ type: "volume", source: undefined, target: cleanPath(spec), ...none });
  }
  const parts = sections(spec);
  if (parts.includes("")) return Result.fail("a part between the colons is empty");
  if (parts.length > 3) return Result.fail("it has too many colons");
  const source = parts.length === 1 ? undefined : (parts[0] as string);
  const target = cleanPath(parts[parts.length === 1 ? 0 : 1] as string);
  const options = parts[2] === undefined ? none : applyOptions(parts[2]);
  return Result.succeed(
    source !== undefined && isPath(source)
      ? { type: "bind", source, target, ...options, bind: { ...options.bind, create_host_path: true } }
      : { type: "volume", source, target, ...options, volume: options.volume ?? {} },
  );
};
