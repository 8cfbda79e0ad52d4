// Turns every short syntax into its long form (L10) and drops what counts as not written (L11).
import type { Diagnostic } from "../source/Diagnostic.ts";
import { pathRules } from "../source/paths.ts";
import { type Rewrite, rewrite } from "../source/rewrite.ts";
import type { Staged } from "../source/Staged.ts";
import type { Tree, TreePath } from "../source/Tree.ts";
import {
  dependencies,
  device,
  envFiles,
  external,
  gpus,
  namesToMap,
  nameservers,
  pairsToMap,
  ports,
  sshKeys,
  textToList,
  textToMap,
  toText,
  ulimit,
  volume,
} from "./shortForms.ts";

export interface CanonicalOptions {
  /** With `--no-interpolate` a short form that cannot be parsed is left as it is. */
  readonly ignoreParseErrors: boolean;
}

const rulesFor = (ignoreParseErrors: boolean) =>
  pathRules<Rewrite>([
    ["services.*.build", textToMap("context")],
    ["services.*.build.additional_contexts", pairsToMap(ignoreParseErrors)],
    ["services.*.build.provenance", toText],
    ["services.*.build.sbom", toText],
    ["services.*.build.secrets.[]", textToMap("source")],
    ["services.*.build.ssh", sshKeys],
    ["services.*.build.ulimits.*", ulimit],
    ["services.*.configs.[]", textToMap("source")],
    ["services.*.depends_on", dependencies],
    ["services.*.develop.watch.[].ignore", textToList],
    ["services.*.develop.watch.[].include", textToList],
    ["services.*.devices.[]", device(ignoreParseErrors)],
    ["services.*.dns", nameservers],
    ["services.*.env_file", envFiles],
    ["services.*.extends", textToMap("service")],
    ["services.*.gpus", gpus],
    ["services.*.label_file", textToList],
    ["services.*.models", namesToMap],
    ["services.*.networks", namesToMap],
    ["services.*.ports", ports(ignoreParseErrors)],
    ["services.*.secrets.[]", textToMap("source")],
    ["services.*.ulimits.*", ulimit],
    ["services.*.volumes.[]", volume(ignoreParseErrors)],
    ["networks.*", external],
    ["volumes.*", external],
    ["secrets.*", external],
    ["configs.*", external],
  ]);

const strict = rulesFor(false);
const lenient = rulesFor(true);
const ofService = strict.keys.get("services")?.any;

/** A port range stands for up to 65,536 ports, and a file has room for many ranges. */
const MAX_PORTS = 200_000;

const run = (tree: Tree, path: TreePath, rules: typeof ofService): Staged => {
  const diagnostics: Array<Diagnostic> = [];
  const problems = { add: (diagnostic: Diagnostic) => diagnostics.push(diagnostic), ports: { left: MAX_PORTS } };
  return { tree: rewrite({ tree, path, problems }, rules), diagnostics };
};

/** The whole model. A value that is no valid short form is reported and left as it is. */
export const canonicalise = (tree: Tree, options: CanonicalOptions): Staged =>
  run(tree, [], options.ignoreParseErrors ? lenient : strict);

/** One service of another file, for `extends`. */
export const canonicaliseService = (service: Tree, name: string): Staged => run(service, ["services", name], ofService);
