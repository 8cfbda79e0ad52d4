// Small grammars as tables of forms ("slow start <duration>"): what fits is read, what does not is pointed at.
import { parseDuration } from "@composure/core/decode/duration";
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import { nearest } from "@composure/core/source/problem";
import * as Result from "effect/Result";
import type { Millis } from "./World.ts";

export interface Values {
  /** Of `<duration>`. */
  readonly duration: Millis;
  /** Of `<number>`. */
  readonly number: number;
}

/** Words, and the places `<duration>` and `<number>`; what they hold goes to `make`. */
export interface Form<A> {
  readonly form: string;
  readonly about: string;
  readonly make: (values: Values) => A;
}

export interface Word {
  readonly text: string;
  /** Characters before it in the whole text. */
  readonly at: number;
}

export const wordsOf = (text: string, offset = 0): ReadonlyArray<Word> => [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], at: offset + match.index }));

/** `flag` stands where a file's name would: "--fault:1:6". */
export const pointAt = (flag: string, text: string, at: number, message: string, hint?: string): Diagnostic => ({
  severity: "error",
  code: "bad-expression",
  message,
  span: { file: flag, line: 1, column: at + 1 },
  snippet: text,
  ...(hint === undefined ? {} : { hint }),
});

/** Milliseconds of "10s" or "1m30s". */
export const millisOf = (text: string): Millis | undefined => {
  const read = /^[0-9.]/.test(text) ? parseDuration(text) : Result.fail("");
  return Result.isSuccess(read) && text !== "0" ? read.success / 1_000_000 : text === "0" ? 0 : undefined;
};

interface Fit<A> {
  readonly form: Form<A>;
  /** How many words fitted. */
  readonly length: number;
  readonly whole: boolean;
  readonly values: Values;
}

const fit = <A>(form: Form<A>, words: ReadonlyArray<Word>): Fit<A> => {
  const wanted = form.form.split(" ");
  let values: Values = { duration: 0, number: 0 };
  let length = 0;
  for (const [index, part] of wanted.entries()) {
    const word = words[index]?.text.toLowerCase();
    if (word === undefined) break;
    if (part === "<duration>") {
      const duration = millisOf(word);
      if (duration === undefined) break;
      values = { ...values, duration };
    } else if (part === "<number>") {
      if (!/^\d+$/.test(word)) break;
      values = { ...values, number: Number(word) };
    } else if (part !== word) break;
    length += 1;
  }
  return { form, length, whole: length === wanted.length && length === words.length, values };
};

const placeholders: Readonly<Record<string, string>> = { "<duration>": 'a duration ("10s", "1m30s")', "<number>": "a whole number" };

export const listForms = (forms: ReadonlyArray<Form<unknown>>): string => forms.map(({ form }) => form).join(", ");

/** The form that the words have; else the first word that fits none, with what could stand there. */
export const readForm = <A>(forms: ReadonlyArray<Form<A>>, words: ReadonlyArray<Word>, place: { readonly flag: string; readonly text: string; readonly end: number; readonly hint?: string }): Result.Result<A, Diagnostic> => {
  const fits = forms.map((form) => fit(form, words));
  const found = fits.find(({ whole }) => whole);
  if (found !== undefined) return Result.succeed(found.form.make(found.values));
  const furthest = Math.max(0, ...fits.map(({ length }) => length));
  const word = words[furthest];
  const next = [...new Set(fits.filter(({ length }) => length === furthest).flatMap(({ form }) => form.form.split(" ")[furthest] ?? []))];
  const expected = next.map((part) => placeholders[part] ?? part);
  const close = word === undefined ? undefined : nearest(word.text, next.filter((part) => !part.startsWith("<")));
  const before = words.slice(0, furthest).map(({ text }) => text).join(" ");
  const wanted = expected.length === 0 ? "nothing" : expected.length > 4 && furthest === 0 ? "one of the forms below" : expected.join(" or ");
  const message =
    word === undefined
      ? `${before === "" ? "this" : `"${before}"`} is incomplete: ${wanted} is missing`
      : `"${word.text}" is not understood${before === "" ? "" : ` after "${before}"`}: ${close === undefined ? `expected ${wanted}` : `did you mean "${close}"?`}`;
  return Result.fail(pointAt(place.flag, place.text, word?.at ?? place.end, message, place.hint ?? `there are: ${listForms(forms)}`));
};
