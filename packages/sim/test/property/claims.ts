// What a property claims, in plain words when it does not hold. Nothing of a test runner: the night's run uses it, too.

/** A property that does not hold in some scenario. */
export class Broken extends Error {
  override readonly name = "Broken";
}

export const holds = (claim: boolean, what: string): void => {
  if (!claim) throw new Broken(what);
};

/** Alike as JSON. */
export const same = (actual: unknown, expected: unknown, what: string): void => {
  const [is, should] = [JSON.stringify(actual, null, 1), JSON.stringify(expected, null, 1)];
  if (is !== should) throw new Broken(`is ${is}\nshould be ${should}\n${what}`);
};

export const atLeast = (actual: number, least: number, what: string): void => holds(actual >= least, `${actual} instead of at least ${least}: ${what}`);
