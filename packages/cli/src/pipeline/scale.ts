// --scale SERVICE=NUM as data.
import { refuse, type Failure } from "./Failure.ts";

export const readScale = (scales: ReadonlyArray<string>): Readonly<Record<string, number>> | Failure => {
  const counts: Record<string, number> = {};
  for (const scale of scales) {
    const [, name, count] = /^([^=]+)=(\d+)$/.exec(scale) ?? [];
    if (name === undefined || count === undefined) return refuse(`invalid --scale option "${scale}"`, "use SERVICE=NUM");
    counts[name] = Number(count);
  }
  return counts;
};

export const isFailure = <A extends object>(value: A | Failure): value is Failure =>
  "_tag" in value && (value._tag === "Refused" || value._tag === "Invalid" || value._tag === "EngineFailed");
