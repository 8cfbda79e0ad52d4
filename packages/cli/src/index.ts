// The command line as a function: arguments and a host in, an exit code out.
export { main } from "./main.ts";
export { nodeHost } from "./host/nodeHost.ts";
export type { Host, Input, Output, Signal } from "./host/Host.ts";
