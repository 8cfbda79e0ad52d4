// Log lines with the name of their container before them: aligned, one colour per container.
import type { Colour, Paint } from "../output/style.ts";
import { padEnd, width } from "../output/style.ts";

export interface LogStyle {
  readonly prefix: boolean;
  readonly paint: Paint;
}

/** Gives lines their prefix; knows the names met so far. */
export interface LogWriter {
  /** Names known from the start line up from the first line on. */
  readonly register: (name: string) => void;
  readonly line: (name: string, text: string, time?: string) => string;
  /** "web-1 exited with code 3", in the container's colour. */
  readonly status: (name: string, text: string) => string;
}

const palette: ReadonlyArray<Colour> = [
  "cyan",
  "yellow",
  "green",
  "magenta",
  "blue",
  ["cyan", "bold"],
  ["yellow", "bold"],
  ["green", "bold"],
  ["magenta", "bold"],
  ["blue", "bold"],
];

export const logWriter = ({ prefix, paint }: LogStyle): LogWriter => {
  const colours = new Map<string, Colour>();
  let widest = 0;
  const colourOf = (name: string): Colour => {
    const known = colours.get(name);
    if (known !== undefined) return known;
    const colour = palette[colours.size % palette.length] as Colour;
    colours.set(name, colour);
    widest = Math.max(widest, width(name));
    return colour;
  };
  return {
    register: (name) => void colourOf(name),
    line: (name, text, time) => {
      const stamped = time === undefined ? text : `${time} ${text}`;
      if (!prefix) return `${stamped}\n`;
      const colour = colourOf(name);
      return `${paint(colour, `${padEnd(name, widest)}  | `)}${stamped}\n`;
    },
    status: (name, text) => `${paint(colourOf(name), `${name} ${text}`)}\n`,
  };
};
