// What a scalar becomes where a text is wanted.
import { floatText, wholeText } from "../print/numbers.ts";
import type { ScalarTree } from "../source/Tree.ts";

/** The text of a scalar as Go's %v prints it: 1.10 is "1.1", 1e21 is "1e+21", true is "true"; null is "". */
export const scalarText = (tree: ScalarTree): string => {
  const { value } = tree;
  if (value === null) return "";
  if (typeof value !== "number") return String(value);
  return tree.float === true || !Number.isInteger(value) ? floatText(value) : wholeText(value);
};
