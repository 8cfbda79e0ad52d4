// Whole numbers as Go's strconv.ParseInt(text, 0, 64) takes them, which is what pflag asks: 10, -1, 0x1f, 0o17, 017, 0b11, 1_000.

const forms: ReadonlyArray<readonly [form: RegExp, base: number, prefix: number]> = [
  [/^0[xX](?:_?[0-9a-fA-F])+$/, 16, 2],
  [/^0[bB](?:_?[01])+$/, 2, 2],
  [/^0[oO](?:_?[0-7])+$/, 8, 2],
  [/^0(?:_?[0-7])+$/, 8, 1],
  [/^(?:0|[1-9](?:_?\d)*)$/, 10, 0],
];

/** Undefined for what is none, or none that JavaScript can hold exactly. */
export const readWhole = (text: string): number | undefined => {
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  const digits = text.slice(sign.length);
  for (const [form, base, prefix] of forms) {
    if (!form.test(digits)) continue;
    const value = Number.parseInt(digits.slice(prefix).replaceAll("_", ""), base);
    if (!Number.isSafeInteger(value)) return undefined;
    return sign === "-" && value !== 0 ? -value : value;
  }
  return undefined;
};
