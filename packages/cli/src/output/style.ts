// Colours that can be switched off, and the width of text on a terminal.
import { stripVTControlCharacters, styleText } from "node:util";

export type Colour = Parameters<typeof styleText>[0];
export type Paint = (colour: Colour, text: string) => string;

// Whether colours are wanted is decided in settings.ts; Node must not decide again by looking at its own stdout.
const always = { validateStream: false };

export const paint = (enabled: boolean): Paint => (enabled ? (colour, text) => (text === "" ? text : styleText(colour, text, always)) : (_, text) => text);

const combining = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
// East Asian wide and emoji: they take two cells.
const wide = /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

const cellsOf = (character: string): number => (combining.test(character) ? 0 : wide.test(character) ? 2 : 1);

/** The cells that text takes on a terminal; colours take none. */
export const width = (text: string): number => {
  // eslint-disable-next-line no-control-regex
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let cells = 0;
  for (const character of stripVTControlCharacters(text)) cells += cellsOf(character);
  return cells;
};

/** Plain text cut to `cells`, with an ellipsis where something is missing. */
export const cut = (text: string, cells: number): string => {
  if (width(text) <= cells) return text;
  let taken = "";
  let used = 0;
  for (const character of text) {
    const more = cellsOf(character);
    if (used + more > cells - 1) break;
    taken += character;
    used += more;
  }
  return cells <= 0 ? "" : `${taken}…`;
};

/** Plain text cut to `cells` with an ellipsis in the middle: names often differ at their ends. */
export const cutMiddle = (text: string, cells: number): string => {
  if (width(text) <= cells || cells < 5) return cut(text, cells);
  const characters = [...text];
  let tail = "";
  for (let at = characters.length - 1; at >= 0 && width(tail) + cellsOf(characters[at] as string) <= Math.trunc((cells - 1) / 2); at--) tail = characters[at] + tail;
  let head = "";
  for (const character of characters) {
    if (width(head) + cellsOf(character) + 1 + width(tail) > cells) break;
    head += character;
  }
  return `${head}…${tail}`;
};

export const padEnd = (text: string, cells: number): string => text + " ".repeat(Math.max(0, cells - width(text)));
