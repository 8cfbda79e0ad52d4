// The harness of the black-box tests: subjects, engines, projects and a striking proxy.
export * from "./checkout.ts";
export * from "./EngineClient.ts";
export * from "./engineUnderTest.ts";
export * from "./projects.ts";
export * from "./proxy.ts";
export * from "./snapshot.ts";
export * from "./subject.ts";
