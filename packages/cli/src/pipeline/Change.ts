// A command that changes the engine, as data: everything the shared road (load, desire, observe, plan, review, execute, report) needs to know.
import type { Intent } from "@composure/core/policy/Intent";
import type { Policy } from "@composure/core/policy/Policy";
import type { Source } from "../load/source.ts";
import type { Project } from "@composure/core/model/Project";

export interface Change {
  /** The command, for headers: "up". */
  readonly title: string;
  readonly intent: Intent;
  readonly policy: Policy;
  readonly source: Source;
  /** The project before it was cut to the named services. */
  readonly whole?: Project;
  readonly scale: Readonly<Record<string, number>>;
  /** Questions that destroy nothing are answered with yes (--yes, --force). */
  readonly yes: boolean;
  readonly quietPull: boolean;
  readonly quietBuild: boolean;
}
