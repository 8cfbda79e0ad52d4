// What a changed field asks for. docker compose replaces the container for each of them; many need less.
import type { FieldChange } from "../plan/Reason.ts";

/**
 * `Update`: POST /containers/{id}/update can do it while the container runs. `Rename`: another name is enough.
 * `Nothing`: the container does not hold it.
 */
export type FieldEffect = "Nothing" | "Rename" | "Update" | "Recreate";

export interface Verdict {
  readonly effect: FieldEffect;
  /** One sentence. */
  readonly why: string;
}

interface Rule {
  /** Dotted, without positions; a prefix of the field's path. */
  readonly path: string;
  readonly effect: Exclude<FieldEffect, "Recreate">;
  readonly why: string;
}

const swarmOnly = "Only a swarm reads it.";
const planned = "It guides the plan and is no part of the container.";
const hook = "Hooks are run by the plan and are no part of the container.";
const limit = "The engine changes limits of a running container.";
const policy = "The engine changes the restart policy of a running container.";
const folded = "Its values stand in other fields, which are compared themselves.";

/** The longest fitting prefix decides. Sources: ContainerUpdate of the engine API 1.41; what docker compose 2.40.3 puts into a container. */
const rules: ReadonlyArray<Rule> = [
  { path: "attach", effect: "Nothing", why: "It decides whose output is shown." },
  { path: "develop", effect: "Nothing", why: "It is for watch, which reads it from the file." },
  { path: "deploy.mode", effect: "Nothing", why: swarmOnly },
  { path: "deploy.labels", effect: "Nothing", why: swarmOnly },
  { path: "deploy.endpoint_mode", effect: "Nothing", why: swarmOnly },
  { path: "deploy.placement", effect: "Nothing", why: swarmOnly },
  { path: "deploy.update_config", effect: "Nothing", why: planned },
  { path: "deploy.rollback_config", effect: "Nothing", why: planned },
  { path: "deploy.resources.reservations.cpus", effect: "Nothing", why: swarmOnly },
  { path: "deploy.resources.reservations.generic_resources", effect: "Nothing", why: swarmOnly },
  { path: "deploy.restart_policy.delay", effect: "Nothing", why: swarmOnly },
  { path: "deploy.restart_policy.window", effect: "Nothing", why: swarmOnly },
  { path: "env_file", effect: "Nothing", why: folded },
  { path: "label_file", effect: "Nothing", why: folded },
  { path: "extends", effect: "Nothing", why: folded },
  { path: "pre_start", effect: "Nothing", why: hook },
  { path: "post_start", effect: "Nothing", why: hook },
  { path: "pre_stop", effect: "Nothing", why: hook },
  { path: "stop_grace_period", effect: "Nothing", why: "The plan gives each stop its time." },
  { path: "container_name", effect: "Rename", why: "The engine renames running containers." },
  { path: "restart", effect: "Update", why: policy },
  { path: "deploy.restart_policy.condition", effect: "Update", why: policy },
  { path: "deploy.restart_policy.max_attempts", effect: "Update", why: policy },
  { path: "blkio_config.weight", effect: "Update", why: limit },
  { path: "cpu_period", effect: "Update", why: limit },
  { path: "cpu_quota", effect: "Update", why: limit },
  { path: "cpu_rt_period", effect: "Update", why: limit },
  { path: "cpu_rt_runtime", effect: "Update", why: limit },
  { path: "cpu_shares", effect: "Update", why: limit },
  { path: "cpus", effect: "Update", why: limit },
  { path: "cpuset", effect: "Update", why: limit },
  { path: "mem_limit", effect: "Update", why: limit },
  { path: "mem_reservation", effect: "Update", why: limit },
  { path: "memswap_limit", effect: "Update", why: limit },
  { path: "pids_limit", effect: "Update", why: limit },
  { path: "deploy.resources.limits.cpus", effect: "Update", why: limit },
  { path: "deploy.resources.limits.memory", effect: "Update", why: limit },
  { path: "deploy.resources.limits.pids", effect: "Update", why: limit },
  { path: "deploy.resources.reservations.memory", effect: "Update", why: limit },
];

const fits = (rule: Rule, path: string): boolean =>
  path === rule.path || (path.startsWith(rule.path) && /[.[]/.test(path.charAt(rule.path.length)));

const ruleFor = (path: string): Rule | undefined =>
  rules.filter((rule) => fits(rule, path)).sort((a, b) => b.path.length - a.path.length)[0];

/** In an update, an absent limit means "as it is": the engine cannot take one away. A restart policy can be "no". */
const takesAway = (change: FieldChange, rule: Rule): boolean => change.after === null && rule.why === limit;

/** docker compose writes sections of `deploy` out even when they are empty. */
const isEmptySection = ({ path, before, after }: FieldChange): boolean =>
  /^deploy(\.|$)/.test(path) && (before ?? "{}") === "{}" && (after ?? "{}") === "{}";

export const classifyChange = (change: FieldChange): Verdict => {
  if (isEmptySection(change)) return { effect: "Nothing", why: "An empty section says nothing." };
  const rule = ruleFor(change.path);
  if (rule === undefined) return { effect: "Recreate", why: "It is fixed when the container is made." };
  if (takesAway(change, rule))
    return { effect: "Recreate", why: "The engine can change a limit but not take it away." };
  return { effect: rule.effect, why: rule.why };
};

const severity: Readonly<Record<FieldEffect, number>> = { Nothing: 0, Rename: 1, Update: 2, Recreate: 3 };

/** What all of them together ask for. No known change is no reason to trust the container: the hash said that it differs. */
export const classifyChanges = (changes: ReadonlyArray<FieldChange>): FieldEffect =>
  changes.length === 0
    ? "Recreate"
    : changes
        .map((change) => classifyChange(change).effect)
        .reduce((worst, effect) => (severity[effect] > severity[worst] ? effect : worst));

/** The fields that never replace a container, for people. */
export const gentleFields: ReadonlyArray<{
  readonly path: string;
  readonly effect: FieldEffect;
  readonly why: string;
}> = rules;
