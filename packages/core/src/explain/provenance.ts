// Where a value of the project comes from: the data of `config --explain PATH`.
import * as Result from "effect/Result";
import type { Json } from "../hash/canonicalJson.ts";
import { parseTemplate } from "../interpolate/template.ts";
import type { Loaded, Sources } from "../load/Load.ts";
import { treeData } from "../print/json.ts";
import { projectData } from "../print/yaml.ts";
import type { Origin, VariableOrigin } from "../source/Origin.ts";
import type { Span } from "../source/Span.ts";
import { type FileValue, fileValues } from "./fileValues.ts";
import { follow, itemAt, type NotFound, type Part, partsBelow, pathText, under } from "./follow.ts";
import { fieldPath } from "./locate.ts";
import { isSecretValue, maskSecrets, secretText } from "./secrets.ts";
import { secretsOf, type Veil, veilOf } from "./veil.ts";

/** A place in a file, with its line; secrets in the line are masked. */
export interface Definition {
  readonly span: Span;
  readonly line: string | null;
}

/** A variable that the value mentions, and what set it. */
export interface Feed {
  readonly name: string;
  readonly from: "environment" | "env file" | "project name" | "default" | "nothing";
  /** The line of the env file. */
  readonly definition: Definition | null;
  /** The default that was taken, because nothing sets the variable or what sets it is empty. */
  readonly default: string | null;
}

/** One entry of a map or item of a list. */
export interface EntryPlace {
  readonly path: string;
  readonly key: string | number;
  readonly value: unknown;
  readonly span: Span | null;
  readonly added: string | null;
}

export interface Provenance {
  readonly path: string;
  /** As `config` prints it, secrets masked. */
  readonly value: unknown;
  /** Null for what nobody wrote. */
  readonly definition: Definition | null;
  /** The written part that the value is made from, when that is a larger one: `ports[0]` for `ports[0].target`. */
  readonly within: string | null;
  /** Why there is a value that nobody wrote. */
  readonly added: string | null;
  /** Something to know about the value. */
  readonly note: string | null;
  /** The definitions that lost against this one, latest first. */
  readonly overrode: ReadonlyArray<Definition>;
  readonly variables: ReadonlyArray<Feed>;
  readonly entries: ReadonlyArray<EntryPlace>;
}

const MAX_LINE = 200;

const lineAt = ({ texts }: Sources, { file, line }: Span): string | undefined => {
  const text = texts.get(file)?.split("\n", line)[line - 1];
  return text === undefined || text.trim() === "" ? undefined : text.replace(/\r$/, "");
};

const definitionAt = (sources: Sources, span: Span, veil: Veil): Definition => {
  const text = lineAt(sources, span);
  const veiled = text === undefined ? null : veil(text);
  return { span, line: veiled !== null && veiled.length > MAX_LINE ? `${veiled.slice(0, MAX_LINE)}…` : veiled };
};

/** JSON as plain data. Maps keep their keys whatever they are called. */
const plain = (json: Json): unknown => {
  if (json === null || typeof json !== "object") return typeof json === "bigint" ? Number(json) : json;
  if (json instanceof Map) return Object.fromEntries(Array.from(json, ([key, value]) => [key, plain(value)] as const));
  return (json as ReadonlyArray<Json>).map(plain);
};

const rootOf = ({ project, tree }: Loaded): Part => ({
  path: [],
  value: plain(projectData(project)),
  tree,
  span: tree.span,
});

/** What it takes to tell about a part without telling secrets. `fed` are the secrets in the scalar that it is a piece of. */
interface Telling {
  readonly sources: Sources;
  readonly veil: Veil;
  readonly fed: ReadonlyArray<string>;
}

const tellingOf = (telling: Telling, { tree }: Part): Telling =>
  tree === undefined ? telling : { ...telling, fed: secretsFrom(tree.origin, telling.sources) };

/** The value without its secrets. */
const masked = (part: Part, telling: Telling): unknown => {
  const raw =
    part.value !== undefined ? part.value : part.tree === undefined ? null : plain(treeData(part.tree, "yaml"));
  const key = String(part.path.at(-1) ?? "");
  const hidden = (maskSecrets({ [key]: raw }) as Readonly<Record<string, unknown>>)[key];
  return veiled(part, hidden, telling);
};

/** Secrets that a variable of a secret's name carries into a value whose own name says nothing. */
const veiled = (part: Part, value: unknown, above: Telling): unknown => {
  const telling = tellingOf(above, part);
  if (typeof value === "string") return value === secretText ? value : veilOf(telling.fed)(telling.veil(value));
  if (Array.isArray(value)) return value.map((item, index) => veiled(itemAt(part, index), item, telling));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, veiled(under(part, key), item, telling)]));
};

/** The default that `name` has in a template, also inside the default of another. */
const defaultIn = (text: string, name: string, isEmpty: boolean, depth = 0): string | undefined => {
  if (depth > 50 || !text.includes("$")) return undefined;
  for (const piece of parseTemplate(text)) {
    if (piece._tag !== "Operation") continue;
    if (piece.name === name && (piece.operator === ":-" || (piece.operator === "-" && !isEmpty))) return piece.body;
    const nested = defaultIn(piece.body, name, isEmpty, depth + 1);
    if (nested !== undefined) return nested;
  }
  return undefined;
};

const feedOf = ({ name, source }: VariableOrigin, written: string, sources: Sources, veil: Veil): Feed => {
  const isUnset = source._tag === "Unset";
  const isEmpty = !isUnset && sources.environment.get(name)?.value === "";
  const preset = isUnset || isEmpty ? defaultIn(written, name, isEmpty) : undefined;
  const fallback = preset === undefined ? null : isSecretValue(name, preset) ? secretText : veil(preset);
  const feed = (from: Feed["from"], span?: Span): Feed => ({
    name,
    from,
    definition: span === undefined ? null : definitionAt(sources, span, veil),
    default: fallback,
  });
  switch (source._tag) {
    case "Environment":
      return feed("environment");
    case "EnvFile":
      return feed("env file", source.span);
    case "ProjectName":
      return feed("project name");
    case "Unset":
      return feed(fallback === null ? "nothing" : "default");
  }
};

const namesIn = (text: string): ReadonlyArray<string> =>
  text.includes("$")
    ? parseTemplate(text).flatMap((piece) =>
        piece._tag === "Variable"
          ? [piece.name]
          : piece._tag === "Operation"
            ? [piece.name, ...namesIn(piece.body)]
            : [],
      )
    : [];

/** The variables that a line of an env file mentions; single quotes and the raw format take them as they are. */
const fedLine = ({ span, raw }: FileValue, sources: Sources, veil: Veil): ReadonlyArray<Feed> => {
  const line = lineAt(sources, span) ?? "";
  const written = line.slice(line.indexOf("=") + 1);
  if (raw || written.trimStart().startsWith("'")) return [];
  return [...new Set(namesIn(written))].map((name) => {
    const source = sources.environment.get(name)?.source ?? ({ _tag: "Unset" } as const);
    return feedOf({ name, source }, written, sources, veil);
  });
};

/** What wrote the part: itself, or the scalar that it is a piece of (a short form, a command in one line). */
interface Writer {
  readonly part: Part;
  readonly isWhole: boolean;
}

const writerOf = (parts: ReadonlyArray<Part>): Writer | undefined => {
  const last = parts.at(-1) as Part;
  if (last.tree !== undefined) return { part: last, isWhole: true };
  const above = parts.findLast(({ tree }) => tree !== undefined);
  const value = above?.tree?._tag === "Scalar" ? above.tree.value : null;
  // A map that lacks the key wrote nothing; a list in its place was written in another form.
  const isSource = value !== null || (above?.tree?._tag === "List" && above !== parts[0] && !hasPairs(above));
  return above === undefined || !isSource ? undefined : { part: above, isWhole: false };
};

/** A list of `KEY=value` stands for a map: an entry that it lacks came from somewhere else. */
const hasPairs = ({ value }: Part): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** A part of a short form has no history of its own: that of the whole item holds. */
const replacedBy = (parts: ReadonlyArray<Part>, writer: Part): ReadonlyArray<Span> => {
  const own = writer.tree?.origin?.replaced;
  if (own !== undefined) return own;
  const at = parts.indexOf(writer);
  const item = parts.slice(0, at).findLast(({ path }) => typeof path.at(-1) === "number");
  return item?.tree?.origin?.replaced ?? [];
};

const noteOf = (parts: ReadonlyArray<Part>): string | null => {
  const part = parts.at(-1) as Part;
  if (part.value !== undefined || part.path.length === 0) return null;
  const [section, , attribute] = part.path;
  if (section === "services" && attribute === "env_file") return "its variables are in environment";
  if (section === "services" && attribute === "label_file") return "its labels are in labels";
  return parts[2]?.value === undefined
    ? "not part of the resulting project: its profile is off, or no enabled service uses it"
    : "config does not print it";
};

const addedTo = (parts: ReadonlyArray<Part>, writer: Writer | undefined): string | null => {
  if (writer === undefined) return "default";
  return (
    writer.part.tree?.origin?.added ?? parts.findLast(({ tree }) => tree?.origin?.added)?.tree?.origin?.added ?? null
  );
};

/** Variables with secret names feed values whose own names say nothing. */
const secretsFrom = (origin: Origin | undefined, { environment }: Sources): ReadonlyArray<string> =>
  (origin?.variables ?? []).flatMap(({ name }) => {
    const values = [environment.get(name)?.value, defaultIn(origin?.written ?? "", name, false)];
    return values.filter((value) => value !== undefined).filter((value) => isSecretValue(name, value));
  });

const entryOf = (part: Part, loaded: Loaded, telling: Telling): EntryPlace => {
  const files = part.tree === undefined ? fileValues(loaded.tree, part.path, loaded.sources) : [];
  const added = part.tree === undefined && files.length === 0 ? "default" : (part.tree?.origin?.added ?? null);
  const span = added === null ? (part.span ?? files.at(-1)?.span ?? null) : null;
  return {
    path: pathText(part.path),
    key: part.path.at(-1) as string | number,
    value: masked(part, telling),
    span,
    added,
  };
};

const explain = (parts: ReadonlyArray<Part>, loaded: Loaded): Provenance => {
  const { sources, tree } = loaded;
  const part = parts.at(-1) as Part;
  const [root] = parts as readonly [Part];
  const files = fileValues(tree, part.path, sources);
  const file = part.tree === undefined ? files.at(-1) : undefined;
  const writer = file === undefined ? writerOf(parts) : undefined;
  const fed = secretsFrom(writer?.part.tree?.origin, sources);
  const known = veilOf(secretsOf(root.value));
  const telling: Telling = { sources, veil: known, fed };
  const veil: Veil = (text) => veilOf(fed)(known(text));
  const added = file === undefined ? addedTo(parts, writer) : null;
  const at = (span: Span): Definition => definitionAt(sources, span, veil);
  const isImplied = added?.startsWith("implied by") === true;
  const span = file?.span ?? (added === null || isImplied ? writer?.part.span : undefined);
  const older = files.toReversed().slice(file === undefined ? 0 : 1);
  const replaced = writer === undefined ? [] : replacedBy(parts, writer.part);
  const origin = writer?.part.tree?.origin;
  const written = origin?.written ?? "";
  const below = partsBelow(part);
  return {
    path: pathText(part.path),
    value: masked(part, telling),
    definition: span === undefined || part.path.length === 0 ? null : at(span),
    within: writer === undefined || writer.isWhole ? null : pathText(writer.part.path),
    added: part.path.length === 0 ? null : added,
    note: noteOf(parts),
    overrode: [...replaced, ...older.map(({ span: place }) => place)].map(at),
    variables:
      file === undefined
        ? (origin?.variables ?? []).map((variable) => feedOf(variable, written, sources, veil))
        : fedLine(file, sources, veil),
    entries: below.map((entry) => entryOf(entry, loaded, telling)),
  };
};

/** `path` is "services.web.ports[0]" or `services.web.labels["a.b"]`; dots in keys also do without quotes. */
export const provenance = (loaded: Loaded, path: string): Result.Result<Provenance, NotFound> =>
  Result.map(follow(rootOf(loaded), fieldPath(path)), (parts) => explain(parts, loaded));
