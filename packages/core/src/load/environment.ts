// The environment that interpolation uses: the process environment, then `.env` or the files of --env-file.
// Source: cmd/compose/compose.go and compose-go cli/options.go; stages C1 to C5.
import { folderOf } from "../normalise/goPath.ts";
import { parseDotenv } from "../parse/dotenv.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { type Environment, environmentOf, lookupIn, mergeMissing, type Variable } from "../source/Environment.ts";
import { fault, type Place } from "../source/problem.ts";
import type { Span } from "../source/Span.ts";
import { absoluteFrom, type Files } from "./files.ts";
import type { LoadRequest } from "./Load.ts";
import { isRemote } from "./remote.ts";

/** The variables of some env files; with a problem, those read before it. */
export interface ReadEnvFiles {
  readonly variables: Environment;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

/** Later files replace earlier ones, and can mention them; `environment` wins over both when one is mentioned. */
export const readEnvFiles = (
  files: Files,
  environment: Environment,
  paths: ReadonlyArray<string>,
  at: Place = {},
): ReadEnvFiles => {
  const values = new Map<string, string>();
  const spans = new Map<string, Span>();
  const diagnostics: Diagnostic[] = [];
  const variables = (): Environment =>
    new Map<string, Variable>(
      [...values].map(([name, value]) => [
        name,
        { value, source: { _tag: "EnvFile", span: spans.get(name) ?? { file: paths[0] ?? "", line: 1, column: 1 } } },
      ]),
    );
  for (const path of paths) {
    const content = files.read(path);
    if (content === undefined) continue;
    switch (content._tag) {
      case "Missing":
        diagnostics.push(fault("env-file-missing", `couldn't find env file: ${path}`, at));
        return { variables: variables(), diagnostics };
      case "Directory":
        diagnostics.push(fault("env-file-unreadable", `${path} is a directory, not an env file`, at));
        return { variables: variables(), diagnostics };
      case "Unreadable":
        diagnostics.push(fault("env-file-unreadable", `cannot read ${path}: ${content.message}`, at));
        return { variables: variables(), diagnostics };
      case "Text": {
        const read = parseDotenv(content.content, lookupIn(environment), { file: path, values });
        for (const [name, span] of read.spans) spans.set(name, span);
        for (const diagnostic of read.diagnostics) {
          const message =
            diagnostic.severity === "error" ? `failed to read ${path}: ${diagnostic.message}` : diagnostic.message;
          diagnostics.push({ ...diagnostic, message });
        }
        if (read.diagnostics.some((diagnostic) => diagnostic.severity === "error")) {
          return { variables: variables(), diagnostics };
        }
      }
    }
  }
  return { variables: variables(), diagnostics };
};

const TRUE = ["1", "t", "T", "TRUE", "true", "True"];
const FALSE = ["0", "f", "F", "FALSE", "false", "False"];

export const parseGoBool = (text: string): boolean | undefined =>
  TRUE.includes(text) ? true : FALSE.includes(text) ? false : undefined;

/** The folder that relative things start from: --project-directory, else the folder of the first real file, else cwd. */
export const workingDirectory = (request: LoadRequest, configPaths: ReadonlyArray<string>): string => {
  if (request.projectDirectory !== undefined && request.projectDirectory !== "") {
    return absoluteFrom(request.cwd, request.projectDirectory);
  }
  const first = configPaths.find((path) => path !== "-");
  return first === undefined || isRemote(first) ? request.cwd : folderOf(absoluteFrom(request.cwd, first));
};

const splitList = (text: string): ReadonlyArray<string> => text.split(",").filter((part) => part !== "");

/** The files of --env-file or COMPOSE_ENV_FILES, absolute; empty when neither is given. */
export const explicitEnvFiles = (request: LoadRequest): ReadonlyArray<string> =>
  (request.envFiles.length > 0 ? request.envFiles : splitList(request.env["COMPOSE_ENV_FILES"] ?? "")).map((path) =>
    absoluteFrom(request.cwd, path),
  );

interface EnvFileChoice {
  readonly paths: ReadonlyArray<string>;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

/** `previous` are the files of an earlier pass; they stay when this folder has no `.env`. */
const chooseEnvFiles = (
  request: LoadRequest,
  files: Files,
  processEnvironment: Environment,
  folder: string,
  previous: ReadonlyArray<string>,
): EnvFileChoice => {
  const explicit = explicitEnvFiles(request);
  if (explicit.length > 0) return { paths: explicit, diagnostics: [] };
  const disabled = processEnvironment.get("COMPOSE_DISABLE_ENV_FILE")?.value;
  if (disabled !== undefined) {
    const value = parseGoBool(disabled);
    if (value === true) return { paths: previous, diagnostics: [] };
    if (value === undefined) {
      const message = `COMPOSE_DISABLE_ENV_FILE is "${disabled}", which is neither true nor false`;
      return { paths: previous, diagnostics: [fault("environment", message, {}, "Write true or false.")] };
    }
  }
  const path = absoluteFrom(folder, ".env");
  const content = files.read(path);
  const usable = content?._tag === "Text" || content?._tag === "Unreadable";
  return { paths: usable ? [path] : previous, diagnostics: [] };
};

/** What the passes over the env files carry along. */
export interface EnvironmentPass {
  /** The process environment, with the COMPOSE_ variables that `.env` adds to it. */
  readonly process: Environment;
  /** What interpolation uses. */
  readonly environment: Environment;
  readonly envFiles: ReadonlyArray<string>;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

/** C1 and C2: COMPOSE_ variables of the env files count as if they were in the process environment. */
export const processPass = (request: LoadRequest, files: Files): EnvironmentPass => {
  const base = environmentOf(request.env, { _tag: "Environment" });
  const chosen = chooseEnvFiles(request, files, base, workingDirectory(request, request.files), []);
  const read = readEnvFiles(files, base, chosen.paths);
  // Problems show up again in the next pass, which reports them.
  const usable = chosen.diagnostics.length === 0 && !read.diagnostics.some(({ severity }) => severity === "error");
  const compose = usable ? [...read.variables].filter(([name]) => name.startsWith("COMPOSE_")) : [];
  const process = mergeMissing(base, new Map(compose));
  const pwd: Environment = new Map([["PWD", { value: request.cwd, source: { _tag: "Environment" } }]]);
  return { process, environment: mergeMissing(process, pwd), envFiles: [], diagnostics: [] };
};

/** C3 and C5: adds the variables of the env files that belong to `folder`; what is already set stays. */
export const envFilePass = (
  request: LoadRequest,
  files: Files,
  pass: EnvironmentPass,
  folder: string,
): EnvironmentPass => {
  const chosen = chooseEnvFiles(request, files, pass.process, folder, pass.envFiles);
  const read = readEnvFiles(files, pass.environment, chosen.paths);
  return {
    ...pass,
    environment: mergeMissing(pass.environment, read.variables),
    envFiles: chosen.paths,
    diagnostics: [...pass.diagnostics, ...chosen.diagnostics, ...read.diagnostics],
  };
};
