// Turns interpolated text into the type that its path asks for. Source: docker compose's interpolation casts.
import { type PathRules, pathRules } from "../source/paths.ts";
import type { Scalar } from "../source/Tree.ts";

/** A value after the cast; `warning` is advice about how it was written. */
export type CastResult =
  | { readonly _tag: "Cast"; readonly value: Scalar; readonly float?: true; readonly warning?: string }
  | { readonly _tag: "Failed"; readonly message: string; readonly hint: string };

export type Cast = (text: string) => CastResult;

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

const whole: Cast = (text) => {
  const failed: CastResult = {
    _tag: "Failed",
    message: `"${text}" is not a whole number`,
    hint: "Write a number without a unit, such as 3.",
  };
  if (!/^[+-]?[0-9]+$/.test(text) || text.length > 40) return failed;
  const value = BigInt(text.replace(/^\+/, ""));
  if (value < MIN_INT64 || value > MAX_INT64) return failed;
  const small = Number(value);
  return { _tag: "Cast", value: Number.isSafeInteger(small) ? small + 0 : value };
};

const FLOAT = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

const fraction =
  (round: (value: number) => number): Cast =>
  (text) => {
    const value = FLOAT.test(text) ? round(Number(text)) : Number.NaN;
    if (Number.isFinite(value)) return { _tag: "Cast", value, ...(Number.isInteger(value) ? { float: true } : {}) };
    return { _tag: "Failed", message: `"${text}" is not a number`, hint: "Write a number such as 0.5." };
  };

const TRUE = ["y", "yes", "on"];
const FALSE = ["n", "no", "off"];

const truth: Cast = (text) => {
  const word = text.toLowerCase();
  if (word === "true" || word === "false") return { _tag: "Cast", value: word === "true" };
  const value = TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
  if (value === undefined) {
    return { _tag: "Failed", message: `invalid boolean: "${text}"`, hint: "Write true or false." };
  }
  const warning = `"${text}" for boolean is not supported by YAML 1.2, please use \`${value}\``;
  return { _tag: "Cast", value, warning };
};

const double = fraction((value) => value);
const single = fraction(Math.fround);

const service = (path: string): string => `services.*.${path}`;

/** The casts, by path. `[]` is any position of a list, `*` any key. */
export const casts: PathRules<Cast> = pathRules<Cast>([
  ...[
    "cpu_count",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "oom_score_adj",
    "pids_limit",
    "scale",
    "deploy.replicas",
    "deploy.update_config.parallelism",
    "deploy.rollback_config.parallelism",
    "deploy.restart_policy.max_attempts",
    "deploy.placement.max_replicas_per_node",
    "healthcheck.retries",
    "ports.[].target",
    "ulimits.*",
    "ulimits.*.hard",
    "ulimits.*.soft",
  ].map((path) => [service(path), whole] as const),
  ...["cpu_percent", "deploy.update_config.max_failure_ratio", "deploy.rollback_config.max_failure_ratio"].map(
    (path) => [service(path), double] as const,
  ),
  [service("cpus"), single],
  ...[
    "init",
    "healthcheck.disable",
    "oom_kill_disable",
    "privileged",
    "read_only",
    "stdin_open",
    "tty",
    "volumes.[].read_only",
    "volumes.[].volume.nocopy",
  ].map((path) => [service(path), truth] as const),
  ...["external", "internal", "attachable", "enable_ipv4", "enable_ipv6"].map(
    (key) => [`networks.*.${key}`, truth] as const,
  ),
  ...["volumes", "secrets", "configs"].map((section) => [`${section}.*.external`, truth] as const),
]);
