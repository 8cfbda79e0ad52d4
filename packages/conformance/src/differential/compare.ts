// Loads a generated project with our loader and with docker compose, and compares: accepted or refused, JSON, hashes.
import { join } from "node:path";
import type { Case } from "../corpus/Case.ts";
import { describeVerdict, runCase } from "../corpus/run.ts";
import type { GeneratedProject } from "./generate.ts";
import { environmentOf, runPeer, withProjectFolder } from "./peer.ts";

/** `difference` is absent when both sides agree. */
export interface Comparison {
  readonly accepted: boolean;
  readonly difference?: string;
}

/** Generated values that only we read as written (docs/conformance.md lists them); the text of the first match explains a difference. */
const deliberate: ReadonlyArray<{ readonly found: RegExp; readonly why: string }> = [];

const explained = (project: GeneratedProject): string | undefined => {
  const text = Object.values(project.files).join("\n");
  return deliberate.find(({ found }) => found.test(text))?.why;
};

export const comparePeer = (peer: string, project: GeneratedProject): Comparison =>
  withProjectFolder(project, (folder) => {
    const json = runPeer(peer, project, folder, ["--format", "json"]);
    const hash = json.exit === 0 ? runPeer(peer, project, folder, ["--hash", "*"]) : undefined;
    const testCase: Case = {
      id: `seed-${project.seed}`,
      cwd: folder,
      args: project.args,
      configArgs: [],
      env: environmentOf(project, folder),
      files: Object.fromEntries(Object.entries(project.files).map(([path, text]) => [join(folder, path), text])),
      expected: {
        exit: json.exit,
        json: json.stdout,
        error: json.stderr,
        ...(hash !== undefined && hash.exit === 0 ? { hash: hash.stdout } : {}),
      },
    };
    const verdict = runCase(testCase);
    const accepted = json.exit === 0;
    if (verdict._tag === "Equal" || explained(project) !== undefined) return { accepted };
    return { accepted, difference: describeVerdict(verdict) };
  });
