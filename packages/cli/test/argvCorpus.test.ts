// Measured command lines of docker compose 2.40.3, where the large corpus is at hand; argv.test.ts has the repository's own set.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { camelCase } from "../src/argv/Flag.ts";
import { parse } from "../src/argv/parse.ts";
import { specs } from "../src/commands/index.ts";

/** "b" is a switch, "s" takes a value, "l" may repeat. */
type Kind = "b" | "s" | "l";
interface Row {
  readonly line: string;
  readonly expect:
    | "error"
    | {
        readonly g: Readonly<Record<string, unknown>>;
        readonly cmd: string;
        readonly o: Readonly<Record<string, unknown>>;
        readonly a: ReadonlyArray<string>;
      };
}
interface Corpus {
  readonly commands: Readonly<Record<string, { readonly flags: ReadonlyArray<readonly [name: string, short: string | null, kind: Kind]> }>>;
  readonly rows: ReadonlyArray<Row>;
}

const path = process.env["COMPOSURE_CLI_ROWS"] ?? fileURLToPath(new URL("../../../../shared/corpus/cli-rows.json", import.meta.url));
const words = (line: string) => line.split(" ").filter((word) => word !== "");

/** What was given on the line, as the corpus writes it: numbers are text there. */
const given = (corpus: Corpus, name: string, options: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    (corpus.commands[name]?.flags ?? []).flatMap(([flag, , kind]) => {
      const value = options[camelCase(flag)];
      const preset = specs.find((spec) => spec.name === name)?.flags.find((known) => known.name === flag)?.preset;
      if (value === undefined || value === false || value === preset || (Array.isArray(value) && value.length === 0)) return [];
      return [[camelCase(flag), kind === "s" ? String(value) : value]];
    }),
  );

if (!existsSync(path)) {
  it.skip("the large corpus of command lines is not on this machine (../shared/corpus)");
} else {
  const corpus = JSON.parse(readFileSync(path, "utf8")) as Corpus;
  describe("the large corpus of command lines", () => {
    it.each(corpus.rows)("$line", ({ line, expect: wanted }) => {
      const parsed = parse(words(line), specs);
      if (wanted === "error") {
        expect(parsed).toMatchObject({ _tag: "Refused" });
        return;
      }
      if (parsed._tag !== "Invocation") throw new Error(`${parsed._tag} ${parsed._tag === "Refused" ? parsed.message : ""}`);
      const { file, projectName: project, dryRun } = parsed.globals;
      expect({ file, dryRun, ...(project === undefined ? {} : { project }) }).toEqual(wanted.g);
      expect(parsed.command.name).toBe(wanted.cmd);
      expect(given(corpus, wanted.cmd, parsed.options)).toEqual(wanted.o);
      expect(parsed.operands).toEqual(wanted.a);
    });
    it("has rows", () => expect(corpus.rows.length).toBeGreaterThan(20));
  });
}
