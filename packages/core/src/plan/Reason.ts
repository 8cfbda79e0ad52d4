// Why a step is there. Reasons explain; nothing that executes ever branches on them.
import type { Span } from "../source/Span.ts";

/** A field of the configuration that differs; values are texts for people, secrets already masked. */
export interface FieldChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Where the new value is written, when the files are at hand. */
  readonly span?: Span;
}

export type Reason =
  | { readonly _tag: "Missing" }
  /**
   * `fields` is empty when only the hash is known to differ. `from` "live": the container has no record (docker compose
   * made it), and its fields are those that the engine's list tells; others may differ too.
   */
  | { readonly _tag: "ConfigChanged"; readonly fields: ReadonlyArray<FieldChange>; readonly from?: "live" }
  | { readonly _tag: "ImageChanged"; readonly before: string; readonly after: string | null }
  /** A namespace or volumes_from parent gets a new container. */
  | { readonly _tag: "NamespaceMoved"; readonly service: string }
  /** `depends_on.restart`: the dependency was replaced. */
  | { readonly _tag: "DependencyRecreated"; readonly service: string }
  | { readonly _tag: "NetworkChanged"; readonly network: string }
  | { readonly _tag: "VolumeChanged"; readonly volume: string }
  | { readonly _tag: "NotRunning"; readonly state: string }
  | { readonly _tag: "ScaleUp"; readonly from: number; readonly to: number }
  | { readonly _tag: "ScaleDown"; readonly from: number; readonly to: number }
  | { readonly _tag: "Orphan"; readonly service: string }
  | { readonly _tag: "OneOff"; readonly service: string }
  | { readonly _tag: "Forced"; readonly flag: string }
  | { readonly _tag: "Requested"; readonly intent: string }
  /** A half-made or duplicate container of an interrupted run. */
  | { readonly _tag: "Leftover"; readonly of: string }
  /** A successor of an interrupted replacement that is finished instead of thrown away. */
  | { readonly _tag: "Adopted"; readonly predecessor: string | null }
  /** Part of replacing `predecessor`. */
  | { readonly _tag: "Replaces"; readonly predecessor: string }
  | { readonly _tag: "ReplacedBy"; readonly step: number }
  /** The way back after step `step` failed. */
  | { readonly _tag: "Restores"; readonly step: number }
  /** Something else needs it: `by` is a service. */
  | { readonly _tag: "NeededBy"; readonly by: ReadonlyArray<string> }
  | { readonly _tag: "PolicyAsks"; readonly policy: string };
