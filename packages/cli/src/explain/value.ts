// config --explain PATH: where one value of the project comes from, as text or JSON.
import { provenance } from "@composure/core/explain/provenance";
import type { Loaded } from "@composure/core/load/Load";
import * as Result from "effect/Result";
import { renderProvenance } from "../output/provenanceView.ts";
import { refuse, type Failure } from "../pipeline/Failure.ts";
import type { Session } from "../session.ts";

export const explainValue = (loaded: Loaded, path: string, format: string | undefined, session: Session): string | Failure => {
  if (format !== undefined && !["", "text", "json"].includes(format)) return refuse(`unsupported format "${format}"`, "use text or json");
  const found = provenance(loaded, path);
  if (Result.isFailure(found)) return refuse(found.failure.message, found.failure.hint);
  if (format === "json") return `${JSON.stringify(found.success, null, 2)}\n`;
  const { host, inks } = session;
  return renderProvenance(found.success, { paint: inks.stdout, columns: host.stdout.isTTY ? host.stdout.size().columns : 120, cwd: host.cwd });
};
