// The config hash of a service: the value of the label `com.docker.compose.config-hash`, byte for byte docker compose's.
// Source: pkg/compose/hash.go of docker compose 2.40.3 (facts only), checked against its `config --hash`.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Service, ServiceVolume } from "../model/Service.ts";
import { encodeStruct } from "../print/encode.ts";
import { type Field, type Fields, serviceFields } from "../print/fields.ts";
import { compactJson, type Json } from "./canonicalJson.ts";

/**
 * How `bind.create_host_path` is written. `v2` (docker compose 2.x): true is written, false is not. `v5`: false is
 * written, true is not. A container made by either is up to date when either hash is equal.
 */
export interface HashEncoding {
  readonly bind: "v2" | "v5";
}

/** Changing one of these never replaces a container. */
const notHashed = new Set(["build", "pull_policy", "scale", "depends_on", "profiles"]);

const hashedFields: Fields = serviceFields.filter((field) => !notHashed.has(field.name));

/** The same field table with another presence for one nested field. */
const withPresence = (fields: Fields, path: ReadonlyArray<string>, presence: Field["presence"]): Fields => {
  const [head, ...rest] = path;
  return fields.map((field): Field => {
    if (field.name !== head) return field;
    if (rest.length === 0) return { ...field, presence };
    const { kind } = field;
    if (kind._tag === "Struct")
      return { ...field, kind: { ...kind, fields: withPresence(kind.fields, rest, presence) } };
    if (kind._tag === "List" && kind.of._tag === "Struct") {
      const of = { ...kind.of, fields: withPresence(kind.of.fields, rest, presence) };
      return { ...field, kind: { ...kind, of } };
    }
    return field;
  });
};

const hashedFieldsV5 = withPresence(hashedFields, ["volumes", "bind", "create_host_path"], "set");

const v5Volume = (volume: ServiceVolume): ServiceVolume => {
  if (volume.bind === undefined || volume.bind.create_host_path === false) return volume;
  const { create_host_path: _, ...bind } = volume.bind;
  return { ...volume, bind };
};

const withoutReplicas = (service: Service): Service => {
  if (service.deploy?.replicas === undefined) return service;
  const { replicas: _, ...deploy } = service.deploy;
  return { ...service, deploy };
};

/** The lower-case hex SHA-256 of compact JSON. */
export const hashJson = (value: Json): string => bytesToHex(sha256(utf8ToBytes(compactJson(value))));

/** What is hashed: JSON data of the service without the fields that never replace a container. */
export const serviceHashInput = (service: Service, encoding: HashEncoding): Json => {
  const hashed = withoutReplicas(service);
  switch (encoding.bind) {
    case "v2":
      return encodeStruct(hashedFields, hashed, "json");
    case "v5": {
      const volumes = hashed.volumes?.map(v5Volume);
      return encodeStruct(hashedFieldsV5, volumes === undefined ? hashed : { ...hashed, volumes }, "json");
    }
  }
};

/**
 * `service` must be as it will run: `service:` references in network_mode, ipc, pid and volumes_from already replaced
 * by container ids, env_file folded into `environment` and removed.
 */
export const serviceHash = (service: Service, encoding: HashEncoding = { bind: "v2" }): string =>
  hashJson(serviceHashInput(service, encoding));
