// up: brings the project to what the files say, and follows its output unless told otherwise.
import * as Effect from "effect/Effect";
import type { upSpec } from "../argv/specs/up.ts";
import { attachConflict, readAttachment } from "../attached/Attachment.ts";
import { runAttached } from "../attached/run.ts";
import { runWithEngine, type SignalDesk } from "../engine/run.ts";
import type { Change } from "../pipeline/Change.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { fromFiles } from "../pipeline/request.ts";
import { prepareAlone, runChange } from "../pipeline/runChange.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession, type Session } from "../session.ts";
import { rulesFor, runWatch } from "../watch/run.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof upSpec>["options"];

const toChange = async (options: Options, services: ReadonlyArray<string>, session: Session): Promise<Change | Failure> => {
  const conflict = attachConflict(options);
  if (conflict !== undefined) return conflict;
  const flags = options.watch ? { ...options, build: true } : options;
  if (options.noStart && options.wait) return refuse("--no-start and --wait are incompatible");
  const intent = options.noStart ? ({ _tag: "Create", services } as const) : ({ _tag: "Up", services } as const);
  const change = await fromFiles(
    { title: "up", intent, flags, scale: options.scale, yes: options.yes, quiet: { pull: options.quietPull, build: options.quietBuild } },
    session,
    !options.noDeps,
  );
  if (isFailure(change) || change.source._tag !== "FromFiles" || Object.keys(change.source.loaded.project.services).length > 0) return change;
  // Networks and volumes may be all that is wanted.
  if (session.globals.allResources) return change;
  return refuse("no service selected", "every service of the files belongs to a profile that is off (--profile NAME turns it on), or there is none");
};

const attached = (change: Change, options: Options, session: Session) => (signals: SignalDesk) =>
  Effect.gen(function* () {
    if (change.source._tag !== "FromFiles") return yield* Effect.die(new Error("up needs files"));
    const attachment = readAttachment(options, change.source.loaded.project, change.intent.services);
    if (isFailure(attachment)) return yield* Effect.fail(attachment);
    const rules = options.watch ? rulesFor(change.source.loaded.project, change.intent.services) : undefined;
    if (rules !== undefined && isFailure(rules)) return yield* Effect.fail(rules);
    const prepared = yield* prepareAlone(change, session);
    if (prepared._tag === "Stop") return prepared.code;
    const watching =
      rules === undefined ? undefined : (say: (text: string) => Effect.Effect<void>) => runWatch(change.name, { rules, prune: true, quiet: options.quietBuild, say }, session);
    return yield* runAttached(change, prepared.planned, prepared.lock, attachment, session, signals, watching);
  }).pipe(Effect.scoped);

export const run: Run<typeof upSpec> = ({ globals, options, operands: services }, host) =>
  withSession(globals, host, async (session) => {
    const change = await toChange(options, services, session);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    const stays = options.detach || options.wait || options.noStart || globals.dryRun;
    return runWithEngine(session, change.workingDir, stays ? runChange(change, session) : attached(change, options, session));
  });
