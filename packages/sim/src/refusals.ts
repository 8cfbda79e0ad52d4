// The daemon's refusals: reason, status and the words it uses for them.
import { Conflict, type EngineReason, NameTaken, NotFound, PortTaken, Rejected, Unauthorized } from "@composure/engine/EngineError";

/** What a transition of the world gives: a value, or the daemon's refusal. */
export type Answer<A> = { readonly _tag: "Granted"; readonly value: A } | Refusal;
export interface Refusal {
  readonly _tag: "Refused";
  readonly reason: EngineReason;
}

export const done: Answer<void> = { _tag: "Granted", value: undefined };
export const answer = <A>(value: A): Answer<A> => ({ _tag: "Granted", value });
export const refuse = (reason: EngineReason): Refusal => ({ _tag: "Refused", reason });

export const noSuchContainer = (reference: string): Refusal => refuse(new NotFound({ what: `No such container: ${reference}` }));
export const noSuchNetwork = (reference: string): Refusal => refuse(new NotFound({ what: `network ${reference} not found` }));
export const noSuchVolume = (name: string): Refusal => refuse(new NotFound({ what: `get ${name}: no such volume` }));
export const noSuchImage = (reference: string): Refusal => refuse(new NotFound({ what: `No such image: ${reference}` }));
export const conflict = (detail: string): Refusal => refuse(new Conflict({ detail }));
export const rejected = (status: number, detail: string): Refusal => refuse(new Rejected({ status, detail }));
export const nameTaken = (name: string, by: string): Refusal => refuse(new NameTaken({ name, by }));
export const portTaken = (port: string, detail: string): Refusal => refuse(new PortTaken({ port, detail }));
export const unauthorized = (detail: string): Refusal => refuse(new Unauthorized({ detail }));

/** The daemon's words, for the error that an inspect shows. */
export const textOf = (reason: EngineReason): string => {
  switch (reason._tag) {
    case "NotFound":
      return reason.what;
    case "NameTaken":
      return `Conflict. The container name "/${reason.name}" is already in use by container "${reason.by}". You have to remove (or rename) that container to be able to reuse that name.`;
    case "Conflict":
    case "PortTaken":
    case "Unauthorized":
    case "Rejected":
    case "Unavailable":
    case "BuildFailed":
    case "PluginFailed":
      return reason.detail;
    case "HookFailed":
      return reason.output;
    case "Unsupported":
      return reason.needs;
    case "WaitFailed":
      return reason.why;
  }
};
