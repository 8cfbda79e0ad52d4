// What the user asked for: one command that changes the engine is one intent.

/** An agent or key that a build may use; without a path it is the agent of SSH_AUTH_SOCK. */
export interface SshKey {
  readonly id: string;
  readonly path?: string;
}

/** `services` empty means all. */
export type Intent =
  | { readonly _tag: "Up"; readonly services: ReadonlyArray<string> }
  /** As Up, but nothing is started (`create`, `up --no-start`). */
  | { readonly _tag: "Create"; readonly services: ReadonlyArray<string> }
  /**
   * One more container of one service, beside its replicas; what it depends on comes up as by Up. The command line's
   * changes (command, environment, ports, volumes, no restart policy) are made to the service before `desire`.
   */
  | {
      readonly _tag: "Run";
      /** The one service. */
      readonly services: ReadonlyArray<string>;
      /** The container's name, and the value of its slug label; the shell makes them up. */
      readonly name: string;
      readonly slug: string;
      /** False: the container is only made, because somebody attaches to it before it starts. */
      readonly start: boolean;
      readonly stdin: boolean;
      readonly autoRemove: boolean;
      /** Reachable under the service's names too. */
      readonly aliases: boolean;
    }
  | {
      readonly _tag: "Down";
      readonly services: ReadonlyArray<string>;
      readonly volumes: boolean;
      readonly images: "none" | "local" | "all";
    }
  | { readonly _tag: "Start"; readonly services: ReadonlyArray<string> }
  | { readonly _tag: "Stop"; readonly services: ReadonlyArray<string> }
  | { readonly _tag: "Restart"; readonly services: ReadonlyArray<string>; readonly withDependents: boolean }
  | { readonly _tag: "Kill"; readonly services: ReadonlyArray<string>; readonly signal: string }
  | { readonly _tag: "Pause"; readonly services: ReadonlyArray<string> }
  | { readonly _tag: "Unpause"; readonly services: ReadonlyArray<string> }
  | {
      readonly _tag: "Remove";
      readonly services: ReadonlyArray<string>;
      readonly stop: boolean;
      readonly volumes: boolean;
    }
  | {
      readonly _tag: "Pull";
      readonly services: ReadonlyArray<string>;
      /** --ignore-pull-failures, --ignore-buildable. */
      readonly ignoreFailures?: boolean;
      readonly ignoreBuildable?: boolean;
    }
  | {
      readonly _tag: "Push";
      readonly services: ReadonlyArray<string>;
      /** --ignore-push-failures. */
      readonly ignoreFailures?: boolean;
    }
  | {
      readonly _tag: "Build";
      readonly services: ReadonlyArray<string>;
      /** --pull, --no-cache, --build-arg. */
      readonly pull?: boolean;
      readonly noCache?: boolean;
      readonly args?: Readonly<Record<string, string>>;
      /** --push, --builder, --memory (bytes), --ssh, --provenance, --sbom. */
      readonly push?: boolean;
      readonly builder?: string;
      readonly memory?: number;
      readonly ssh?: ReadonlyArray<SshKey>;
      readonly provenance?: string;
      readonly sbom?: string;
    };
