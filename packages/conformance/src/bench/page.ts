// Puts the results into docs/performance.md between its marks; what people wrote around them stays.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { EngineClient } from "../EngineClient.ts";
import { repositoryRoot } from "../subject.ts";
import { chart } from "./chart.ts";
import type { Cost } from "./growth.ts";
import type { Results } from "./Ground.ts";
import { countTable, growthTable, targetTable, timeTable } from "./table.ts";

export interface Conditions {
  readonly engine: string;
  readonly peer: string;
  readonly rounds: string;
}

export const engineText = async (client: EngineClient | undefined): Promise<string> => {
  if (client === undefined) return "no engine";
  const { Version, ApiVersion, KernelVersion } = await client.json<Readonly<Record<string, string>>>("GET", "/version");
  return `engine ${Version} (API ${ApiVersion}), kernel ${KernelVersion}`;
};

const machine = (): string => `${cpus().length} CPUs (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;

const section = (title: string, body: string): string => (body.split("\n").length <= 3 ? "" : `### ${title}\n\n${body}\n`);

export const measured = (results: Results, growth: ReadonlyArray<Cost>, { engine, peer, rounds }: Conditions): string =>
  [
    `Measured in one run: ${engine}; ${peer}; ${machine()}; ${rounds}. Medians; each round runs the subjects one after the other.\n`,
    section("Targets", targetTable(results)),
    section("Engine requests", countTable(results)),
    section("Times", timeTable(results)),
    section("Loading and planning alone", growth.length === 0 ? "" : growthTable(growth)),
    results.failures.length === 0 ? "" : `Samples that failed and were taken again: ${results.failures.length}.\n`,
  ]
    .filter((part) => part !== "")
    .join("\n");

const marks = ["<!-- measured: begin -->", "<!-- measured: end -->"] as const;

export const writePage = (results: Results, text: string): ReadonlyArray<string> => {
  const page = join(repositoryRoot, "docs/performance.md");
  const picture = join(repositoryRoot, "docs/performance.svg");
  const before = existsSync(page) ? readFileSync(page, "utf8") : `# Performance\n\n${marks.join("\n")}\n`;
  const [begin, end] = [before.indexOf(marks[0]), before.indexOf(marks[1])];
  if (begin < 0 || end < begin) throw new Error(`${page} lacks the lines ${marks.join(" and ")}`);
  const body = `${marks[0]}\n\n![Wall time relative to docker compose](performance.svg)\n\n${text}\n`;
  writeFileSync(page, before.slice(0, begin) + body + before.slice(end));
  writeFileSync(picture, chart(results));
  return [page, picture];
};
