// images: which image each container of the project runs.
import { Engine } from "@composure/engine/Engine";
import type { ImageDetails } from "@composure/engine/Facts";
import { familiarName, parseReference } from "@composure/docker/reference";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import type { imagesSpec } from "../argv/specs/closeLooks.ts";
import { table } from "../output/table.ts";
import { goJson } from "../output/template.ts";
import { listedSize, roughly } from "../output/units.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { byName, checkServices, labelOf, print, projectContainers, runReading } from "../pipeline/reading.ts";
import type { Run } from "./index.ts";

interface Row {
  readonly container: ObservedContainer;
  readonly repository: string;
  readonly tag: string;
  readonly image: ImageDetails;
}

/** What the container was made from, as its own reference says it; a bare id has no name. */
const named = (reference: string): Pick<Row, "repository" | "tag"> => {
  if (/^sha256:[0-9a-f]{64}$/.test(reference)) return { repository: "", tag: "" };
  const parsed = parseReference(reference);
  return { repository: familiarName(parsed), tag: parsed.tag ?? (parsed.digest === undefined ? "latest" : "") };
};

const short = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);

const age = (created: string, now: number): string => (created === "" ? "N/A" : `${roughly((now - Date.parse(created)) / 1000)} ago`);

const asTable = (rows: ReadonlyArray<Row>, now: number): string =>
  table(
    [
      ["CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED"],
      ...rows.map(({ container, repository, tag, image }) => [
        container.name,
        repository || "<none>",
        tag || "<none>",
        image.platform,
        short(image.id),
        listedSize(image.size),
        age(image.created, now),
      ]),
    ],
    20,
  );

const asJson = (rows: ReadonlyArray<Row>): string =>
  `${goJson(
    rows.map(({ container, repository, tag, image }) => ({
      ID: image.id,
      ContainerName: container.name,
      Repository: repository,
      Tag: tag,
      Platform: image.platform,
      Size: image.size,
      ...(image.created === "" ? {} : { Created: image.created }),
      LastTagTime: image.lastTagTime || image.created || "0001-01-01T00:00:00Z",
    })),
  )}\n`;

export const run: Run<typeof imagesSpec> = ({ globals, options, operands }, host) =>
  runReading(globals, host, (project) =>
    Effect.gen(function* () {
      if (options.format !== "table" && options.format !== "json") {
        return yield* Effect.fail<Failure>(refuse(`format value "${options.format}" could not be parsed`, "use table or json"));
      }
      const engine = yield* Engine;
      const all = yield* projectContainers(project.name, true);
      yield* checkServices(operands, project, all);
      const found = all.filter((container) => operands.length === 0 || operands.includes(labelOf(container, "service"))).sort(byName);
      const ids = [...new Set(found.map(({ imageId }) => imageId))];
      const images = new Map<string, ImageDetails>();
      // An image that was removed by force while its container stays has no details left.
      const look = (id: string) =>
        Effect.gen(function* () {
          const image = yield* Effect.catchReason(engine.inspectImage(id), "EngineError", "NotFound", () => Effect.succeed(undefined));
          if (image !== undefined) images.set(id, image);
        });
      yield* Effect.mapError(Effect.forEach(ids, look, { concurrency: 8, discard: true }), engineFailed);
      if (options.quiet) {
        yield* print(host, ids.map((id) => `${id.replace(/^sha256:/, "")}\n`).join(""));
        return 0;
      }
      const rows = found.flatMap((container): ReadonlyArray<Row> => {
        const image = images.get(container.imageId);
        return image === undefined ? [] : [{ container, ...named(container.image), image }];
      });
      yield* print(host, options.format === "json" ? asJson(rows) : asTable(rows, host.now()));
      return 0;
    }),
  );
