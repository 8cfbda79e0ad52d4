// Where a simulation branches: by seed, by trying everything, or by following a recorded path.

/** Draws a number from 0 to `bound` - 1. A `bound` of 1 leaves no choice and is not recorded. */
export type Choice = (bound: number) => number;

/** The same seed, the same draws. */
export const seeded = (seed: number): Choice => {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return (bound) => {
    if (bound <= 1) return 0;
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
};

/** Always the first: calls act in the order in which they were made. */
export const inOrder: Choice = () => 0;

/** Follows a path as `recording` wrote it; past its end the first is taken. */
export const replaying = (path: ReadonlyArray<number>): Choice => {
  let at = 0;
  return (bound) => {
    if (bound <= 1) return 0;
    const drawn = path[at] ?? 0;
    at += 1;
    return Math.min(drawn, bound - 1);
  };
};

/** Writes down what another choice draws. */
export const recording = (choice: Choice): { readonly choice: Choice; readonly path: Array<number> } => {
  const path: Array<number> = [];
  return {
    path,
    choice: (bound) => {
      const drawn = choice(bound);
      if (bound > 1) path.push(drawn);
      return drawn;
    },
  };
};

/** A program that was run twice with the same draws branched differently: it is not deterministic. */
export class NotDeterministic extends Error {}

/** Tries every path, depth first: call `next` after each run, until it says that there are no more. */
export interface Exhaustive {
  readonly choice: Choice;
  readonly next: () => boolean;
  /** The path of the run under way. */
  readonly path: () => ReadonlyArray<number>;
}

export const exhaustive = (): Exhaustive => {
  const path: Array<{ drawn: number; readonly bound: number }> = [];
  let at = 0;
  return {
    choice: (bound) => {
      if (bound <= 1) return 0;
      const known = path[at];
      if (known === undefined) path.push({ drawn: 0, bound });
      else if (known.bound !== bound) throw new NotDeterministic(`draw ${at} was out of ${known.bound}, now it is out of ${bound}`);
      at += 1;
      return path[at - 1]?.drawn ?? 0;
    },
    next: () => {
      if (at < path.length) throw new NotDeterministic(`the run ended after ${at} of ${path.length} known draws`);
      at = 0;
      while (path.length > 0) {
        const last = path[path.length - 1];
        if (last !== undefined && last.drawn + 1 < last.bound) {
          last.drawn += 1;
          return true;
        }
        path.pop();
      }
      return false;
    },
    path: () => path.slice(0, at).map(({ drawn }) => drawn),
  };
};
