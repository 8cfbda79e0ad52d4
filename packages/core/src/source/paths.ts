// Rules that hold at certain places of the model, found while walking down a tree.

/** One step of the walk: the rule that holds here, and the way to the steps below. */
export interface PathRules<A> {
  readonly rule: A | undefined;
  readonly keys: ReadonlyMap<string, PathRules<A>>;
  /** Any key without rules of its own. */
  readonly any: PathRules<A> | undefined;
  /** Any position of a list. */
  readonly item: PathRules<A> | undefined;
}

interface Builder<A> {
  rule: A | undefined;
  keys: Map<string, Builder<A>>;
  any: Builder<A> | undefined;
  item: Builder<A> | undefined;
}

const empty = <A>(): Builder<A> => ({ rule: undefined, keys: new Map(), any: undefined, item: undefined });

const descend = <A>(at: Builder<A>, step: string): Builder<A> => {
  if (step === "*") return (at.any ??= empty());
  if (step === "[]") return (at.item ??= empty());
  const known = at.keys.get(step);
  if (known !== undefined) return known;
  const made = empty<A>();
  at.keys.set(step, made);
  return made;
};

/** Rules by dotted pattern: `*` is any key, `[]` any position of a list. A later pattern replaces an equal earlier one. */
export const pathRules = <A>(patterns: ReadonlyArray<readonly [string, A]>): PathRules<A> => {
  const root = empty<A>();
  for (const [pattern, rule] of patterns) pattern.split(".").reduce<Builder<A>>(descend, root).rule = rule;
  return root;
};

export const underKey = <A>(rules: PathRules<A> | undefined, key: string): PathRules<A> | undefined =>
  rules === undefined ? undefined : (rules.keys.get(key) ?? rules.any);

export const underItem = <A>(rules: PathRules<A> | undefined): PathRules<A> | undefined => rules?.item;

/** "services.web.ports[0]". */
export const renderPath = (path: ReadonlyArray<string | number>): string =>
  path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
