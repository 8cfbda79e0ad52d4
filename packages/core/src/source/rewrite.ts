// Changes a tree at the places that rules name, and nowhere else.
import { type PathRules, underItem, underKey } from "./paths.ts";
import { type Reading, within } from "./reading.ts";
import { mapEntries, mapItems, type Tree } from "./Tree.ts";

/** What a value becomes. Its problems go to the reading; a value that cannot be changed comes back as it is. */
export type Rewrite = (reading: Reading) => Tree;

/** Applies the rules from the top down: a rule sees its value before the rules below it, which see what it made. */
export const rewrite = (reading: Reading, rules: PathRules<Rewrite> | undefined): Tree => {
  if (rules === undefined) return reading.tree;
  const tree = rules.rule === undefined ? reading.tree : rules.rule(reading);
  switch (tree._tag) {
    case "Scalar":
      return tree;
    case "List": {
      const below = underItem(rules);
      return below === undefined ? tree : mapItems(tree, (item, index) => rewrite(within(reading, index, item), below));
    }
    case "Map":
      if (rules.any === undefined && rules.keys.size === 0) return tree;
      return mapEntries(tree, (value, key) => {
        const below = underKey(rules, key);
        return below === undefined ? value : rewrite(within(reading, key, value), below);
      });
  }
};
