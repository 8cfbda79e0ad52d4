// By which door the program was entered: as `composure`, as a plugin of docker's CLI, or under docker-compose's old name.
import { dockerFlags } from "./globals.ts";
import type { Flag } from "./Flag.ts";

export interface Entrance {
  /** How help and usage lines call the program. */
  readonly program: string;
  /** What is left to parse. */
  readonly argv: ReadonlyArray<string>;
}

/** The names under which docker's CLI can run the program: `docker composure`, `docker compose`. */
export const pluginNames = ["composure", "compose"] as const;

const completions: ReadonlySet<string> = new Set(["__complete", "__completeNoDesc"]);

const flagOf = (argument: string): Flag | undefined => {
  const name = argument.startsWith("--") ? argument.slice(2).split("=", 1)[0] : undefined;
  return dockerFlags.find((flag: Flag) => (name === undefined ? flag.short === argument[1] : flag.name === name));
};

/** Where docker's CLI has put the plugin's name: after its own flags, which it leaves in place. */
const pluginWordAt = (argv: ReadonlyArray<string>): number | undefined => {
  for (let at = completions.has(argv[0] ?? "") ? 1 : 0; at < argv.length; at++) {
    const argument = argv[at] as string;
    if (!argument.startsWith("-") || argument === "-") return (pluginNames as ReadonlyArray<string>).includes(argument) ? at : undefined;
    const flag = flagOf(argument);
    if (flag === undefined) return undefined;
    const valueFollows = flag.kind !== "switch" && !argument.includes("=") && (argument.startsWith("--") || argument.length === 2);
    if (valueFollows) at++;
  }
  return undefined;
};

/** `composure help up` is `composure up --help`. */
const helpWord = (argv: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (argv[0] !== "help") return argv;
  return argv.length === 1 ? ["--help"] : [...argv.slice(1), "--help"];
};

/** `calledAs` is the name of the file that was run. */
export const enter = (argv: ReadonlyArray<string>, calledAs: string): Entrance => {
  const at = pluginWordAt(argv);
  if (at !== undefined) {
    const rest = [...argv.slice(0, at), ...argv.slice(at + 1)];
    return { program: `docker ${argv[at]}`, argv: at === 0 ? helpWord(rest) : rest };
  }
  return { program: calledAs === "docker-compose" ? "docker-compose" : "composure", argv: helpWord(argv) };
};
