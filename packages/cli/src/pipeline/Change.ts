// A command that changes the engine, as data: everything the shared road (load, desire, observe, plan, review, execute, report) needs to know.
import type { Project } from "@composure/core/model/Project";
import type { StringMap } from "@composure/core/model/Service";
import type { Intent } from "@composure/core/policy/Intent";
import type { Policy } from "@composure/core/policy/Policy";
import type { Source } from "../load/source.ts";

export interface Change {
  /** The command, for headers: "up". */
  readonly title: string;
  /** The project's name. */
  readonly name: string;
  readonly workingDir: string;
  readonly intent: Intent;
  readonly policy: Policy;
  readonly source: Source;
  /** The project before it was cut to the named services. */
  readonly whole?: Project;
  readonly scale: Readonly<Record<string, number>>;
  /** docker's client proxies. */
  readonly proxyEnvironment: StringMap;
  /** Who asks for it: "ana@laptop". */
  readonly deployer: string;
  /** Questions that destroy nothing are answered with yes (--yes, --force). */
  readonly yes: boolean;
  /** Progress of pulls and of builds is not shown. */
  readonly quiet: { readonly pull: boolean; readonly build: boolean };
}
