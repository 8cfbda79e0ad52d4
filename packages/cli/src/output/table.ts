// Aligned columns as docker prints them: at least 10 wide, three spaces between.
import { padEnd, width } from "./style.ts";

export const table = (rows: ReadonlyArray<ReadonlyArray<string>>, least = 10): string => {
  const widths: Array<number> = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      if (at < row.length - 1) widths[at] = Math.max(widths[at] ?? least, width(cell) + 3);
    });
  }
  return rows.map((row) => `${row.map((cell, at) => (at < row.length - 1 ? padEnd(cell, widths[at] as number) : cell)).join("")}\n`).join("");
};
