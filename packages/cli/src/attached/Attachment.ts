// What an attached `up` shows and when it ends: the flags as data.
import type { Project } from "@composure/core/model/Project";
import { refuse, type Failure } from "../pipeline/Failure.ts";

export interface Attachment {
  readonly streamed: (service: string) => boolean;
  readonly watched: (service: string) => boolean;
  readonly abort: "never" | "exit" | "failure";
  readonly exitCodeFrom?: string;
  readonly timestamps: boolean;
  readonly colour: boolean;
  readonly prefix: boolean;
}

export interface AttachFlags {
  readonly detach: boolean;
  readonly wait: boolean;
  readonly noStart: boolean;
  readonly abortOnContainerExit: boolean;
  readonly abortOnContainerFailure: boolean;
  readonly attach: ReadonlyArray<string>;
  readonly attachDependencies: boolean;
  readonly exitCodeFrom: string | undefined;
  readonly noAttach: ReadonlyArray<string>;
  readonly noColor: boolean;
  readonly noLogPrefix: boolean;
  readonly timestamps: boolean;
  readonly watch: boolean;
  readonly noBuild: boolean;
}

const attaches = (flags: AttachFlags): boolean =>
  flags.abortOnContainerExit || flags.abortOnContainerFailure || flags.exitCodeFrom !== undefined || flags.attach.length > 0 || flags.attachDependencies;

/** The pairs of flags that contradict each other; undefined when there is none. */
export const attachConflict = (flags: AttachFlags): Failure | undefined => {
  if (flags.abortOnContainerExit && flags.abortOnContainerFailure) return refuse("--abort-on-container-failure cannot be combined with --abort-on-container-exit");
  if (flags.detach && attaches(flags)) return refuse("--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --exit-code-from, --attach or --attach-dependencies");
  if (flags.wait && attaches(flags)) return refuse("--wait cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --exit-code-from, --attach or --attach-dependencies");
  if (flags.watch && flags.detach) return refuse("--detach and --watch are incompatible", "use composure watch to watch without output");
  if (flags.watch && (flags.wait || flags.noStart)) return refuse(`--${flags.wait ? "wait" : "no-start"} and --watch are incompatible`);
  if (flags.watch && flags.noBuild) return refuse("--no-build and --watch are incompatible");
  if (flags.watch && (flags.abortOnContainerExit || flags.abortOnContainerFailure || flags.exitCodeFrom !== undefined)) {
    return refuse("--watch cannot be combined with --abort-on-container-exit, --abort-on-container-failure or --exit-code-from", "watch itself ends containers when it restarts or replaces them");
  }
  if (flags.noStart && attaches(flags)) return refuse("--no-start cannot be combined with flags about the output or the end of containers");
  if (flags.attach.length > 0 && flags.attachDependencies) return refuse("cannot combine --attach and --attach-dependencies");
  return undefined;
};

/** `named` are the services of the command line; without any, all take part. */
export const readAttachment = (flags: AttachFlags, project: Project, named: ReadonlyArray<string>): Attachment | Failure => {
  for (const service of [...flags.attach, ...flags.noAttach, ...(flags.exitCodeFrom === undefined ? [] : [flags.exitCodeFrom])]) {
    if (project.services[service] === undefined) return refuse(`no such service: ${service}`);
  }
  const asked = flags.attach.length > 0 ? flags.attach : flags.attachDependencies || named.length === 0 ? Object.keys(project.services) : named;
  const shown = new Set(
    asked.filter((service) => (flags.attach.includes(service) || project.services[service]?.attach !== false) && !flags.noAttach.includes(service)),
  );
  const aborts = flags.abortOnContainerFailure ? "failure" : flags.abortOnContainerExit || flags.exitCodeFrom !== undefined ? "exit" : "never";
  const watched = named.length > 0 && aborts === "never" ? new Set([...named, ...shown]) : new Set(Object.keys(project.services));
  return {
    streamed: (service) => shown.has(service),
    watched: (service) => watched.has(service),
    abort: aborts,
    ...(flags.exitCodeFrom === undefined ? {} : { exitCodeFrom: flags.exitCodeFrom }),
    timestamps: flags.timestamps,
    colour: !flags.noColor,
    prefix: !flags.noLogPrefix,
  };
};
