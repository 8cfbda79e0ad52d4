// Hides secrets in lines of source files: what is shown of a line must not tell more than the masked value does.
import { isSecretValue, maskSecrets, replaceInText, replaceSecrets, secretText } from "./secrets.ts";

/** `KEY: value`, `"KEY": value`, `KEY=value`, at any place of a line. */
const assignment = /([A-Za-z_][\w.-]*)["']?(\s*:\s+|\s*=\s*)/g;
/** `["--password", "hunter2"]` */
const quotedFlag = /(["'])(--?[A-Za-z][\w-]*)\1(\s*,\s*)(["'])(.*?)\4/g;
/** The name of a value, and at most what to say when it is missing. */
const reference = /^["']?\$(\w+|\{\w+(:?\?[^{}]*)?\})["']?\s*(#.*)?$/;

/** From the first secret on nothing is shown: where a value ends depends on quotes, flow and comments. */
const withoutAssigned = (line: string): string => {
  for (const found of line.matchAll(assignment)) {
    const [whole, key = ""] = found;
    const from = found.index + whole.length;
    const rest = line.slice(from).trim();
    if (/^[[{#]/.test(rest) || reference.test(rest)) continue;
    if (isSecretValue(key, rest.replace(/^["']|["']$/g, ""))) return `${line.slice(0, from)}${secretText}`;
  }
  return line;
};

/** `${TOKEN:-hunter2}` */
const preset = /\$\{(\w+)(:?-)([^{}]*)\}/g;

const withoutDefaults = (line: string): string =>
  line.replace(preset, (whole, name: string, operator: string, value: string) =>
    isSecretValue(name, value) ? `\${${name}${operator}${secretText}}` : whole,
  );

/** A shorter text is found in too many other words. */
const MIN_LENGTH = 4;

export type Veil = (text: string) => string;

/** The texts of a value that count as secrets and stand nowhere else in it: "postgres" is a password and an image. */
export const secretsOf = (value: unknown): ReadonlySet<string> => {
  const found = new Set<string>();
  replaceSecrets(value, (secret) => {
    found.add(secret);
    return secret;
  });
  const rest = JSON.stringify(maskSecrets(value));
  return new Set([...found].filter((secret) => !rest.includes(secret)));
};

/** Hides by names and by the texts that are known to be secret. */
export const veilOf = (known: Iterable<string>): Veil => {
  // The longest first: one secret may be part of another.
  const texts = Array.from(known)
    .filter((secret) => secret.length >= MIN_LENGTH)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const named = replaceInText(withoutDefaults(withoutAssigned(text)), () => secretText).replace(
      quotedFlag,
      (whole, quote: string, flag: string, gap: string, inner: string, value: string) =>
        isSecretValue(flag, value) ? `${quote}${flag}${quote}${gap}${inner}${secretText}${inner}` : whole,
    );
    return texts.reduce((current, secret) => current.replaceAll(secret, secretText), named);
  };
};
