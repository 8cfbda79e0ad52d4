// ps: the project's containers.
import { Engine } from "@composure/engine/Engine";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import type { psSpec } from "../argv/specs/reading.ts";
import { runWithEngine } from "../engine/run.ts";
import { loadFilesOrName } from "../load/source.ts";
import { psFilters } from "../output/psFilters.ts";
import { printContainers } from "../output/psTable.ts";
import { engineFailed, printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { identityOf } from "../pipeline/identity.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

const label = (container: ObservedContainer, key: string): string => container.labels[`com.docker.compose.${key}`] ?? "";

export const run: Run<typeof psSpec> = ({ globals, options, operands }, host) =>
  withSession(globals, host, async (session) => {
    const source = await loadFilesOrName(globals, host);
    if (source._tag === "Invalid") {
      await printFailure(source, host, session.settings);
      return 1;
    }
    const filters = psFilters(options.status, options.filter);
    if (filters._tag === "Refused") {
      await printFailure(filters, host, session.settings);
      return 1;
    }
    const { name, workingDir, declared } = identityOf(source, host);
    const everything = options.all || filters.states.length > 0;
    const wanted = (container: ObservedContainer) =>
      (everything || label(container, "oneoff") !== "True") &&
      (operands.length === 0 || operands.includes(label(container, "service"))) &&
      (options.orphans || declared === undefined || declared.has(label(container, "service"))) &&
      (filters.states.length === 0 || filters.states.includes(container.state));
    const program = Effect.gen(function* () {
      const engine = yield* Engine;
      const found = yield* engine
        .listContainers({ labels: [`com.docker.compose.project=${name}`, "com.docker.compose.config-hash"], all: everything })
        .pipe(Effect.mapError(engineFailed));
      const unknown = operands.find((service) => declared?.has(service) !== true && !found.some((container) => label(container, "service") === service));
      if (unknown !== undefined) return yield* Effect.fail<Failure>(refuse(`no such service: ${unknown}`));
      const shown = found.filter(wanted).sort((a, b) => (a.name < b.name ? -1 : 1));
      if (options.quiet) return yield* print(shown.map(({ id }) => `${id}\n`).join(""));
      if (options.services) return yield* print([...new Set(shown.map((container) => label(container, "service")))].map((service) => `${service}\n`).join(""));
      const printed = printContainers(shown, options.format, { now: host.now() / 1000, full: options.noTrunc });
      if (printed.problem !== undefined) return yield* Effect.fail<Failure>(refuse(`cannot use --format: ${printed.problem}`));
      return yield* print(printed.text);
    });
    const print = (text: string) =>
      Effect.as(
        Effect.promise(async () => host.stdout.write(text)),
        0,
      );
    return runWithEngine(session, workingDir, program);
  });
