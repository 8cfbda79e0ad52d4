// What can go wrong at the engine port: one error type, a closed union of reasons.
import * as Schema from "effect/Schema";

/** No such container, network, volume or image. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", { what: Schema.String }) {}
/** The request contradicts the engine's state (name taken, resource in use, wrong container state); HTTP 409. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", { detail: Schema.String }) {}
/** A container name that another container has. */
export class NameTaken extends Schema.TaggedError<NameTaken>()("NameTaken", { name: Schema.String, by: Schema.String }) {}
/** A host port that something else has. */
export class PortTaken extends Schema.TaggedError<PortTaken>()("PortTaken", { port: Schema.String, detail: Schema.String }) {}
/** The engine (or a registry behind it) wants credentials or refuses them. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", { detail: Schema.String }) {}
/** The engine understood and said no (bad parameter, bad command, driver failed); HTTP 400 and 500. */
export class Rejected extends Schema.TaggedError<Rejected>()("Rejected", { status: Schema.Number, detail: Schema.String }) {}
/** No engine answers: `cause` is "missing" (no socket), "refused", "permission" or "lost" (it went away mid-way). */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  cause: Schema.Literals(["missing", "refused", "permission", "lost", "tls", "timeout"]),
  target: Schema.String,
  detail: Schema.String,
}) {}
/** A wait that ended badly: unhealthy, exited, no healthcheck, timed out. `log` holds the last lines of output. */
export class WaitFailed extends Schema.TaggedError<WaitFailed>()("WaitFailed", {
  container: Schema.String,
  why: Schema.Literals(["unhealthy", "exited", "missing", "no-healthcheck", "timeout", "restarting"]),
  exitCode: Schema.optionalKey(Schema.Number),
  probe: Schema.optionalKey(Schema.String),
  log: Schema.Array(Schema.String),
}) {}
/** A lifecycle hook that did not exit with 0. */
export class HookFailed extends Schema.TaggedError<HookFailed>()("HookFailed", {
  service: Schema.String,
  phase: Schema.String,
  exitCode: Schema.Number,
  output: Schema.String,
}) {}
/** A build that failed; `output` is what the builder said last. */
export class BuildFailed extends Schema.TaggedError<BuildFailed>()("BuildFailed", { detail: Schema.String, output: Schema.String }) {}
/** A plugin beside docker that failed, or that is not installed. */
export class PluginFailed extends Schema.TaggedError<PluginFailed>()("PluginFailed", { plugin: Schema.String, detail: Schema.String }) {}
/** This engine is too old (or lacks a feature) for what was asked. */
export class Unsupported extends Schema.TaggedError<Unsupported>()("Unsupported", { feature: Schema.String, needs: Schema.String }) {}

export const EngineReason = Schema.Union([
  NotFound,
  Conflict,
  NameTaken,
  PortTaken,
  Unauthorized,
  Rejected,
  Unavailable,
  WaitFailed,
  HookFailed,
  BuildFailed,
  PluginFailed,
  Unsupported,
]);
export type EngineReason = typeof EngineReason.Type;

/** `call` is the port's method, `subject` the thing it was about (a container's or image's name). */
export class EngineError extends Schema.TaggedError<EngineError>()("EngineError", {
  call: Schema.String,
  subject: Schema.String,
  reason: EngineReason,
}) {
  override get message(): string {
    return `${this.call} ${this.subject}: ${this.reason._tag}`;
  }
}
