// "healthy(web) >= 1 and downtime(db) < 5s" as an expression, or the place where the text stops making sense.
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import { nearest } from "@composure/core/source/problem";
import * as Result from "effect/Result";
import { millisOf, pointAt } from "../forms.ts";
import { type Assertion, type Comparison, type Expression, functionNames, functions, signature, type Type, typeOf } from "./Expression.ts";

const flag = "--assert";

/** Ends the parse at once; never leaves this file. */
class Wrong extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

interface Reader {
  readonly text: string;
  readonly services: ReadonlyArray<string>;
  at: number;
  depth: number;
}

/** Nobody nests deeper, and a stack has an end. */
const deepest = 100;

const stop = (reader: Reader, at: number, message: string, hint?: string): never => {
  throw new Wrong(pointAt(flag, reader.text, at, message, hint));
};

const skip = (reader: Reader): void => {
  while (/\s/.test(reader.text[reader.at] ?? "")) reader.at += 1;
};

/** Takes what the pattern (sticky) finds here. */
const take = (reader: Reader, pattern: RegExp): string | undefined => {
  skip(reader);
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
};

const wordPattern = /[A-Za-z_][A-Za-z0-9_]*/y;
const amountPattern = /[0-9][0-9A-Za-zµ.]*/y;
const servicePattern = /[A-Za-z0-9_][A-Za-z0-9._-]*/y;

const rest = (reader: Reader): string => {
  skip(reader);
  const found = /^(\S+?)(?=[\s(),]|$)/.exec(reader.text.slice(reader.at))?.[1] ?? reader.text[reader.at];
  return found === undefined ? "the end" : `"${found}"`;
};

const expect = (reader: Reader, sign: "(" | ")", after: string): void => {
  skip(reader);
  if (reader.text[reader.at] !== sign) stop(reader, reader.at, `"${sign}" is missing ${after}, found ${rest(reader)}`);
  reader.at += 1;
};

const articles: Readonly<Record<Type, string>> = { number: "a number", duration: "a duration", truth: "true or false" };

const readService = (reader: Reader, name: string): string => {
  skip(reader);
  const at = reader.at;
  const service = take(reader, servicePattern);
  if (service === undefined) return stop(reader, at, `the name of a service is missing in ${name}()`, `there are: ${reader.services.join(", ")}`);
  if (reader.services.includes(service)) return service;
  const close = nearest(service, reader.services);
  return stop(reader, at, `no such service: ${service}${close === undefined ? "" : `, did you mean ${close}?`}`, `there are: ${reader.services.join(", ")}`);
};

const call = (reader: Reader, word: string, at: number): Expression => {
  const name = functionNames.find((known) => known === word.toLowerCase());
  if (name === undefined) {
    const close = nearest(word, functionNames);
    return stop(reader, at, `there is no function ${word}()${close === undefined ? "" : `, did you mean ${close}()?`}`, `there are: ${functionNames.map(signature).join(", ")}`);
  }
  expect(reader, "(", `after ${name}`);
  const made = argument(reader, name);
  expect(reader, ")", `at the end of ${name}(`);
  return made;
};

const argument = (reader: Reader, name: keyof typeof functions): Expression => {
  switch (name) {
    case "healthy":
    case "running":
      return { _tag: "Momentary", name, service: readService(reader, name) };
    case "downtime":
    case "lowest":
    case "ready":
    case "replicas":
      return { _tag: "OfService", name, service: readService(reader, name) };
    case "duration":
    case "exitcode":
    case "failed":
      return { _tag: "OfRun", name };
    case "always":
    case "finally":
    case "ever":
      return { _tag: "When", when: name, of: truth(reader, disjunction) };
  }
};

const atom = (reader: Reader): Expression => {
  skip(reader);
  const at = reader.at;
  if (reader.text[at] === "(") {
    reader.at += 1;
    const inner = nested(reader, disjunction);
    expect(reader, ")", "to close the parenthesis");
    return inner;
  }
  const amount = take(reader, amountPattern);
  if (amount !== undefined) {
    if (/^\d+(\.\d+)?$/.test(amount)) return { _tag: "Number", value: Number(amount) };
    const millis = millisOf(amount);
    return millis === undefined ? stop(reader, at, `"${amount}" is neither a number nor a duration`, 'durations look like "500ms", "5s", "1m30s"') : { _tag: "Duration", value: millis };
  }
  const word = take(reader, wordPattern);
  if (word === undefined || keywords.has(word)) return stop(reader, at, `expected a function, a number or a duration, found ${word === undefined ? rest(reader) : `"${word}"`}`, `functions: ${functionNames.map(signature).join(", ")}`);
  return call(reader, word, at);
};

const keywords = new Set(["and", "or", "not"]);

const nested = (reader: Reader, read: (reader: Reader) => Expression): Expression => {
  reader.depth += 1;
  if (reader.depth > deepest) stop(reader, reader.at, "this is nested too deeply");
  const made = read(reader);
  reader.depth -= 1;
  return made;
};

const sum = (reader: Reader): Expression => {
  skip(reader);
  const start = reader.at;
  let left = atom(reader);
  for (;;) {
    const sign = take(reader, /[+-]/y);
    if (sign === undefined) return left;
    const right = atom(reader);
    const type = typeOf(left);
    if (type === "truth" || type !== typeOf(right)) stop(reader, start, `${articles[type]} and ${articles[typeOf(right)]} cannot be added or subtracted`);
    left = { _tag: "Sum", sign: sign as "+" | "-", type, left, right };
  }
};

const mixed = (left: Expression, right: Expression): string => {
  const hint = left._tag === "Number" || right._tag === "Number" ? "; a duration needs a unit, as in 5s" : "";
  return `${articles[typeOf(left)]} cannot be compared with ${articles[typeOf(right)]}${hint}`;
};

const comparison = (reader: Reader): Expression => {
  const left = sum(reader);
  skip(reader);
  const at = reader.at;
  const by = take(reader, /<=|>=|==|!=|<|>|=/y);
  if (by === undefined) return left;
  if (by === "=") stop(reader, at, '"=" does not compare: write "=="');
  const right = sum(reader);
  if (typeOf(left) === "truth" || typeOf(left) !== typeOf(right)) stop(reader, at, mixed(left, right));
  return { _tag: "Compare", by: by as Comparison, left, right };
};

/** Reads what must be true or false. */
const truth = (reader: Reader, read: (reader: Reader) => Expression): Expression => {
  skip(reader);
  const at = reader.at;
  const made = nested(reader, read);
  if (typeOf(made) !== "truth") {
    const text = reader.text.slice(at, reader.at).trim();
    stop(reader, at, `${text} is ${articles[typeOf(made)]}, not something that holds or not`, `compare it, as in ${text} >= ${typeOf(made) === "duration" ? "5s" : "1"}`);
  }
  return made;
};

const negation = (reader: Reader): Expression => {
  const not = take(reader, /not\b|!(?!=)/y);
  return not === undefined ? comparison(reader) : { _tag: "Not", of: truth(reader, negation) };
};

/** Operands that are joined must be truths, a single one is judged by whoever asked for it. */
const joined = (reader: Reader, operand: (reader: Reader) => Expression, word: RegExp, tag: "And" | "Or"): Expression => {
  skip(reader);
  const start = reader.at;
  let left = operand(reader);
  while (take(reader, word) !== undefined) {
    if (typeOf(left) !== "truth") {
      reader.at = start;
      truth(reader, operand);
    }
    left = { _tag: tag, left, right: truth(reader, operand) };
  }
  return left;
};

const conjunction = (reader: Reader): Expression => joined(reader, negation, /and\b|&&/y, "And");
const disjunction = (reader: Reader): Expression => joined(reader, conjunction, /or\b|\|\|/y, "Or");

/** Every service that is asked about must be among `services`. */
export const parseAssertion = (text: string, services: ReadonlyArray<string>): Result.Result<Assertion, Diagnostic> => {
  const reader: Reader = { text, services, at: 0, depth: 0 };
  try {
    const expression = truth(reader, disjunction);
    skip(reader);
    if (reader.at < text.length) stop(reader, reader.at, `${rest(reader)} is not understood here`, 'assertions are joined by "and" and "or"');
    return Result.succeed({ text, expression });
  } catch (error) {
    if (error instanceof Wrong) return Result.fail(error.diagnostic);
    throw error;
  }
};
