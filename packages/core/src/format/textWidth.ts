// The width of text in a proportional sans-serif font, estimated: nothing here can measure it.

const narrow = /[ijltfrI.,:;'|!()[\]/\\ ]/;
const wide = /[mwMW@%—]/;
const capital = /[A-Z0-9_#&~+=<>]/;

const ofCharacter = (character: string): number => {
  if (narrow.test(character)) return 0.36;
  if (wide.test(character)) return 0.92;
  if (capital.test(character)) return 0.66;
  return (character.codePointAt(0) ?? 0) < 0x1100 ? 0.59 : 1;
};

/** Pixels at a font size in pixels; rather too much than too little. */
export const textWidth = (text: string, size: number): number =>
  Math.ceil(Array.from(text).reduce((sum, character) => sum + ofCharacter(character), 0) * size);

/** Lines of at most `width` pixels; the last one ends with an ellipsis when more than `most` are needed. */
export const wrapped = (text: string, size: number, width: number, most: number): ReadonlyArray<string> => {
  const lines: Array<string> = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  const kept = lines.slice(0, most).map((each) => fitted(each, size, width));
  if (lines.length > most) kept[most - 1] = fitted(`${kept[most - 1]} …`, size, width);
  return kept;
};

export const fitted = (text: string, size: number, width: number): string => {
  if (textWidth(text, size) <= width) return text;
  let cut = Array.from(text.replace(/ ?…$/, ""));
  while (cut.length > 1 && textWidth(`${cut.join("")}…`, size) > width) cut = cut.slice(0, -1);
  return `${cut.join("")}…`;
};
