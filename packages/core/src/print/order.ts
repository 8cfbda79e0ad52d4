// The order in which go-yaml writes the keys of a map: letters after other characters, numbers by value.

const isLetter = (char: string): boolean => /^\p{L}$/u.test(char);
const isDigit = (char: string | undefined): boolean => char !== undefined && /^\p{Nd}$/u.test(char);

const digitsFrom = (
  chars: ReadonlyArray<string>,
  start: number,
  initial: bigint,
): readonly [value: bigint, end: number] => {
  let value = initial;
  let end = start;
  while (isDigit(chars[end])) {
    value = value * 10n + BigInt((chars[end] as string).codePointAt(0) as number) - 48n;
    end++;
  }
  return [value, end];
};

/** Whether the digits before `index` are other than zeros, so that a zero at `index` counts. */
const insideNumber = (chars: ReadonlyArray<string>, index: number): boolean => {
  for (let at = index - 1; at >= 0 && isDigit(chars[at]); at--) if (chars[at] !== "0") return true;
  return false;
};

const byCode = (a: string, b: string): number => (a.codePointAt(0) as number) - (b.codePointAt(0) as number);

/** Source: keyList.Less of go-yaml v3. */
export const byNature = (a: string, b: string): number => {
  const [x, y] = [Array.from(a), Array.from(b)];
  const length = Math.min(x.length, y.length);
  let digits = false;
  for (let index = 0; index < length; index++) {
    const [p, q] = [x[index] as string, y[index] as string];
    if (p === q) {
      digits = isDigit(p);
      continue;
    }
    const [pLetter, qLetter] = [isLetter(p), isLetter(q)];
    if (pLetter && qLetter) return byCode(p, q);
    if (pLetter || qLetter) return (digits ? pLetter : qLetter) ? -1 : 1;
    const initial = (p === "0" || q === "0") && insideNumber(x, index) ? 1n : 0n;
    const [pValue, pEnd] = digitsFrom(x, index, initial);
    const [qValue, qEnd] = digitsFrom(y, index, initial);
    if (pValue !== qValue) return pValue < qValue ? -1 : 1;
    return pEnd === qEnd ? byCode(p, q) : pEnd - qEnd;
  }
  return x.length - y.length;
};
