// Text and numbers in SVG documents.

/** Text as XML has it. */
export const escape = (text: string): string =>
  text
    // XML knows no other control characters.
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** A tenth of a pixel is enough. */
export const round = (value: number): string => String(Math.round(value * 10) / 10);

export interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly weight?: number;
  readonly anchor?: "middle" | "end";
}

export const textAt = (x: number, y: number, text: string, style: TextStyle): string => {
  const weight = style.weight === undefined ? "" : ` font-weight="${style.weight}"`;
  const anchor = style.anchor === undefined ? "" : ` text-anchor="${style.anchor}"`;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${style.size}" fill="${style.fill}"${weight}${anchor}>${escape(text)}</text>`;
};
