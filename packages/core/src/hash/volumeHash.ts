// The config hash of a volume, as docker compose 2.40.3 writes it to its label.
import type { Volume } from "../model/Project.ts";
import { encodeStruct } from "../print/encode.ts";
import { volumeFields } from "../print/fields.ts";
import { hashJson } from "./serviceHash.ts";

/** `volume.name` must be the real name on the engine; no driver counts as "local". */
export const volumeHash = (volume: Volume): string =>
  hashJson(
    encodeStruct(
      volumeFields,
      volume.driver === undefined || volume.driver === "" ? { ...volume, driver: "local" } : volume,
      "json",
    ),
  );
