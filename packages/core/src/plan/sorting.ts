// Byte order for lists of names.
import { byBytes } from "../hash/canonicalJson.ts";

export const byteOrder = (names: Iterable<string>): ReadonlyArray<string> => Array.from(names).sort(byBytes);
