// The public surface of the pure part.
export type * from "./source/Span.ts";
export type * from "./source/Diagnostic.ts";
export type * from "./source/Tree.ts";
export type * from "./model/Service.ts";
export type * from "./model/Build.ts";
export type * from "./model/Deploy.ts";
export type * from "./model/Project.ts";
export type * from "./load/Load.ts";
export type * from "./observed/Observed.ts";
export type * from "./desired/Desired.ts";
export type * from "./policy/Intent.ts";
export type * from "./policy/Policy.ts";
export * from "./plan/Address.ts";
export type * from "./plan/Operation.ts";
export type * from "./plan/Reason.ts";
export type * from "./plan/Plan.ts";
export { load } from "./load/loadProject.ts";
