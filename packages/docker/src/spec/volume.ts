// A named volume as the engine takes it.
import type { Operation } from "@composure/core/plan/Operation";
import { defined, filled } from "./drop.ts";

type CreateVolume = Extract<Operation, { readonly _tag: "CreateVolume" }>;

export const volumeBody = ({ name, volume, labels }: CreateVolume): Readonly<Record<string, unknown>> =>
  defined({ Name: name, Driver: volume.driver, DriverOpts: filled(volume.driver_opts), Labels: labels });
