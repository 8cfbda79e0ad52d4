// Fills in the default values of the merged model (L13).
import { pathRules } from "../source/paths.ts";
import { type Rewrite, rewrite } from "../source/rewrite.ts";
import { get, type MapTree, type Scalar, set, supplied, type Tree } from "../source/Tree.ts";

const withDefault = (tree: MapTree, key: string, value: Scalar): MapTree =>
  get(tree, key) === undefined ? set(tree, key, supplied(value, tree.span)) : tree;

const onMap =
  (change: (tree: MapTree) => Tree): Rewrite =>
  ({ tree }) =>
    tree._tag === "Map" ? change(tree) : tree;

const allDevices = onMap((tree) => (get(tree, "device_ids") === undefined ? withDefault(tree, "count", "all") : tree));

const secretTarget = onMap((tree) => {
  const source = get(tree, "source");
  const name = source?._tag === "Scalar" ? String(source.value) : "";
  return withDefault(tree, "target", `/run/secrets/${name}`);
});

const rules = pathRules<Rewrite>([
  ["services.*.build", onMap((tree) => withDefault(tree, "context", "."))],
  ["services.*.secrets.[]", secretTarget],
  ["services.*.ports.[]", onMap((tree) => withDefault(withDefault(tree, "protocol", "tcp"), "mode", "ingress"))],
  ["services.*.deploy.resources.reservations.devices.[]", allDevices],
  ["services.*.gpus.[]", allDevices],
]);

export const applyDefaults = (tree: Tree): Tree => rewrite({ tree, path: [], problems: { add: () => {} } }, rules);
