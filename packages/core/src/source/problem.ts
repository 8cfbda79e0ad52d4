// Builds diagnostics, and finds the nearest known word for "did you mean".
import type { Diagnostic } from "./Diagnostic.ts";
import { renderPath } from "./paths.ts";
import type { Span } from "./Span.ts";
import type { Tree, TreePath } from "./Tree.ts";

export interface Place {
  readonly path?: TreePath;
  readonly span?: Span | undefined;
}

const build = (severity: "error" | "warning", code: string, message: string, at: Place, hint?: string): Diagnostic => ({
  severity,
  code,
  message,
  ...(at.path === undefined ? {} : { path: renderPath(at.path) }),
  ...(at.span === undefined ? {} : { span: at.span }),
  ...(hint === undefined ? {} : { hint }),
});

export const fault = (code: string, message: string, at: Place, hint?: string): Diagnostic =>
  build("error", code, message, at, hint);

export const warning = (code: string, message: string, at: Place, hint?: string): Diagnostic =>
  build("warning", code, message, at, hint);

/** How a sentence names the value at a path: its key, or "item 2 of ports". */
export const nameOf = (path: TreePath): string => {
  const last = path.at(-1);
  if (last === undefined) return "the file";
  return typeof last === "number" ? `item ${last} of ${nameOf(path.slice(0, -1))}` : last;
};

/** The place of `path` in `tree`: the value itself, or the nearest part above it that was written. */
export const placeOf = (tree: Tree, path: TreePath): Place => {
  let at: Tree = tree;
  let span: Span = tree.span;
  for (const step of path) {
    if (at._tag === "List" && typeof step === "number") {
      const item = at.items[step];
      if (item === undefined) break;
      at = item;
      span = item.span;
      continue;
    }
    const entry = at._tag === "Map" && typeof step === "string" ? at.entries.get(step) : undefined;
    if (entry === undefined) break;
    at = entry.value;
    // A block starts on the line below its key; the key is the better place to point at.
    span = at._tag === "Scalar" && at.value !== null ? at.span : entry.span;
  }
  return { path, span };
};

const distance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row.push(Math.min((previous[j] as number) + 1, (row[j - 1] as number) + 1, (previous[j - 1] as number) + same));
    }
    previous = row;
  }
  return previous[b.length] as number;
};

const letters = (word: string): string => Array.from(word).sort().join("");

/** Longer words are not misspelled names, and nobody picks from more names than this. */
const MAX_WORD = 64;
const MAX_CANDIDATES = 500;

/** The candidate that `word` is most likely a misspelling of. A swap of letters counts as one slip. */
export const nearest = (word: string, names: Iterable<string>): string | undefined => {
  if (word.length > MAX_WORD) return undefined;
  const candidates = Array.from(names).slice(0, MAX_CANDIDATES);
  const lower = word.toLowerCase().replaceAll("-", "_");
  let best: string | undefined;
  let bestDistance = (word.length < 3 ? 0 : Math.max(1, Math.floor(word.length / 3))) + 1;
  const sorted = letters(lower);
  for (const candidate of candidates) {
    const to = candidate.toLowerCase();
    if (Math.abs(to.length - lower.length) >= bestDistance) continue;
    const swapped = to.length === lower.length && lower !== to && sorted === letters(to);
    const apart = swapped ? 1 : distance(lower, to);
    if (apart < bestDistance) {
      best = candidate;
      bestDistance = apart;
    }
  }
  if (best !== undefined || lower.length < 4) return best;
  // "healthy" for "service_healthy"; a part of several words says nothing.
  const holding = candidates.filter((candidate) => candidate.toLowerCase().includes(lower));
  return holding.length === 1 ? holding[0] : undefined;
};
