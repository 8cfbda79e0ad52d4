// How to talk to the person: progress, colours and parallelism from flags and environment.
import type { GlobalOptions } from "./argv/globals.ts";
import type { Host } from "./host/Host.ts";

export type ProgressMode = "tty" | "plain" | "json" | "quiet";

export interface Settings {
  readonly _tag: "Settings";
  readonly progress: ProgressMode;
  readonly colour: { readonly stdout: boolean; readonly stderr: boolean };
  /** Steps at once; absent means no limit. */
  readonly parallel?: number;
  /** Banner lines go to stdout (COMPOSE_STATUS_STDOUT). */
  readonly statusOnStdout: boolean;
}

export interface BadSetting {
  readonly _tag: "BadSetting";
  readonly message: string;
}

const bad = (message: string): BadSetting => ({ _tag: "BadSetting", message });
const isOn = (text: string | undefined): boolean => text !== undefined && ["1", "true", "yes", "on"].includes(text.toLowerCase());

const readAnsi = (globals: GlobalOptions, env: Host["env"]): "auto" | "never" | "always" | BadSetting => {
  const asked = globals.ansi ?? (globals.noAnsi ? "never" : env["COMPOSE_ANSI"] || "auto");
  return asked === "auto" || asked === "never" || asked === "always"
    ? asked
    : bad(`unknown value "${asked}" for --ansi: use never, always or auto`);
};

const readProgress = (globals: GlobalOptions, host: Host, ansi: "auto" | "never" | "always"): ProgressMode | BadSetting => {
  const asked = globals.progress ?? (host.env["COMPOSE_PROGRESS"] || "auto");
  switch (asked) {
    case "auto":
      return ansi !== "never" && host.stderr.isTTY ? "tty" : "plain";
    case "tty":
      return ansi === "never" ? bad("can't use --progress tty while ANSI support is disabled") : "tty";
    case "plain":
      return ansi === "always" ? bad("can't use --progress plain while ANSI support is forced") : "plain";
    case "json":
      return "json";
    case "quiet":
    case "none":
      return "quiet";
    default:
      return bad(`unknown value "${asked}" for --progress: use auto, tty, plain, json or quiet`);
  }
};

const readParallel = (globals: GlobalOptions, env: Host["env"]): number | undefined | BadSetting => {
  const fromEnv = env["COMPOSE_PARALLEL_LIMIT"] ?? "";
  if (globals.parallel === -1 && fromEnv !== "" && !/^-?\d+$/.test(fromEnv)) return bad(`COMPOSE_PARALLEL_LIMIT must be an integer (found: "${fromEnv}")`);
  const limit = globals.parallel === -1 && fromEnv !== "" ? Number(fromEnv) : globals.parallel;
  return limit > 0 ? limit : undefined;
};

export const readSettings = (globals: GlobalOptions, host: Host): Settings | BadSetting => {
  const ansi = readAnsi(globals, host.env);
  if (typeof ansi === "object") return ansi;
  const progress = readProgress(globals, host, ansi);
  if (typeof progress === "object") return progress;
  const parallel = readParallel(globals, host.env);
  if (typeof parallel === "object") return parallel;
  // NO_COLOR takes colours away and leaves the progress as it is; only an explicit --ansi outranks it.
  const noColour = (host.env["NO_COLOR"] ?? "") !== "" && globals.ansi === undefined;
  const coloured = (isTTY: boolean) => !noColour && (ansi === "always" || (ansi === "auto" && isTTY));
  return {
    _tag: "Settings",
    progress,
    colour: { stdout: coloured(host.stdout.isTTY), stderr: coloured(host.stderr.isTTY) },
    ...(parallel === undefined ? {} : { parallel }),
    statusOnStdout: isOn(host.env["COMPOSE_STATUS_STDOUT"]),
  };
};
