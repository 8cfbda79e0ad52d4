// The configuration a container was made from, kept in one of its labels, so that a later plan can say which fields
// changed. docker compose keeps only a hash; the hash decides, the record explains.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";
import { compactJson, type Json } from "../hash/canonicalJson.ts";
import { serviceHashInput } from "../hash/serviceHash.ts";
import type { Service } from "../model/Service.ts";

/** Composure's own label; docker compose neither reads nor hashes it. */
export const recordLabel = "composure.config";

/** Records are versioned by their prefix: an unknown one is no record. */
const prefix = "1:";
/** How a secret value looks in a record. */
const digestMark = "hmac-sha256:";

const secretKey = /pass(word|wd|phrase)?|secret|token|credential|api_?key|private_?key|access_?key|auth|dsn|(database|db|redis|mongo\w*|amqp|broker)_?(url|uri)/i;
const credentialsInUrl = /^[a-z][a-z0-9+.-]*:\/\/[^/\s@]*:[^/\s@]+@/i;

/** A value that must not be readable in labels, plans or logs, judged by its name and by credentials inside a URL. */
export const isSecretValue = (key: string, value: string): boolean => secretKey.test(key) || credentialsInUrl.test(value);

export const isDigest = (value: Json | undefined): boolean => typeof value === "string" && value.startsWith(digestMark);

/** Keyed by service and name, so that equal secrets of different services do not look equal. */
const digest = (service: string, key: string, value: string): string =>
  digestMark + bytesToHex(hmac(sha256, utf8ToBytes(`composure/${service}/${key}`), utf8ToBytes(value))).slice(0, 32);

const maskMap = (service: string, map: Json | undefined): Json | undefined => {
  if (!(map instanceof Map)) return map;
  const masked = new Map<string, Json>();
  for (const [key, value] of map) {
    masked.set(key, typeof value === "string" && isSecretValue(key, value) ? digest(service, key, value) : value);
  }
  return masked;
};

/** The configuration as comparable data: what the hash covers, secrets replaced by keyed digests. */
export const describeConfig = (service: Service): Json => {
  const input = serviceHashInput(service, { bind: "v2" });
  if (!(input instanceof Map)) return input;
  const described = new Map(input);
  for (const key of ["environment", "labels", "annotations"]) {
    const masked = maskMap(service.name, described.get(key));
    if (masked !== undefined) described.set(key, masked);
  }
  return described;
};

const toBase64 = (bytes: Uint8Array): string => {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
};

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** The label's value: version, then base64 of deflated compact JSON. */
export const encodeRecord = (service: Service): string =>
  prefix + toBase64(deflateSync(strToU8(compactJson(describeConfig(service))), { level: 9, mem: 8 }));

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
