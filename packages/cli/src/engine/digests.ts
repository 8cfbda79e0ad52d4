// The digests of a project's images, asked of their registries through the engine: for config --resolve-image-digests.
import type { Project } from "@composure/core/model/Project";
import { Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import { engineFailed } from "../pipeline/Failure.ts";
import type { Session } from "../session.ts";
import { runWithEngine } from "./run.ts";

/** By reference as the file has it; undefined after a failure that has been told. */
export const digestsOf = async (session: Session, project: Project): Promise<ReadonlyMap<string, string> | undefined> => {
  const references = [...new Set(Object.values(project.services).flatMap(({ image }) => (image === undefined || image.includes("@") ? [] : [image])))];
  const found = new Map<string, string>();
  const program = Effect.gen(function* () {
    const engine = yield* Engine;
    const ask = (reference: string) =>
      Effect.map(Effect.mapError(engine.imageDigest(reference), engineFailed), (digest) => void found.set(reference, `${reference}@${digest}`));
    yield* Effect.forEach(references, ask, { concurrency: 8, discard: true });
    return 0;
  });
  return (await runWithEngine(session, project.working_dir, program)) === 0 ? found : undefined;
};
