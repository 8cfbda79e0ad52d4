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

/** Differences that are ours on purpose; docs/conformance.md gives the reasons. */
const deliberate: ReadonlyArray<{ readonly difference: RegExp; readonly why: string }> = [
  { difference: /\.#extensions: absent instead of/, why: "x- keys in free-form maps are kept as they are" },
  { difference: /\.(mem_limit|shm_size|memswap_limit): "\d+" instead of absent/, why: "a fractional number of bytes is rounded, not dropped" },
  { difference: /json: unsupported value: (NaN|[+-]Inf)/, why: "not a number and infinity are printed as text where docker compose cannot print at all" },
];

/** Where docker compose falls over there is nothing to be equal to. */
const crashes: ReadonlyArray<RegExp> = [
  /docker compose refuses: panic: /,
  /MarshalJSON for type types\.SSHKey/,
  /\[?#extensions\]?/,
  /unexpected value type map\[string\]interface \{\} for extra_hosts entry/,
  /instead of "[^"]*%!s\(<nil>\)"/,
];

const isDeliberate = (difference: string): boolean => deliberate.some((rule) => rule.difference.test(difference)) || crashes.some((rule) => rule.test(difference));

/** `config` are arguments after the command `config`, for both sides. */
export const comparePeer = (peer: string, project: GeneratedProject, config: ReadonlyArray<string> = []): Comparison =>
  withProjectFolder(project, (folder) => {
    const json = runPeer(peer, project, folder, [...config, "--format", "json"]);
    const hash = json.exit === 0 ? runPeer(peer, project, folder, [...config, "--hash", "*"]) : undefined;
    const testCase: Case = {
      id: `seed-${project.seed}`,
      cwd: folder,
      args: project.args,
      configArgs: config,
      env: environmentOf(project, folder),
      files: Object.fromEntries(Object.entries(project.files).map(([path, text]) => [join(folder, path), text])),
      expected: {
        exit: json.exit,
        error: json.stderr,
        ...(json.exit === 0 ? { json: JSON.parse(json.stdout) as unknown } : {}),
        ...(hash !== undefined && hash.exit === 0 ? { hash: hash.stdout } : {}),
      },
    };
    const verdict = runCase(testCase);
    const accepted = json.exit === 0;
    if (verdict._tag === "Equal") return { accepted };
    const difference = describeVerdict(verdict);
    return isDeliberate(difference) ? { accepted } : { accepted, difference };
  });
