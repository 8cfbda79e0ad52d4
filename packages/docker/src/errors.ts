// From what node and the engine say when a call fails to the port's closed set of reasons.
import {
  Conflict,
  EngineError,
  type EngineReason,
  NameTaken,
  NotFound,
  PortTaken,
  Rejected,
  Unauthorized,
  Unavailable,
  Unsupported,
} from "@composure/engine/EngineError";
import { HttpFailure } from "./modem.ts";

/** A call that got no answer in time; ours, not node's. */
export class CallTimeout extends Error {}

type Cause = Unavailable["cause"];

const TLS_CODE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH|ERR_OSSL)/;
const CAUSES: Readonly<Record<string, Cause>> = {
  ENOENT: "missing",
  ENOTFOUND: "missing",
  EAI_AGAIN: "missing",
  ENOTSOCK: "missing",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  ESSH: "refused",
  EACCES: "permission",
  EPERM: "permission",
  ETIMEDOUT: "timeout",
};

const causeOf = (error: Error): Cause => {
  if (error instanceof CallTimeout) return "timeout";
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== "string") return "lost";
  return CAUSES[code] ?? (TLS_CODE.test(code) ? "tls" : "lost");
};

/** The engine went away between two bytes, as opposed to never having been there. */
export const isLost = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof HttpFailure) && causeOf(error) === "lost";

const NAME_TAKEN = /container name "?\/?([^"\s]+?)"? is already in use by container "?([0-9a-zA-Z]+)"?/;
const PORT_TAKEN = /port is already allocated|address already in use|ports are not available/i;
/** The address that stands nearest before the complaint, as "0.0.0.0:8080" or ":8080". */
const PORT = /(\[[0-9a-f:]*\]|\d+\.\d+\.\d+\.\d+|::)?:(\d{1,5})(?=[^\d.]|$)/i;
const NO_CREDENTIALS =
  /unauthorized|authentication required|no basic auth credentials|incorrect username or password|authorization denied|requested access to the resource is denied/i;
const DOES_NOT_EXIST = /does not exist|not found|manifest unknown|no such/i;

const portOf = (text: string): string => {
  const found = PORT.exec(
    text.slice(
      Math.max(
        0,
        text.search(/Bind for|listen (?:tcp|udp|sctp)|failed to bind|exposing port|ports are not available/i),
      ),
    ),
  );
  if (found === null) return "";
  const address = found[1];
  return address === undefined || address === "0.0.0.0" || address === "::" || address === "[::]"
    ? found[2]!
    : `${address}:${found[2]}`;
};

/** Also for errors that arrive inside a stream, which carry a text and seldom a status. */
export const reasonOf = (status: number, text: string): EngineReason => {
  const name = NAME_TAKEN.exec(text);
  if (name !== null) return new NameTaken({ name: name[1]!, by: name[2]! });
  if (status >= 400 && PORT_TAKEN.test(text)) return new PortTaken({ port: portOf(text), detail: text });
  if (status === 401) return new Unauthorized({ detail: text });
  if (status === 404 && !(NO_CREDENTIALS.test(text) && !DOES_NOT_EXIST.test(text))) return new NotFound({ what: text });
  if (NO_CREDENTIALS.test(text)) return new Unauthorized({ detail: text });
  if (status === 409 || (status === 403 && /active endpoints|in use/i.test(text)))
    return new Conflict({ detail: text });
  if (status === 501) return new Unsupported({ feature: text, needs: "an engine that has it" });
  return new Rejected({ status, detail: text });
};

/** `target` is the engine's address, for the reasons that are about reaching it. */
export const engineError = (call: string, subject: string, target: string, error: unknown): EngineError => {
  if (error instanceof EngineError) return error;
  if (error instanceof HttpFailure)
    return new EngineError({ call, subject, reason: reasonOf(error.status, error.message) });
  const thrown = error instanceof Error ? error : new Error(String(error));
  return new EngineError({
    call,
    subject,
    reason: new Unavailable({ cause: causeOf(thrown), target, detail: thrown.message }),
  });
};
