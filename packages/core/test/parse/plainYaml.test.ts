// The quick reader of plain YAML answers exactly as the full one does, or leaves the text to it.
import { describe, expect, test } from "vitest";
import { readPlainYaml } from "../../src/parse/plainYaml.ts";
import { parseFully } from "../../src/parse/yaml.ts";

const COMPOSE = `# a comment
x-env: &env
  LOG: \${LEVEL:-info}
  REGION: eu  # of it
x-common: &common
  restart: unless-stopped
  logging: { driver: json-file, options: { max-size: "10m" } }
  healthcheck: {test: ["CMD", true], interval: 10s, retries: 3}
  one: &one 1.0

services:
  base:
    image: nginx:\${TAG:-alpine}
    cap_drop: [ALL]
    nothing:
    void:   # comment
    when: 2020-01-01
    deploy: { resources: { limits: { memory: 64m, cpus: '0.5' } } }
  "svc1":
    <<: *common
    extends: { service: base }
    command: ["run", '--id', -x, *one]
    environment:
      <<: [*env, *common]
      INDEX: *one
      URL: "http://\${HOST:-localhost}:1/\\"a\\n\\t\\\\"
      flow: { <<: *env, a: b }
    ports:
    - 127.0.0.1:30000:443/tcp
    - target: 80
      published: "8080"
      deep:
      - a
    - &last { a: b }
    - *last
    volumes: ["data:/data", ./src:/src:ro]
    entrypoint: sh -c 'exit 1' --flag="x" a:b c#d
    empty: {}
    none: [ ]
volumes:
  data: {}
`;

/** Where the full reader finds no problem and the quick one an answer, both must be the same. */
const compare = (text: string): boolean => {
  const quick = readPlainYaml(text, "f");
  if (quick === undefined) return false;
  const full = parseFully(text, "f");
  if (full.diagnostics.length > 0) expect.fail(`${JSON.stringify(full.diagnostics)} in:\n${text}`);
  expect(full.documents).toHaveLength(1);
  expect(full.documents[0]?.resets).toEqual([]);
  try {
    expect(quick).toEqual(full.documents[0]?.tree);
    expect(keyOrder(quick)).toEqual(keyOrder(full.documents[0]?.tree));
  } catch (error) {
    console.log(text);
    throw error;
  }
  return true;
};

const keyOrder = (tree: unknown): string =>
  JSON.stringify(tree, (_, value: unknown) =>
    value instanceof Map ? [...value] : typeof value === "bigint" ? `${value}` : value,
  );

/** A small generator of numbers with a seed, so that a failure can be run again. */
const randomFrom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const PIECES = [
  " ",
  "  ",
  "\n",
  "\n  ",
  ":",
  ": ",
  "- ",
  "-",
  "#",
  " #",
  "{",
  "}",
  "[",
  "]",
  ",",
  '"',
  "'",
  "&a ",
  "*a",
  "&env ",
  "*env",
  "<<: *env\n",
  "<<",
  "!",
  "|",
  ">",
  "%",
  "@",
  "~",
  "0x1F",
  "1_000",
  "null",
  "?",
  "? ",
  "\\",
  "$",
  "=",
  "...",
  "---",
  "é",
  "🙂",
  "\u00a0",
  "`",
  "a b",
  ".5",
  "-1",
  "+",
];

describe("reading plain YAML", () => {
  test("takes an ordinary file", () => {
    expect(compare(COMPOSE)).toBe(true);
    expect(compare(`---\n${COMPOSE}`)).toBe(true);
    expect(compare(COMPOSE.trimEnd())).toBe(true);
  });

  test.each([
    "a: |\n  text\n",
    "a: !reset null\n",
    "a: b\n  c\n",
    "a: *missing\n",
    "a: &x { b: *x }\n",
    "a: &x 1\nb: &x [*x]\n",
    "a: 1\na: 2\n",
    "<<: { a: 1 }\n<<: { b: 1 }\n",
    "1: a\n",
    "a:\n  b: 1\n c: 2\n",
    "a:\t1\n",
    "a: 1\n---\nb: 2\n",
    "- a\n",
    "",
    "a: b: c\n",
    `a: ${"x".repeat(200_000)}\n`,
    `a: ${"[".repeat(100)}${"]".repeat(100)}\n`,
  ])("leaves %j to the full reader", (text) => {
    expect(readPlainYaml(text, "f")).toBeUndefined();
  });

  test("leaves aliases that multiply to the full reader", () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `a${level}: &a${level} [${level === 0 ? "x" : `*a${level - 1}, *a${level - 1}`}]\n`,
    );
    expect(readPlainYaml(levels.join(""), "f")).toBeUndefined();
  });

  test("never differs from the full reader, whatever is changed in a file", () => {
    let taken = 0;
    for (let seed = 1; seed <= Number(process.env["COMPOSURE_YAML_SEEDS"] ?? 400); seed++) {
      const random = randomFrom(seed);
      let text = COMPOSE;
      for (let changes = random(3) + 1; changes > 0; changes--) {
        const at = random(text.length);
        const piece = PIECES[random(PIECES.length)] as string;
        text = text.slice(0, at) + (random(4) === 0 ? "" : piece) + text.slice(at + (random(2) === 0 ? 0 : random(4)));
      }
      if (compare(text)) taken++;
    }
    expect(taken).toBeGreaterThan(20);
  });
});
