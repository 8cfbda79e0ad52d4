// Finds what must not be readable in labels, plans, logs and saved files, and replaces it.

const secretWord =
  /pass(word|wd|phrase)?|secret|token|credential|api_?key|private_?key|access_?key|auth|dsn|(database|db|redis|mongo\w*|amqp|broker)_?(url|uri)/i;
const credentialsInUrl = /^[a-z][a-z0-9+.-]*:\/\/[^/\s@]*:[^/\s@]+@/i;
/** `POSTGRES_PASSWORD_FILE=/run/secrets/db`: where a secret lies is none. */
const namesFile = /[_-](file|path|dir)$/i;
const switchWord = /^(|true|false|yes|no|on|off|none)$/i;
/** `$VAR` and `${VAR}`: the name of a value, not the value. */
const shellVariable = /^\$(\w+|\{\w+\})$/;

const isSecretName = (name: string): boolean => secretWord.test(name.replaceAll("-", "_"));

const isPlace = (key: string, value: string): boolean => namesFile.test(key) && /^[./~]/.test(value);

/** A value that must not be readable in labels, plans or logs, judged by its name and by credentials inside a URL. */
export const isSecretValue = (key: string, value: string): boolean =>
  (isSecretName(key) && !isPlace(key, value) && !switchWord.test(value)) || credentialsInUrl.test(value);

/** How a secret looks to people. */
export const secretText = "(secret)";

export type Replace = (secret: string) => string;

// Each starts only where a word starts, so that a long text costs linear time.
const urlPassword = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/[^/\s@:'"]*:)([^/\s@'"]+)(?=@)/gi;
const assignment = /(?<![\w.-])(-{0,2}[A-Za-z][\w.-]*)=("[^"]*"|'[^']*'|[^\s"'&;|,]+)/g;
const spacedFlag = /(?<![\w-])(--?[A-Za-z][\w-]*)(\s+)("[^"]*"|'[^']*'|[^\s"'-][^\s"']*)/g;

/** Hidden by its name as a whole; of a URL only the password is. */
const hiddenByName = (key: string, value: string): boolean =>
  isSecretName(key) && isSecretValue(key, value) && !shellVariable.test(value);

/** Nearly all texts have none of these. */
const isSuspicious = (text: string): boolean =>
  text.includes("=") || text.includes("@") || (text.includes("-") && /\s/.test(text));

/** A text with its secret parts replaced: passwords in URLs, `password=...`, `--token ...`. */
export const replaceInText = (text: string, replace: Replace): string =>
  isSuspicious(text)
    ? text
        .replace(urlPassword, (_, before: string, password: string) => before + replace(password))
        .replace(assignment, (whole, key: string, value: string) =>
          hiddenByName(key, value) && !credentialsInUrl.test(value) ? `${key}=${replace(value)}` : whole,
        )
        .replace(spacedFlag, (whole, flag: string, gap: string, value: string) =>
          hiddenByName(flag, value) && !credentialsInUrl.test(value) ? flag + gap + replace(value) : whole,
        )
    : text;

const secretFlag = /^--?[A-Za-z][\w-]*$/;

const replaceInArgument = (text: string, previous: unknown, replace: Replace): string =>
  typeof previous === "string" && secretFlag.test(previous) && !text.startsWith("-") && hiddenByName(previous, text)
    ? replace(text)
    : replaceInText(text, replace);

/** Labels that docker compose and Composure write themselves: names, hashes and records, never secrets. */
const ownLabel = /^(com\.docker\.compose|composure)\./;

const replaceInEntry = (key: string, text: string, replace: Replace): string => {
  if (ownLabel.test(key)) return text;
  return hiddenByName(key, text) ? replace(text) : replaceInText(text, replace);
};

/** Called for every text that holds a secret, with its place in the value. */
export type ReplaceAt = (secret: string, path: ReadonlyArray<string | number>) => string;

const walk = (value: unknown, path: ReadonlyArray<string | number>, replace: ReplaceAt): unknown => {
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => {
      const here = [...path, index];
      return typeof item === "string"
        ? replaceInArgument(item, value[index - 1], (secret) => replace(secret, here))
        : walk(item, here, replace);
    });
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => {
      const here = [...path, key];
      return [
        key,
        typeof item === "string"
          ? replaceInEntry(key, item, (secret) => replace(secret, here))
          : walk(item, here, replace),
      ];
    }),
  );
};

/** The same plain data with every secret replaced. Values are judged by their key, list items by the item before them. */
export const replaceSecrets = <A>(value: A, replace: ReplaceAt): A => walk(value, [], replace) as A;

export const maskSecrets = <A>(value: A): A => replaceSecrets(value, () => secretText);
