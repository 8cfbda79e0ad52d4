// docker compose itself as the oracle: what it makes of a generated project.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { GeneratedProject } from "./generate.ts";

export interface Verdict {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Writes the project to a fresh folder, hands it to `use`, and removes it again. */
export const withProjectFolder = <A>(project: GeneratedProject, use: (folder: string) => A): A => {
  const folder = mkdtempSync(join(tmpdir(), "composure-diff-"));
  try {
    for (const [path, content] of Object.entries(project.files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The environment both sides see. */
export const environmentOf = (project: GeneratedProject, folder: string): Record<string, string> => ({
  PATH: "/usr/bin:/bin",
  HOME: "/nonexistent/home",
  PWD: folder,
  ...project.env,
});

export const runPeer = (peer: string, project: GeneratedProject, folder: string, config: ReadonlyArray<string>): Verdict => {
  const ran = spawnSync(peer, [...project.args, "config", ...config], {
    cwd: folder,
    env: environmentOf(project, folder),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { exit: ran.status ?? -1, stdout: ran.stdout, stderr: ran.stderr };
};
