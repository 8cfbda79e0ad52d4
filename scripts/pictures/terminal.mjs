// A terminal's screen as an SVG: whatever a program wrote, as it would look, the same on every machine.
import xterm from "@xterm/headless";

const cell = { width: 8.4, height: 19 };
const font = { size: 14, baseline: 14, family: "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono',monospace" };
const margin = 18;
const bar = 34;
const paper = "#0d1117";
const ink = "#d6dde5";

const named = [
  ["#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#c9d1d9"],
  ["#6e7681", "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#8be9f0", "#f0f6fc"],
].flat();

const hex = (value) => value.toString(16).padStart(2, "0");

/** The 256 colours: 16 named ones, a cube of 216, 24 greys. */
const paletteColour = (index) => {
  if (index < 16) return named[index];
  if (index >= 232) return `#${hex(8 + (index - 232) * 10).repeat(3)}`;
  const level = (step) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return `#${hex(level(Math.trunc(cube / 36)))}${hex(level(Math.trunc(cube / 6) % 6))}${hex(level(cube % 6))}`;
};

const colourOf = (one, side) => {
  if (one[`is${side}Default`]()) return undefined;
  const colour = one[`get${side}Color`]();
  return one[`is${side}RGB`]() ? `#${hex(colour >> 16)}${hex((colour >> 8) & 255)}${hex(colour & 255)}` : paletteColour(colour);
};

const styleOf = (one) => {
  const inverse = one.isInverse() !== 0;
  const [front, back] = [colourOf(one, "Fg"), colourOf(one, "Bg")];
  return {
    fill: inverse ? (back ?? paper) : (front ?? ink),
    behind: inverse ? (front ?? ink) : back,
    bold: one.isBold() !== 0,
    dim: one.isDim() !== 0,
    italic: one.isItalic() !== 0,
    underline: one.isUnderline() !== 0,
  };
};

/** Cells of one style that follow each other: { text, from, cells, style }. */
const runsOf = (line, columns) => {
  const runs = [];
  for (let at = 0; at < columns; at++) {
    const one = line.getCell(at);
    if (one === undefined || one.getWidth() === 0) continue;
    const style = styleOf(one);
    const text = one.getChars() === "" ? " " : one.getChars();
    const last = runs.at(-1);
    if (last !== undefined && JSON.stringify(last.style) === JSON.stringify(style)) {
      last.text += text;
      last.cells += one.getWidth();
    } else runs.push({ text, from: at, cells: one.getWidth(), style });
  }
  return runs;
};

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const round = (value) => String(Math.round(value * 10) / 10);

const drawRun = ({ text, from, cells, style }, top) => {
  const [x, length] = [margin + from * cell.width, cells * cell.width];
  const behind = style.behind === undefined ? "" : `<rect x="${round(x)}" y="${round(top)}" width="${round(length)}" height="${cell.height}" fill="${style.behind}"/>`;
  if (text.trim() === "") return behind;
  const looks = [
    style.fill === ink ? "" : ` fill="${style.fill}"`,
    style.bold ? ' font-weight="700"' : "",
    style.dim ? ' opacity="0.62"' : "",
    style.italic ? ' font-style="italic"' : "",
    style.underline ? ' text-decoration="underline"' : "",
  ].join("");
  // Every reader has another font: the length keeps columns in line with all of them.
  return `${behind}<text x="${round(x)}" y="${round(top + font.baseline)}" textLength="${round(length)}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"${looks}>${escape(text)}</text>`;
};

const trimmed = ({ text, ...run }) => {
  const kept = run.style.behind === undefined && !run.style.underline ? text.trimEnd() : text;
  return { ...run, text: kept, cells: run.cells - (text.length - kept.length) };
};

const screenOf = (bytes, columns) =>
  new Promise((resolve) => {
    const terminal = new xterm.Terminal({ cols: columns, rows: 400, scrollback: 0, allowProposedApi: true, convertEol: true });
    terminal.write(bytes, () => {
      const { active } = terminal.buffer;
      const lines = Array.from({ length: active.length }, (_, at) => runsOf(active.getLine(at), columns).map(trimmed));
      terminal.dispose();
      while (lines.length > 0 && lines.at(-1).every(({ text }) => text.trim() === "")) lines.pop();
      resolve(lines);
    });
  });

/** `bytes` is what programs wrote to a terminal of `columns` columns; `title` stands in the window's bar. */
export const drawTerminal = async (bytes, { columns, title }) => {
  const lines = await screenOf(bytes, columns);
  const width = Math.ceil(columns * cell.width + 2 * margin);
  const height = Math.ceil(bar + lines.length * cell.height + margin + 4);
  const body = lines.flatMap((runs, row) => runs.map((run) => drawRun(run, bar + 4 + row * cell.height)).filter((text) => text !== ""));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">`,
    `<rect width="${width}" height="${height}" rx="9" fill="${paper}" stroke="#30363d"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map((fill, at) => `<circle cx="${20 + at * 19}" cy="18" r="5.5" fill="${fill}"/>`),
    `<text x="${round(width / 2)}" y="22" text-anchor="middle" font-family="${font.family}" font-size="12.5" fill="#8b949e">${escape(title)}</text>`,
    `<g font-family="${font.family}" font-size="${font.size}" fill="${ink}">`,
    ...body,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
};
