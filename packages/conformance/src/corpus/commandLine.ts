// Reads the command line of a case into a load request: only what decides about loading.
import type { LoadRequest } from "@composure/core/load/Load";
import type { Case } from "./Case.ts";

/** `refused` is what the command line itself gets wrong. */
export type CommandLine =
  | { readonly _tag: "Request"; readonly request: LoadRequest; readonly quiet: boolean }
  | { readonly _tag: "Refused"; readonly why: string };

type Mutable<A> = { -readonly [K in keyof A]: A[K] };

const withValue: Readonly<Record<string, string>> = {
  "-f": "file",
  "--file": "file",
  "-p": "project",
  "--project-name": "project",
  "--project-directory": "directory",
  "--profile": "profile",
  "--env-file": "envFile",
  "--ansi": "ansi",
  "--progress": "progress",
  "--format": "format",
};

const switches: Readonly<Record<string, (request: Mutable<LoadRequest>) => void>> = {
  "--compatibility": (request) => {
    request.compatibility = true;
    // `config` prints without normalisation then.
    request.noNormalize = true;
  },
  "--all-resources": (request) => {
    request.allResources = true;
  },
  "--no-interpolate": (request) => {
    request.noInterpolate = true;
  },
  "--no-normalize": (request) => {
    request.noNormalize = true;
  },
  "--no-path-resolution": (request) => {
    request.noPathResolution = true;
  },
  "--no-consistency": (request) => {
    request.noConsistency = true;
  },
  // 2.40.3 reads the env files all the same.
  "--no-env-resolution": () => {},
  "--quiet": () => {},
};

const environmentOf = (testCase: Case): Readonly<Record<string, string>> => {
  const environment: Record<string, string> = {
    PATH: "/usr/bin:/bin",
    HOME: "/corpus/home",
    PWD: testCase.cwd,
  };
  for (const [name, value] of Object.entries(testCase.env)) {
    if (value === null) delete environment[name];
    else environment[name] = value;
  }
  return environment;
};

const allowed: Readonly<Record<string, ReadonlyArray<string>>> = {
  progress: ["", "auto", "tty", "plain", "json", "quiet", "none"],
  format: ["", "json", "yaml"],
};

export const readCommandLine = (testCase: Case): CommandLine => {
  const values = new Map<string, string[]>();
  const services: string[] = [];
  const request: Mutable<LoadRequest> = {
    cwd: testCase.cwd,
    env: environmentOf(testCase),
    files: [],
    profiles: [],
    envFiles: [],
    services,
    ...(testCase.stdin === undefined ? {} : { stdin: testCase.stdin }),
  };
  const words = [...testCase.args, ...testCase.configArgs];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    const [flag = "", inline] = word.startsWith("-") ? word.split(/=(.*)/s) : [word];
    const name = withValue[flag];
    if (name !== undefined) values.set(name, [...(values.get(name) ?? []), inline ?? words[++index] ?? ""]);
    else if (switches[flag] !== undefined) switches[flag](request);
    else if (word.startsWith("-")) return { _tag: "Refused", why: `unknown flag: ${word}` };
    else services.push(word);
  }
  for (const [name, options] of Object.entries(allowed)) {
    const wrong = values.get(name)?.find((value) => !options.includes(value));
    if (wrong !== undefined) return { _tag: "Refused", why: `unsupported --${name} ${wrong}` };
  }
  request.files = values.get("file") ?? [];
  request.profiles = values.get("profile") ?? [];
  request.envFiles = values.get("envFile") ?? [];
  const name = values.get("project")?.at(-1);
  const directory = values.get("directory")?.at(-1);
  if (name !== undefined) request.projectName = name;
  if (directory !== undefined) request.projectDirectory = directory;
  return { _tag: "Request", request, quiet: words.includes("--quiet") };
};
