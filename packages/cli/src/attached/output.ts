// Where an attached `up` prints: container output, banners, and the screens of the plans that it runs.
import * as Effect from "effect/Effect";
import type { Step } from "@composure/core/plan/Plan";
import type { Event } from "@composure/engine/Event";
import type { Output } from "../host/Host.ts";
import { logName } from "../logs/names.ts";
import { logWriter, type LogWriter } from "../logs/Writer.ts";
import type { LogLine } from "../logs/streams.ts";
import { openScreen, type LiveScreen } from "../screen/live.ts";
import type { Session } from "../session.ts";
import type { Attachment } from "./Attachment.ts";

const hookName = ({ operation }: Step, project: string): string | undefined =>
  operation._tag === "RunHook" || operation._tag === "RunHookContainer"
    ? `${logName({ name: operation.container.name, labels: { "com.docker.compose.service": operation.service } }, project)} ->`
    : undefined;

/** Output of hooks is shown among the containers' output, not in the rows. */
const withoutHooks = (screen: LiveScreen): LiveScreen => ({
  ...screen,
  emit: (event) => {
    if (event._tag !== "HookOutput") screen.emit(event);
  },
});

export class AttachedOutput {
  readonly writer: LogWriter;
  screen: LiveScreen;
  private readonly session: Session;
  private readonly timestamps: boolean;

  constructor(session: Session, attachment: Attachment, title: string) {
    this.session = session;
    this.timestamps = attachment.timestamps;
    this.writer = logWriter({ prefix: attachment.prefix, paint: attachment.colour ? session.inks.stdout : (_, text) => text });
    this.screen = withoutHooks(openScreen(session.host, session.settings, title));
  }

  /** The screen for another plan; the one before stays as it stood. */
  nextScreen(title: string): LiveScreen {
    this.screen.close();
    this.screen = withoutHooks(openScreen(this.session.host, this.session.settings, title));
    return this.screen;
  }

  /** What a hook prints comes under its container's name with an arrow behind it. */
  hook(event: Event, project: string): Effect.Effect<void> {
    if (event._tag !== "HookOutput") return Effect.void;
    const name = hookName(event.step, project);
    const lines = event.text.replace(/\n$/, "").split("\n").map((text) => ({ stream: event.stream, text }));
    return name === undefined ? Effect.void : this.lines(name, lines);
  }

  /** One line for each container that a stop finds stopped already: it belongs to what was asked for. */
  alreadyStopped(names: ReadonlyArray<string>): Effect.Effect<void> {
    if (this.session.settings.progress !== "plain") return Effect.void;
    return this.write(this.session.host.stderr, names.map((name) => ` Container ${name}  Stopped\n`).join(""));
  }

  private write(output: Output, text: string): Effect.Effect<void> {
    return text === "" ? Effect.void : Effect.promise(async () => this.screen.write(output, text));
  }

  lines(name: string, lines: ReadonlyArray<LogLine>): Effect.Effect<void> {
    const { host } = this.session;
    const time = this.timestamps ? new Date(host.now()).toISOString() : undefined;
    const of = (stream: LogLine["stream"]) =>
      lines.filter((line) => line.stream === stream).map((line) => this.writer.line(name, line.text, time)).join("");
    return Effect.andThen(this.write(host.stdout, of("stdout")), this.write(host.stderr, of("stderr")));
  }

  status(name: string, text: string): Effect.Effect<void> {
    return this.write(this.session.host.stdout, this.writer.status(name, text));
  }

  /** Says what goes on, on stderr unless COMPOSE_STATUS_STDOUT asks otherwise. */
  banner(text: string): Effect.Effect<void> {
    const { host, settings } = this.session;
    if (settings.progress === "quiet") return Effect.void;
    return this.write(settings.statusOnStdout ? host.stdout : host.stderr, `${text}\n`);
  }

  complain(text: string): Effect.Effect<void> {
    return this.write(this.session.host.stderr, `${text}\n`);
  }
}
