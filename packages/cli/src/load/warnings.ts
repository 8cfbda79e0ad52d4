// Warnings about the files, on stderr, once each.
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import { renderDiagnostics } from "../output/diagnostics.ts";
import type { Session } from "../session.ts";

export const printWarnings = async (warnings: ReadonlyArray<Diagnostic>, session: Session): Promise<void> => {
  const { host, settings } = session;
  if (warnings.length === 0 || settings.progress === "quiet") return;
  const text =
    settings.progress === "json"
      ? warnings.map((warning) => `${JSON.stringify({ id: warning.path ?? "", status: "Warning", text: warning.message, details: warning.hint })}\n`).join("")
      : renderDiagnostics(warnings, host.cwd, session.inks.stderr);
  await host.stderr.write(text);
};
