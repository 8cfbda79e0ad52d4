// A plan kept in a file until somebody has approved it: with what must still be true, and with references instead of secrets.
import type { Address } from "../plan/Address.ts";
import type { Plan } from "../plan/Plan.ts";

/** What the plan found and relies on. Texts are as the engine tells them. */
export type Precondition =
  | {
      readonly _tag: "Container";
      readonly address: Address;
      readonly id: string;
      readonly name: string;
      readonly configHash: string | null;
      readonly imageId: string;
      readonly state: string;
    }
  | {
      readonly _tag: "Network";
      readonly address: Address;
      readonly id: string;
      readonly name: string;
      readonly configHash: string | null;
    }
  | { readonly _tag: "Volume"; readonly address: Address; readonly name: string; readonly configHash: string | null }
  | { readonly _tag: "Image"; readonly address: Address; readonly reference: string; readonly id: string }
  /** The name must still be free. */
  | {
      readonly _tag: "Free";
      readonly address: Address;
      readonly kind: "container" | "network" | "volume";
      readonly name: string;
    }
  /** No other containers have joined the project since. */
  | { readonly _tag: "OnlyContainers"; readonly project: string; readonly ids: ReadonlyArray<string> };

export interface SavedMeta {
  /** Unix seconds, for people. */
  readonly createdAt: number;
  /** Who made it, "ana@laptop"; absent when nobody said. */
  readonly createdBy?: string;
  /** Composure's version. */
  readonly version: string;
  /** The engine it was made for. */
  readonly target: string;
  /** Random text of the shell's: the digests of two saved plans do not tell whether they hold the same secret. */
  readonly salt: string;
}

/** A secret of the plan: where it stands, where the project has it, and how to know that it is still the same. */
export interface SecretReference {
  /** Steps from the plan's root to the text. */
  readonly at: ReadonlyArray<string | number>;
  /** Where the project has the same text: ["services", "web", "environment", "DB_PASSWORD"]. */
  readonly path: ReadonlyArray<string | number>;
  readonly digest: string;
}

/** The content of a config or secret that the plan puts into containers. */
export interface ContentReference {
  readonly kind: "config" | "secret";
  readonly key: string;
  readonly digest: string;
}

export interface SavedPlan {
  readonly meta: SavedMeta;
  /** Its secrets are masked; see `fillSecrets`. */
  readonly plan: Plan;
  readonly preconditions: ReadonlyArray<Precondition>;
  readonly secrets: ReadonlyArray<SecretReference>;
  readonly contents: ReadonlyArray<ContentReference>;
}
