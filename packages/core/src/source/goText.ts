// Values as Go prints them with %v: what a number or a boolean becomes when docker compose puts it into a string.
import { byBytes } from "../hash/canonicalJson.ts";
import { floatText } from "../print/numbers.ts";
import type { ScalarTree, Tree } from "./Tree.ts";

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})/;

/** A date without quotes is a moment for YAML; the time of day is rarely written and shown only when it is. */
const dateText = (text: string): string => {
  const [whole = "", year, month = "", day = ""] = DATE.exec(text) ?? [];
  const clock = text.slice(whole.length).replace(/^[Tt ]+/, "");
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")} ${clock === "" ? "00:00:00" : clock} +0000 UTC`;
};

/** A date without quotes as Go's JSON and YAML writers print it (RFC 3339). */
export const timestampText = (text: string): string => {
  const [whole = "", year, month = "", day = ""] = DATE.exec(text) ?? [];
  const rest = text.slice(whole.length).replace(/^[Tt ]+/, "");
  const [, clock = "", fraction = "", zone = ""] = /^([\d:]*)(\.\d+)?\s*(.*)$/.exec(rest) ?? [];
  const shown = fraction.replace(/0+$/, "");
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}T${clock === "" ? "00:00:00" : clock.padStart(8, "0")}${shown === "." ? "" : shown}${zone === "" ? "Z" : zone}`;
};

const scalarText = (tree: ScalarTree): string => {
  const { value } = tree;
  if (value === null) return "<nil>";
  if (tree.timestamp) return dateText(String(value));
  if (typeof value === "number" && (tree.float || !Number.isInteger(value))) return floatText(value);
  return String(value);
};

export const goText = (tree: Tree): string => {
  switch (tree._tag) {
    case "Scalar":
      return scalarText(tree);
    case "List":
      return `[${tree.items.map(goText).join(" ")}]`;
    case "Map": {
      const keys = [...tree.entries.keys()].sort(byBytes);
      return `map[${keys.map((key) => `${key}:${goText((tree.entries.get(key) as { value: Tree }).value)}`).join(" ")}]`;
    }
  }
};
