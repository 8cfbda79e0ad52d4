// A Docker engine in memory, for tests, previews and simulations.
//
// A test of a deployment in a few lines:
//
//   const sim = simulate({ files: { "compose.yaml": "services: { web: { image: nginx } }" } });
//   sim.up();
//   expect(sim.running()).toEqual(["project-web-1"]);
//   sim.edit({ "compose.yaml": "services: { web: { image: nginx:2 } }" });
//   const second = sim.up({ faults: faultOn("startContainer", "", { _tag: "Crash", effect: false }) });
//   expect(second.how).toBe("Crashed");
//   expect(sim.up().report?.exitCode).toBe(0);
export * from "./World.ts";
export { layer, makeEngine } from "./SimEngine.ts";
export { loadImage, pushImage } from "./images.ts";
export { copyWorld, decodeWorld, encodeWorld } from "./persist.ts";
export { type Choice, exhaustive, inOrder, recording, replaying, seeded } from "./Choice.ts";
export { type Fault, faultAt, faultAtChange, faultOn, type Faults, restartEngine } from "./faults.ts";
export { type Kernel, type KernelOptions, makeKernel, type Run } from "./Kernel.ts";
export { type ChangeOptions, type Deployment, type RunOptions, simulate, type SimulateOptions, type Simulation, SimulationRefused } from "./simulate.ts";
export type { ExploreWhatIf, WhatIf, WhatIfOptions } from "./whatIf.ts";
export type { Exploration, Stray, Worst } from "./explore.ts";
export type { Rehearsal } from "./rehearse.ts";
export type { Level, Outage, ServiceCourse } from "./course.ts";
export type { Lane, Mark, Phase, Span, StepSpan, Timeline } from "./Timeline.ts";
export type { SimulationDocument } from "./document.ts";
export { worldFromObserved } from "./seed.ts";
