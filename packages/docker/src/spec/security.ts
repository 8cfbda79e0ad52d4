// security_opt as the engine takes it: seccomp profiles go as text, system paths have fields of their own.
import { isAbsolute, join } from "node:path";

/** Where the project's files are; docker compose's own label. */
const WORKING_DIR = "com.docker.compose.project.working_dir";

const profilePath = (option: string): string | undefined => {
  const match = /^seccomp[=:](.*)$/.exec(option);
  const path = match?.[1];
  return path === undefined || path === "unconfined" || path === "builtin" || path.startsWith("{") ? undefined : path;
};

/** The seccomp files that the options name, by the path they are written with. */
export const seccompFiles = (
  options: ReadonlyArray<string>,
  labels: Readonly<Record<string, string>>,
): ReadonlyArray<{ readonly name: string; readonly path: string }> =>
  options.flatMap((option) => {
    const name = profilePath(option);
    return name === undefined ? [] : [{ name, path: isAbsolute(name) ? name : join(labels[WORKING_DIR] ?? ".", name) }];
  });

export interface Security {
  readonly options: ReadonlyArray<string>;
  /** No path of the system is masked or read-only. */
  readonly openSystemPaths: boolean;
}

/** `profiles` holds the files' JSON by the name that the option gives them. */
export const security = (options: ReadonlyArray<string>, profiles: Readonly<Record<string, string>>): Security => ({
  openSystemPaths: options.includes("systempaths=unconfined"),
  options: options
    .filter((option) => option !== "systempaths=unconfined")
    .map((option) => {
      const name = profilePath(option);
      const profile = name === undefined ? undefined : profiles[name];
      return profile === undefined ? option : `seccomp=${JSON.stringify(JSON.parse(profile))}`;
    }),
});
