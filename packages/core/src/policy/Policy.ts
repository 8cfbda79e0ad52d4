// How far a plan may go: the flags of `up` and friends as data.

/** When an existing container is replaced: only if it differs, always, or never. */
export type RecreateMode = "diverged" | "force" | "never";

export interface Policy {
  /** For the services named on the command line (all of them when none is named). */
  readonly recreate: RecreateMode;
  /** For their dependencies. */
  readonly recreateDependencies: RecreateMode;
  /** Replaced containers start with fresh anonymous volumes. */
  readonly renewAnonymousVolumes: boolean;
  readonly removeOrphans: boolean;
  /** COMPOSE_IGNORE_ORPHANS: no notice about orphans. */
  readonly ignoreOrphans: boolean;
  /** Seconds before a stop becomes a kill; absent means the container's own setting. */
  readonly stopTimeout?: number;
  /** Overrides every service's pull_policy. */
  readonly pull?: "always" | "missing" | "never" | "build";
  /** "auto" builds what is missing, "always" is --build, "never" is --no-build. */
  readonly build: "auto" | "always" | "never";
  /** Replacement order: "auto" starts first where nothing forbids it. */
  readonly order: "auto" | "stop-first";
  /** Wait until everything is running or healthy (--wait). */
  readonly wait: boolean;
  /** Seconds that `wait` may take; absent means no limit. */
  readonly waitTimeout?: number;
  /** Answers to questions of the plan: addresses whose data may be destroyed ("volume:data"). */
  readonly allowDestroy: ReadonlyArray<string>;
  /** Unix seconds now, for pull windows (daily, weekly, every_*). The shell reads the clock, core never does. */
  readonly now: number;
}
