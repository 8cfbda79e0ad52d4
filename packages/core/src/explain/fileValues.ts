// Which lines of env_file and label_file set a variable or label of a service.
import { parseDotenv, parseRawEnv } from "../parse/dotenv.ts";
import type { Sources } from "../load/Load.ts";
import { lookupIn } from "../source/Environment.ts";
import type { Span } from "../source/Span.ts";
import { get, getIn, type Tree, type TreePath } from "../source/Tree.ts";

interface ValueFile {
  readonly path: string;
  readonly raw: boolean;
}

/** Where a file sets the value. `raw` files know no variables. */
export interface FileValue {
  readonly span: Span;
  readonly raw: boolean;
}

const textOf = (tree: Tree | undefined): string | undefined =>
  tree?._tag === "Scalar" && typeof tree.value === "string" ? tree.value : undefined;

const filesOf = (tree: Tree | undefined): ReadonlyArray<ValueFile> =>
  (tree?._tag === "List" ? tree.items : []).flatMap((item) => {
    const path = textOf(item) ?? textOf(get(item, "path"));
    return path === undefined ? [] : [{ path, raw: textOf(get(item, "format")) === "raw" }];
  });

/** The attribute that the files of a service are folded into, by the last key of a path like services.web.environment.KEY. */
const attributes: Readonly<Record<string, string>> = { environment: "env_file", labels: "label_file" };

/** In the order of reading: the last one wins among the files. */
export const fileValues = (tree: Tree, path: TreePath, sources: Sources): ReadonlyArray<FileValue> => {
  const [section, service, attribute, key] = path;
  const list =
    typeof attribute === "string" && Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  if (section !== "services" || path.length !== 4 || list === undefined || typeof key !== "string") return [];
  const values = new Map<string, string>();
  return filesOf(getIn(tree, [section, service as string, list])).flatMap(({ path: file, raw }) => {
    const text = sources.texts.get(file);
    if (text === undefined) return [];
    const { spans } = (raw ? parseRawEnv : parseDotenv)(text, lookupIn(sources.environment), { file, values });
    const span = spans.get(key);
    return span === undefined ? [] : [{ span, raw }];
  });
};
