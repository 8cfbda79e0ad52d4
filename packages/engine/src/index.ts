// The engine port and the executor.
export * from "./Engine.ts";
export * from "./EngineError.ts";
export * from "./Event.ts";
export * from "./Facts.ts";
export * from "./Events.ts";
export * from "./execute.ts";
export * from "./report.ts";
