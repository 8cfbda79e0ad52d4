// How a service's image is built. Source: Compose Build Specification.
import type { Bytes, Extensions, FileReference, StringMap, Ulimit } from "./Service.ts";

export interface Build {
  /** An absolute path or a URL. */
  readonly context?: string;
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly entitlements?: ReadonlyArray<string>;
  /** `null` is an argument without a value (only before normalisation). */
  readonly args?: Readonly<Record<string, string | null>>;
  readonly provenance?: string;
  readonly sbom?: string;
  readonly ssh?: ReadonlyArray<{ readonly id: string; readonly path?: string }>;
  readonly labels?: StringMap;
  readonly cache_from?: ReadonlyArray<string>;
  readonly cache_to?: ReadonlyArray<string>;
  readonly no_cache?: boolean;
  readonly additional_contexts?: StringMap;
  readonly pull?: boolean;
  readonly extra_hosts?: Readonly<Record<string, ReadonlyArray<string>>>;
  readonly isolation?: string;
  readonly network?: string;
  readonly target?: string;
  readonly secrets?: ReadonlyArray<FileReference>;
  readonly shm_size?: Bytes;
  readonly tags?: ReadonlyArray<string>;
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
  readonly platforms?: ReadonlyArray<string>;
  readonly privileged?: boolean;
  readonly extensions?: Extensions;
}
