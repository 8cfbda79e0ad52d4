// Why a command could not do its work, and how that is said.
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import type { EngineError } from "@composure/engine/EngineError";
import type { Host } from "../host/Host.ts";
import { renderDiagnostics } from "../output/diagnostics.ts";
import { describeError } from "../output/engineError.ts";
import { paint, type Paint } from "../output/style.ts";
import type { Settings } from "../settings.ts";

export type Failure =
  /** The files have problems; nothing was touched. */
  | { readonly _tag: "Invalid"; readonly diagnostics: ReadonlyArray<Diagnostic> }
  | { readonly _tag: "EngineFailed"; readonly error: EngineError }
  /** The request itself cannot be met: one sentence, and what to do. */
  | { readonly _tag: "Refused"; readonly message: string; readonly hint?: string };

export const refuse = (message: string, hint?: string): Failure => ({
  _tag: "Refused",
  message,
  ...(hint === undefined ? {} : { hint }),
});

export const engineFailed = (error: EngineError): Failure => ({ _tag: "EngineFailed", error });

/** A headline with what belongs to it, in the layout of every error. */
export const renderError = (text: { readonly headline: string; readonly details: ReadonlyArray<string>; readonly hint?: string }, inks: Paint): string =>
  [
    `${inks("red", "error")}: ${text.headline}`,
    ...text.details.map((line) => `  ${line}`),
    ...(text.hint === undefined ? [] : [`  ${inks("cyan", "hint")}: ${text.hint}`]),
    "",
  ].join("\n");

const render = (failure: Failure, cwd: string, inks: Paint): string => {
  switch (failure._tag) {
    case "Invalid":
      return renderDiagnostics(failure.diagnostics, cwd, inks);
    case "EngineFailed":
      return renderError(describeError(failure.error), inks);
    case "Refused":
      return renderError({ headline: failure.message, details: [], ...(failure.hint === undefined ? {} : { hint: failure.hint }) }, inks);
  }
};

export const printFailure = async (failure: Failure, host: Host, settings: Settings): Promise<void> => {
  const text =
    settings.progress === "json"
      ? `${JSON.stringify({ error: true, message: render(failure, host.cwd, paint(false)).trimEnd() })}\n`
      : render(failure, host.cwd, paint(settings.colour.stderr));
  await host.stderr.write(text);
};
