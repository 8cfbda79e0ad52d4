// Reads cases from a folder of the large corpus, which lives outside the repository: one folder a case.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Case, Expected } from "./Case.ts";

const CASE_FOLDER = "/corpus/case";

const textOf = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

const filesBelow = (folder: string, prefix = ""): ReadonlyArray<readonly [string, string]> =>
  readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (statSync(join(folder, path)).isDirectory()) return filesBelow(folder, path);
    return [[`${CASE_FOLDER}/${path}`, readFileSync(join(folder, path), "utf8")] as const];
  });

interface Command {
  readonly cwd: string;
  readonly args: ReadonlyArray<string>;
  readonly configArgs: ReadonlyArray<string>;
  readonly env?: Readonly<Record<string, string | null>>;
  readonly stdin?: string;
}

const expectedOf = (folder: string): Expected => {
  const json = textOf(join(folder, "expected.json"))?.trim() ?? "";
  const hash = textOf(join(folder, "expected.hash"));
  const error = textOf(join(folder, "expected.err"));
  const lists = textOf(join(folder, "expected.lists.json"));
  const warnings =
    lists === undefined ? undefined : (JSON.parse(lists) as { warnings?: ReadonlyArray<string> }).warnings;
  return {
    exit: Number(textOf(join(folder, "exit")) ?? "0"),
    ...(json === "" ? {} : { json: JSON.parse(json) as unknown }),
    ...(hash === undefined ? {} : { hash }),
    ...(error === undefined ? {} : { error }),
    ...(warnings === undefined ? {} : { warnings }),
  };
};

export const readFolderCase = (root: string, id: string): Case => {
  const folder = join(root, id);
  const command = JSON.parse(textOf(join(folder, "cmd.json")) ?? "{}") as Command;
  const files = Object.fromEntries(filesBelow(join(folder, "files")));
  const stdin = command.stdin === undefined ? undefined : files[`${CASE_FOLDER}/${command.stdin}`];
  return {
    id,
    cwd: command.cwd,
    args: command.args,
    configArgs: command.configArgs,
    env: command.env ?? {},
    files,
    expected: expectedOf(folder),
    ...(stdin === undefined ? {} : { stdin }),
  };
};

export const listFolderCases = (root: string): ReadonlyArray<string> =>
  existsSync(root) ? readdirSync(root).toSorted() : [];
