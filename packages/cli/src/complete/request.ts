// What a half-typed command line asks for: pure, so that every case is a row in a test.
import { command, type CommandSpec, type Flag } from "../argv/Flag.ts";
import { globalFlags, sharedFlags } from "../argv/globals.ts";

/** One offer, with what it means. */
export type Offer = readonly [value: string, about: string];

/** cobra's directives, as sums of bits: what the shell does with the offers. */
export const directives = { nothing: 0, noSpace: 2, noFiles: 4, extensions: 8, folders: 16 } as const;

/** What only a look at files or the engine can tell. */
export type Live = "services" | "running" | "profiles" | "projects" | "contexts";

export type Want =
  | { readonly _tag: "Offers"; readonly offers: ReadonlyArray<Offer>; readonly directive: number }
  /** `before` and `after` go around each name: `web` becomes `web=` for scale. */
  | { readonly _tag: "Live"; readonly what: Live; readonly after: string; readonly without: ReadonlyArray<string>; readonly directive: number }
  | { readonly _tag: "Files"; readonly extensions: ReadonlyArray<string> }
  | { readonly _tag: "Folders" };

export interface Request {
  readonly want: Want;
  /** The global part of the line, for loading the project that it means. */
  readonly globals: ReadonlyArray<string>;
}

const offers = (values: ReadonlyArray<string>): Want => ({ _tag: "Offers", offers: values.map((value) => [value, ""] as const), directive: directives.noFiles });
const live = (what: Live, without: ReadonlyArray<string> = []): Want => ({ _tag: "Live", what, after: "", without, directive: directives.noFiles });
const files = (...extensions: ReadonlyArray<string>): Want => ({ _tag: "Files", extensions });
const nothing: Want = offers([]);

const states = ["paused", "restarting", "removing", "running", "dead", "created", "exited"];

/** Values of flags by name; a command's own come first. */
const valuesOf: Readonly<Record<string, Want>> = {
  ansi: offers(["auto", "never", "always"]),
  attach: live("services"),
  context: live("contexts"),
  engine: offers(["docker", "sim"]),
  "env-file": files(),
  "env-from-file": files(),
  "exit-code-from": live("services"),
  explain: nothing,
  file: files("yaml", "yml"),
  hash: live("services"),
  index: offers(["1", "2", "3"]),
  "no-attach": live("services"),
  out: files(),
  output: files(),
  parallel: nothing,
  profile: live("profiles"),
  progress: offers(["auto", "tty", "plain", "json", "quiet"]),
  "project-directory": { _tag: "Folders" },
  "project-name": live("projects"),
  protocol: offers(["tcp", "udp"]),
  pull: offers(["always", "missing", "never", "build"]),
  policy: offers(["missing", "always"]),
  rmi: offers(["local", "all"]),
  scale: { _tag: "Live", what: "services", after: "=", without: [], directive: directives.noFiles | directives.noSpace },
  signal: offers(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGUSR2"]),
  status: offers(states),
  state: files(),
};

const formatsOf = (flag: Flag): Want => {
  // The flag's own text lists what it takes: [table | json], ("text"|"json").
  const listed = [...flag.about.matchAll(/"([a-z]+)"|\b(yaml|json|table|pretty)\b/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
  return offers([...new Set(listed)]);
};

const valueWant = (flag: Flag): Want => (flag.name === "format" ? formatsOf(flag) : (valuesOf[flag.name] ?? { _tag: "Files", extensions: [] }));

const operandsWant = (spec: CommandSpec, before: ReadonlyArray<string>): Want => {
  if (spec.name === "completion") return before.length > 0 ? nothing : offers(["bash", "fish", "powershell", "zsh"]);
  if (spec.name === "scale") return valuesOf["scale"] as Want;
  if (/^(?:\[OPTIONS\] )?FILE/.test(spec.usage)) return files("json");
  if (!/SERVICE/.test(spec.usage)) return nothing;
  const running = ["exec", "attach", "port", "top", "stop", "kill", "pause", "restart"].includes(spec.name);
  const repeats = /SERVICES|SERVICE\.\.\./.test(spec.usage);
  if (spec.name === "cp") return { _tag: "Live", what: "services", after: ":", without: [], directive: directives.noSpace };
  if (before.length > 0 && !repeats) return spec.passThrough ? { _tag: "Files", extensions: [] } : nothing;
  return live(running ? "running" : "services", before);
};

const flagOffers = (flags: ReadonlyArray<Flag>): Want => ({
  _tag: "Offers",
  offers: flags
    .filter((flag) => flag.hidden !== true)
    .map((flag): Offer => [`--${flag.name}`, flag.about.split("\n", 1)[0] as string])
    .sort(([a], [b]) => (a < b ? -1 : 1)),
  directive: directives.noFiles,
});

const commandOffers = (specs: ReadonlyArray<CommandSpec>): Want => ({
  _tag: "Offers",
  offers: specs.map((spec): Offer => [spec.name, spec.about]).sort(([a], [b]) => (a < b ? -1 : 1)),
  directive: directives.noFiles,
});

const root = command({ name: "", about: "", usage: "", operands: { min: 0 }, flags: globalFlags, examples: [] });

/** What the words before the last one have settled. */
interface Position {
  readonly spec: CommandSpec | undefined;
  readonly operands: ReadonlyArray<string>;
  /** The last word is this flag's value. */
  readonly valueOf: Flag | undefined;
  /** Flags are over: after "--", or in the command of a container. */
  readonly flagsOver: boolean;
  readonly globals: ReadonlyArray<string>;
}

const find = (flags: ReadonlyArray<Flag>, word: string): Flag | undefined => {
  const name = word.slice(2).split("=", 1)[0] as string;
  return word.startsWith("--") ? flags.find((flag) => flag.name === name || flag.also?.includes(name)) : flags.find((flag) => flag.short === word.at(-1));
};

const takesNext = (flag: Flag | undefined, word: string): boolean => flag !== undefined && flag.kind !== "switch" && !word.includes("=");

const locate = (words: ReadonlyArray<string>, specs: ReadonlyArray<CommandSpec>): Position => {
  let spec: CommandSpec | undefined;
  let flagsOver = false;
  let valueOf: Flag | undefined;
  const operands: Array<string> = [];
  const globals: Array<string> = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    valueOf = undefined;
    if (!flagsOver && word === "--") flagsOver = true;
    else if (!flagsOver && word.startsWith("-") && word !== "-") {
      const own = spec === undefined ? undefined : find([...spec.flags, ...sharedFlags], word);
      const flag = own ?? find(globalFlags, word);
      if (own === undefined) globals.push(word);
      if (!takesNext(flag, word)) continue;
      valueOf = flag;
      if (own === undefined && at + 1 < words.length) globals.push(words[at + 1] as string);
      at++;
      if (at < words.length) valueOf = undefined;
    } else if (spec === undefined) {
      spec = specs.find((candidate) => candidate.name === word || candidate.also?.includes(word)) ?? { ...root, name: word };
    } else {
      operands.push(word);
      flagsOver ||= spec.passThrough === true;
    }
  }
  return { spec, operands, valueOf, flagsOver, globals };
};

/** `words` are those before the cursor, `last` is the one under it, perhaps empty. */
export const completionRequest = (words: ReadonlyArray<string>, last: string, specs: ReadonlyArray<CommandSpec>): Request => {
  const { spec, operands, valueOf, flagsOver, globals } = locate(words, specs);
  // A flag without its value would not parse.
  const settled = valueOf !== undefined && find(globalFlags, globals.at(-1) ?? "") === valueOf ? globals.slice(0, -1) : globals;
  const answer = (want: Want): Request => ({ want, globals: settled });
  if (valueOf !== undefined) return answer(valueWant(valueOf));
  const flags = spec === undefined ? globalFlags : [...spec.flags, ...sharedFlags];
  if (!flagsOver && last.startsWith("-")) {
    const flag = last.startsWith("--") && last.includes("=") ? (find(flags, last) ?? find(globalFlags, last)) : undefined;
    return answer(flag === undefined ? flagOffers(flags) : valueWant(flag));
  }
  return answer(spec === undefined ? commandOffers(specs) : operandsWant(spec, operands));
};
