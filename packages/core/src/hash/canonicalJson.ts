// JSON text exactly as Go's encoding/json writes it, which config hashes and `config --format json` depend on.
// Source of the rules: encoding/json of Go 1.24 with HTML escaping on.

/** JSON as data. Objects are Maps: their order is the output's order, whatever the keys look like. */
export type Json = null | boolean | number | bigint | string | ReadonlyArray<Json> | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const escapeForHtml = /[<>&\u2028\u2029]/g;

// Nothing in such a text is ever escaped, and nearly all texts are such.
const unescaped = /^[ !#-%'-;=?-[\]-~]*$/;

const jsonString = (text: string): string =>
  unescaped.test(text)
    ? `"${text}"`
    : JSON.stringify(text.replace(loneSurrogate, "\ufffd")).replace(
        escapeForHtml,
        (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );

/** Orders text by code point, which is the order of its UTF-8 bytes (UTF-16 order differs beyond U+FFFF). */
export const byBytes = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const surrogateX = x >= 0xd800 && x <= 0xdfff;
    const surrogateY = y >= 0xd800 && y <= 0xdfff;
    return surrogateX === surrogateY ? x - y : surrogateX ? 1 : -1;
  }
  return a.length - b.length;
};

const isObject = (value: Json): value is JsonObject => value instanceof Map;

/** Without spaces: what is hashed. */
export const compactJson = (value: Json): string => {
  if (value === null) return "null";
  if (typeof value === "string") return jsonString(value);
  if (typeof value !== "object") return String(value);
  if (isObject(value)) {
    return `{${Array.from(value, ([key, item]) => `${jsonString(key)}:${compactJson(item)}`).join(",")}}`;
  }
  return `[${value.map(compactJson).join(",")}]`;
};

/** With two spaces of indentation and no newline at the end: what `config` prints. */
export const indentedJson = (value: Json, indent = ""): string => {
  if (value === null || typeof value !== "object") return compactJson(value);
  const inner = `${indent}  `;
  if (isObject(value)) {
    if (value.size === 0) return "{}";
    const lines = Array.from(value, ([key, item]) => `${inner}${jsonString(key)}: ${indentedJson(item, inner)}`);
    return `{\n${lines.join(",\n")}\n${indent}}`;
  }
  if (value.length === 0) return "[]";
  return `[\n${value.map((item) => `${inner}${indentedJson(item, inner)}`).join(",\n")}\n${indent}]`;
};
