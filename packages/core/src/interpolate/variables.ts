// Lists the variables that texts mention, with their defaults, for `config --variables`.
import type { VariableUse } from "../load/Load.ts";
import type { Tree } from "../source/Tree.ts";
import { parseTemplate, type Piece } from "./template.ts";

const useOf = (piece: Piece & { _tag: "Variable" | "Operation" }): VariableUse => {
  const none: VariableUse = { name: piece.name, required: false, defaultValue: "", alternateValue: "" };
  if (piece._tag === "Variable") return none;
  switch (piece.operator) {
    case ":-":
    case "-":
      return { ...none, defaultValue: piece.body };
    case ":+":
    case "+":
      return { ...none, alternateValue: piece.body };
    case ":?":
    case "?":
      return { ...none, required: true };
  }
};

const MAX_NESTING = 50;

const collect = (text: string, into: Map<string, VariableUse>, depth: number): void => {
  if (depth > MAX_NESTING || !text.includes("$")) return;
  for (const piece of parseTemplate(text)) {
    if (piece._tag !== "Variable" && piece._tag !== "Operation") continue;
    const use = useOf(piece);
    into.set(use.name, use);
    // docker compose looks into defaults and alternatives, not into error messages.
    collect(use.defaultValue, into, depth + 1);
    collect(use.alternateValue, into, depth + 1);
  }
};

const walk = (tree: Tree, into: Map<string, VariableUse>): void => {
  switch (tree._tag) {
    case "Scalar":
      if (typeof tree.value === "string") collect(tree.value, into, 0);
      return;
    case "List":
      for (const item of tree.items) walk(item, into);
      return;
    case "Map":
      for (const entry of tree.entries.values()) walk(entry.value, into);
      return;
  }
};

/** Sorted by name. Where a variable is mentioned more than once, the last mention counts. */
export const extractVariables = (trees: Iterable<Tree>): ReadonlyArray<VariableUse> => {
  const found = new Map<string, VariableUse>();
  for (const tree of trees) walk(tree, found);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
};
