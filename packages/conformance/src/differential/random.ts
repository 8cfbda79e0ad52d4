// A small seeded source of choices: one seed, one file, on every machine.

export interface Random {
  /** An integer from 0 to `bound` - 1. */
  readonly below: (bound: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <A>(items: ReadonlyArray<A>) => A;
  /** Between `least` and `most` different items, in the order of the list. */
  readonly some: <A>(items: ReadonlyArray<A>, least: number, most: number) => ReadonlyArray<A>;
}

/** mulberry32: 32 bits of state are plenty for drawing test cases. */
export const seeded = (seed: number): Random => {
  let state = (seed + 0x9e3779b9) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  const pick = <A>(items: ReadonlyArray<A>): A => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error("pick from an empty list");
    return item;
  };
  const some = <A>(items: ReadonlyArray<A>, least: number, most: number): ReadonlyArray<A> => {
    const wanted = least + below(most - least + 1);
    const left = items.map((_, index) => index);
    const chosen: Array<number> = [];
    while (chosen.length < wanted && left.length > 0) chosen.push(...left.splice(below(left.length), 1));
    return chosen.sort((a, b) => a - b).flatMap((index) => items.slice(index, index + 1));
  };
  return { below, chance: (probability) => next() < probability, pick, some };
};
