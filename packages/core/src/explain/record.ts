// The configuration a container was made from, kept in one of its labels, so that a later plan can say which fields
// changed. docker compose keeps only a hash; the hash decides, the record explains.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";
import { compactJson } from "../hash/canonicalJson.ts";
import { serviceHashInput } from "../hash/serviceHash.ts";
import type { Service } from "../model/Service.ts";
import { replaceSecrets, secretText } from "./secrets.ts";

/** Composure's own label; docker compose neither reads nor hashes it. */
export const recordLabel = "composure.config";

/** Records are versioned by their prefix: an unknown one is no record. */
const prefix = "1:";
/** How a secret value looks in a record. */
const digestMark = "hmac-sha256:";

export { isSecretValue } from "./secrets.ts";

const digests = /hmac-sha256:[0-9a-f]{32}/g;

/** A recorded text for people: digests read "(secret)". */
export const hideDigests = (text: string): string => text.replace(digests, secretText);

/** Keyed by service and place, so that equal secrets of different services do not look equal. */
const digest = (service: string, place: string, value: string): string =>
  digestMark + bytesToHex(hmac(sha256, utf8ToBytes(`composure/${service}/${place}`), utf8ToBytes(value))).slice(0, 32);

/** The configuration as comparable plain data: what the hash covers, secrets replaced by keyed digests. */
export const describeConfig = (service: Service): unknown => {
  const input: unknown = JSON.parse(compactJson(serviceHashInput(service, { bind: "v2" })));
  // Positions in a list shift when an item is added; only the names count.
  const place = (path: ReadonlyArray<string | number>): string =>
    path.filter((step) => typeof step === "string").join("/");
  return replaceSecrets(input, (secret, path) => digest(service.name, place(path), secret));
};

const toBase64 = (bytes: Uint8Array): string => {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
};

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** The label's value: version, then base64 of deflated compact JSON. */
export const encodeRecord = (service: Service): string =>
  prefix + toBase64(deflateSync(strToU8(JSON.stringify(describeConfig(service))), { level: 9 }));

/** Longer labels are not ours: an attacker's label must not inflate without bound. */
const maxRecordLength = 65_536;

/** `undefined` for anything that is not a record of this version; a label is user input and may hold anything. */
export const decodeRecord = (label: string | undefined): unknown => {
  if (label === undefined || !label.startsWith(prefix) || label.length > maxRecordLength) return undefined;
  try {
    return JSON.parse(strFromU8(inflateSync(fromBase64(label.slice(prefix.length)))));
  } catch {
    return undefined;
  }
};
