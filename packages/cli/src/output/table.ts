// Aligned columns as docker prints them: at least 10 wide, three spaces between, unless told otherwise.
import { padEnd, width } from "./style.ts";

export const table = (rows: ReadonlyArray<ReadonlyArray<string>>, least = 10, gap = 3): string => {
  const widths: Array<number> = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      if (at < row.length - 1) widths[at] = Math.max(widths[at] ?? least, width(cell) + gap);
    });
  }
  return rows.map((row) => `${row.map((cell, at) => (at < row.length - 1 ? padEnd(cell, widths[at] as number) : cell)).join("")}\n`).join("");
};
