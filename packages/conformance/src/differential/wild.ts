// Services with values that the schema of the Compose Specification suggests, and now and then with values it forbids:
// what one side reads, refuses or converts, the other must as well.
import { composeSchema, resolveSchema, type Schema } from "@composure/core/validate/schemaData";
import type { GeneratedProject } from "./generate.ts";
import { type Random, seeded } from "./random.ts";

/** Values as YAML flow text, chosen because some rule treats them in its own way. */
const scalars = (
  "a '1' 1 0 -1 1.5 2.0 1e3 true false null ~ no yes 'yes' '' '5s' '1g' 'a=b' 'a:b' all host 'service:b' '0440' 0440 " +
  "2024-01-02 ./x ../y 9223372036854775807 'x y' ro tcp '80-81' '12.5' 0x1f '~/z' '::1' _ '%' 'C:/x:/y' '1.5.6' é"
).split(" ");
const texts = scalars.filter((text) => /^['a-z.]/.test(text) && !/^(true|false|null|no|yes|all)$/.test(text));
const numbers = ["1", "0", "-1", "2", "1.5", "5", "2.0", "80", "100"];
const flags = ["true", "false", "'true'", "'no'"];

/** Parts that are put together to short forms: right ones, nearly right ones, and nonsense. */
const shortForms: Readonly<Record<string, readonly [key: string, parts: ReadonlyArray<string>]>> = {
  command: ["command", ["a", "b c", " ", '"', "'", "\\", "$$(", "(", ")", "`", "\t", "#", "{}", "\\n", "é"]],
  duration: ["stop_grace_period", ["1", "2.5", ".5", "h", "m", "s", "ms", "us", "d", "w", "-", "+", "0", "1h30m", " "]],
  size: ["shm_size", ["1", "2.5", ".5", "k", "m", "g", "p", "b", "kb", "KiB", " ", "-", "+", "e3", "0", "x", "i"]],
  port: [
    "ports",
    ["80", "8080", ":", "127.0.0.1", "[::1]", "-", "81", "/tcp", "/UDP", "/x", "0", "65536", "::1", "-82"],
  ],
  volume: [
    "volumes",
    ["/a", "./b", "~/c", "vol", ":", ":", ":ro", ":rw", "z", ",nocopy", "c:", "//x", "/a/../b/", " "],
  ],
  host: ["extra_hosts", ["a", "b.c", "=", ":", "::1", "[::1]", "1.2.3.4", ",", "="]],
  device: ["devices", ["/dev/a", ":", "/dev/b", "rw", "m"]],
  variable: ["environment", ["A", "B", "_", "-", ".", "1", " ", "é", "=", " "]],
};

const shortForm = (random: Random): string => {
  const [key, parts] = random.pick(Object.values(shortForms));
  const text = Array.from({ length: 1 + random.below(6) }, () => random.pick(parts)).join("");
  const value = JSON.stringify(text);
  return key === "command" || key === "stop_grace_period" || key === "shm_size"
    ? `${key}: ${value}`
    : `${key}: [${value}]`;
};

/** How often a value ignores its schema. */
interface Mood {
  readonly random: Random;
  readonly wildness: number;
}

const anything = ({ random }: Mood): string => {
  const one = (): string => random.pick(scalars);
  const shapes = [
    one,
    one,
    () => `[${one()}]`,
    () => `[${one()}, ${one()}]`,
    () => "[]",
    () => "{}",
    () => `{k: ${one()}}`,
  ];
  return random.pick(shapes)();
};

const objectOf = (schema: Schema, mood: Mood, depth: number): string => {
  const { random } = mood;
  const known = Object.keys(schema.properties ?? {});
  const keys = new Set((schema.required ?? []).filter(() => random.chance(0.9)));
  if (known.length > 0) for (let count = random.below(4); count > 0; count--) keys.add(random.pick(known));
  const entries = Array.from(keys, (key) => `${key}: ${valueOf(schema.properties?.[key], mood, depth + 1)}`);
  const free = Object.entries(schema.patternProperties ?? {}).find(([pattern]) => pattern !== "^x-");
  if (free !== undefined)
    entries.push(`nofile: ${valueOf(free[1], mood, depth + 1)}`, `b: ${valueOf(free[1], mood, depth + 1)}`);
  if (random.chance(0.03)) entries.push("bogus: 1");
  return `{${entries.join(", ")}}`;
};

const valueOf = (written: Schema | undefined, mood: Mood, depth: number): string => {
  const { random, wildness } = mood;
  if (written === undefined || depth > 6 || random.chance(wildness)) return anything(mood);
  const schema = resolveSchema(written);
  if (schema.oneOf !== undefined) return valueOf(random.pick(schema.oneOf), mood, depth);
  if (schema.enum !== undefined && random.chance(0.8)) return JSON.stringify(random.pick(schema.enum));
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["string"]);
  switch (random.pick(types)) {
    case "object":
      return objectOf(schema, mood, depth);
    case "array":
      return `[${Array.from({ length: random.below(3) }, () => valueOf(schema.items, mood, depth + 1)).join(", ")}]`;
    case "integer":
    case "number":
      return random.pick(random.chance(0.8) ? numbers : scalars);
    case "boolean":
      return random.pick(random.chance(0.8) ? flags : scalars);
    case "null":
      return "null";
    default:
      return random.pick(random.chance(0.75) ? texts : scalars);
  }
};

const definitions = (composeSchema as { readonly definitions?: Readonly<Record<string, Schema>> }).definitions ?? {};
const attributes = Object.keys(definitions["service"]?.properties ?? {}).filter(
  (key) => key !== "extends" && key !== "image",
);
const sections = ["networks", "volumes", "secrets", "configs", "models"];

const service = (mood: Mood): string => {
  const { random } = mood;
  if (random.chance(0.3)) return `services:\n  a:\n    image: i\n    ${shortForm(random)}\n`;
  const lines = random
    .some(attributes, 1, 3)
    .map((key) => `    ${key}: ${valueOf(definitions["service"]?.properties?.[key], mood, 1)}\n`);
  return `services:\n  a:\n    image: i\n${lines.join("")}  b: {image: i}\n`;
};

const resource = (mood: Mood): string => {
  const section = mood.random.pick(sections);
  return `services: {a: {image: i}}\n${section}:\n  r: ${valueOf(definitions[section.slice(0, -1)], mood, 1)}\n`;
};

/** One file; consistency is not checked, so that single attributes need no world around them. */
export const generateWild = (seed: number): GeneratedProject => {
  const random = seeded(seed);
  const mood: Mood = { random, wildness: random.pick([0, 0, 0.05, 0.3]) };
  const text = random.chance(0.8) ? service(mood) : resource(mood);
  return { seed, files: { "compose.yaml": text }, args: ["-p", "wild", "--all-resources"], env: {} };
};
