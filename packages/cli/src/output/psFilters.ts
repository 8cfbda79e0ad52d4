// The filters of `ps`: states only.
import { refuse, type Failure } from "../pipeline/Failure.ts";

const states = ["paused", "restarting", "removing", "running", "dead", "created", "exited"];

export interface PsFilters {
  readonly _tag: "PsFilters";
  /** Empty means any. */
  readonly states: ReadonlyArray<string>;
}

export const psFilters = (status: ReadonlyArray<string>, filters: ReadonlyArray<string>): PsFilters | Extract<Failure, { _tag: "Refused" }> => {
  const wanted = [...status];
  for (const filter of filters) {
    const [key, ...value] = filter.split("=");
    if (key !== "status" || value.length === 0) return refuseFilter(`unknown filter "${filter}"`, "the filter is status=STATE");
    wanted.push(value.join("="));
  }
  const unknown = wanted.find((state) => !states.includes(state));
  if (unknown !== undefined) return refuseFilter(`unknown state "${unknown}"`, `states are ${states.join(", ")}`);
  return { _tag: "PsFilters", states: wanted };
};

const refuseFilter = (message: string, hint: string) => refuse(message, hint) as Extract<Failure, { _tag: "Refused" }>;
