// ls: the projects of an engine, told from the labels of their containers.
import { Engine } from "@composure/engine/Engine";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import type { listSpec } from "../argv/specs/inspecting.ts";
import { runWithEngine } from "../engine/run.ts";
import { table } from "../output/table.ts";
import { goJson } from "../output/template.ts";
import { engineFailed, printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { labelOf, print } from "../pipeline/reading.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** "exited(1), running(4)" */
const status = (containers: ReadonlyArray<ObservedContainer>): string => {
  const counts = new Map<string, number>();
  for (const { state } of containers) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => byText(a, b)).map(([state, count]) => `${state}(${count})`).join(", ");
};

const files = (containers: ReadonlyArray<ObservedContainer>): string => {
  const all = new Set(containers.flatMap((container) => labelOf(container, "project.config_files").split(",")).filter((file) => file !== ""));
  return all.size === 0 ? "N/A" : [...all].join(",");
};

const filterOf = (filters: ReadonlyArray<string>): ((name: string) => boolean) | Failure => {
  const patterns: Array<RegExp> = [];
  for (const filter of filters) {
    const [key, ...value] = filter.split("=");
    if (key !== "name" || value.length === 0) return refuse(`invalid filter "${filter}"`, "the filter is name=REGEX");
    try {
      patterns.push(new RegExp(value.join("=")));
    } catch {
      return refuse(`"${value.join("=")}" is not a regular expression`);
    }
  }
  return (name) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name));
};

export const run: Run<typeof listSpec> = ({ globals, options }, host) =>
  withSession(globals, host, async (session) => {
    const matches = options.format === "table" || options.format === "json" ? filterOf(options.filter) : refuse(`unsupported format "${options.format}"`, "use table or json");
    if (typeof matches !== "function") {
      await printFailure(matches, host, session.settings);
      return 1;
    }
    const program = Effect.gen(function* () {
      const engine = yield* Engine;
      const found = yield* Effect.mapError(engine.listContainers({ labels: ["com.docker.compose.project", "com.docker.compose.config-hash"], all: options.all }), engineFailed);
      const groups = new Map<string, Array<ObservedContainer>>();
      for (const container of found) {
        const name = labelOf(container, "project");
        if (matches(name)) groups.set(name, [...(groups.get(name) ?? []), container]);
      }
      const rows = [...groups].sort(([a], [b]) => byText(a, b)).map(([Name, all]) => ({ Name, Status: status(all), ConfigFiles: files(all) }));
      if (options.quiet) yield* print(host, rows.map(({ Name }) => `${Name}\n`).join(""));
      else if (options.format === "json") yield* print(host, `${goJson(rows)}\n`);
      else yield* print(host, table([["NAME", "STATUS", "CONFIG FILES"], ...rows.map(({ Name, Status, ConfigFiles }) => [Name, Status, ConfigFiles])], 20));
      return 0;
    });
    return runWithEngine(session, host.cwd, program);
  });
