// What the engine tells of one container or image beyond its lists, and what is asked of them besides their lives.

/** An image as an inspect tells it. */
export interface ImageDetails {
  readonly id: string;
  /** Local names, "nginx:1.27"; none for a dangling image. */
  readonly tags: ReadonlyArray<string>;
  /** Names with digests, "nginx@sha256:...". */
  readonly digests: ReadonlyArray<string>;
  /** RFC 3339; empty when the image does not say. */
  readonly created: string;
  /** RFC 3339; empty when the engine does not keep it. */
  readonly lastTagTime: string;
  /** Bytes. */
  readonly size: number;
  /** "linux/amd64" or "linux/arm64/v8". */
  readonly platform: string;
  readonly config: ProcessConfig;
}

/** How a process is started, of an image or of a container. */
export interface ProcessConfig {
  readonly entrypoint: ReadonlyArray<string>;
  readonly command: ReadonlyArray<string>;
  readonly environment: ReadonlyArray<string>;
  readonly user: string;
  readonly workingDir: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A container's own settings, for a Compose file that describes it. Durations in nanoseconds. */
export interface ContainerConfig {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly process: ProcessConfig;
  readonly hostname: string;
  readonly restartPolicy: string;
  readonly privileged: boolean;
  readonly networkMode: string;
  readonly healthcheck?: {
    readonly test: ReadonlyArray<string>;
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly startPeriod: number;
  };
  readonly networks: ReadonlyArray<{ readonly name: string; readonly aliases: ReadonlyArray<string> }>;
  readonly mounts: ReadonlyArray<{ readonly type: string; readonly source: string; readonly target: string; readonly readOnly: boolean }>;
  readonly ports: ReadonlyArray<{ readonly target: number; readonly protocol: string; readonly published: string; readonly hostIp: string }>;
}

/** As `ps` inside the engine's machine prints them. */
export interface ProcessTable {
  readonly titles: ReadonlyArray<string>;
  readonly processes: ReadonlyArray<ReadonlyArray<string>>;
}

/** What a container uses; bytes, and CPU in percent of one processor. Everything is 0 when it does not run. */
export interface ContainerStats {
  readonly cpuPercent: number;
  readonly memoryUsage: number;
  readonly memoryLimit: number;
  readonly networkReceived: number;
  readonly networkSent: number;
  readonly blockRead: number;
  readonly blockWritten: number;
  readonly processes: number;
}

/** A path inside a container. */
export interface PathStat {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
  readonly linkTarget: string;
}

export interface CommitRequest {
  /** Empty: the image gets no name. */
  readonly reference: string;
  readonly author: string;
  readonly message: string;
  /** Dockerfile instructions. */
  readonly changes: ReadonlyArray<string>;
  readonly pause: boolean;
}
