// Flags and environment as a Policy.
import type { Policy } from "@composure/core/policy/Policy";
import type { Host } from "../host/Host.ts";
import { refuse, type Failure } from "./Failure.ts";

/** The flags that bear on policy; a command has the ones it knows. */
export interface PolicyFlags {
  readonly build?: boolean;
  readonly noBuild?: boolean;
  readonly pull?: string | undefined;
  readonly forceRecreate?: boolean;
  readonly noRecreate?: boolean;
  readonly alwaysRecreateDeps?: boolean;
  readonly renewAnonVolumes?: boolean;
  readonly removeOrphans?: boolean;
  readonly stopFirst?: boolean;
  readonly timeout?: number | undefined;
  readonly wait?: boolean;
  readonly waitTimeout?: number | undefined;
  readonly allowDestroy?: ReadonlyArray<string>;
}

const isOn = (text: string | undefined): boolean => text !== undefined && /^(1|t|true|yes|on)$/i.test(text);

const pulls = ["always", "missing", "never", "build"] as const;

const conflicts: ReadonlyArray<readonly [keyof PolicyFlags, keyof PolicyFlags, string]> = [
  ["build", "noBuild", "--build and --no-build are incompatible"],
  ["forceRecreate", "noRecreate", "--force-recreate and --no-recreate are incompatible"],
  ["alwaysRecreateDeps", "noRecreate", "--always-recreate-deps and --no-recreate are incompatible"],
  ["renewAnonVolumes", "noRecreate", "--renew-anon-volumes and --no-recreate are incompatible"],
];

/** `env` is the process's environment completed by the project's. */
export const readPolicy = (flags: PolicyFlags, env: Readonly<Record<string, string>>, host: Host): Policy | Failure => {
  for (const [one, other, message] of conflicts) if (flags[one] === true && flags[other] === true) return refuse(message);
  const pull = flags.pull === "if_not_present" ? "missing" : flags.pull === "policy" ? undefined : flags.pull;
  const known = pulls.find((name) => name === pull);
  if (pull !== undefined && pull !== "" && known === undefined) return refuse(`invalid --pull option "${pull}"`, `use ${pulls.join(", ")}`);
  if (flags.timeout !== undefined && flags.timeout < 0) return refuse("--timeout must not be negative");
  if (flags.waitTimeout !== undefined && flags.waitTimeout < 0) return refuse("--wait-timeout must be a non-negative integer");
  const removeOrphans = flags.removeOrphans === true || isOn(env["COMPOSE_REMOVE_ORPHANS"]);
  const ignoreOrphans = isOn(env["COMPOSE_IGNORE_ORPHANS"]);
  if (flags.removeOrphans === true && ignoreOrphans) return refuse("cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans");
  return {
    recreate: flags.noRecreate ? "never" : flags.forceRecreate || flags.renewAnonVolumes ? "force" : "diverged",
    recreateDependencies: flags.noRecreate ? "never" : flags.alwaysRecreateDeps ? "force" : "diverged",
    renewAnonymousVolumes: flags.renewAnonVolumes ?? false,
    removeOrphans,
    ignoreOrphans,
    ...(flags.timeout === undefined ? {} : { stopTimeout: flags.timeout }),
    ...(known === undefined ? {} : { pull: known }),
    build: flags.build ? "always" : flags.noBuild ? "never" : "auto",
    order: flags.stopFirst ? "stop-first" : "auto",
    wait: flags.wait ?? false,
    ...(flags.waitTimeout === undefined || flags.waitTimeout === 0 ? {} : { waitTimeout: flags.waitTimeout }),
    allowDestroy: flags.allowDestroy ?? [],
    now: Math.trunc(host.now() / 1000),
  };
};
