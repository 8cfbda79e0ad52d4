// A Docker engine in memory, for tests, previews and simulations.
export * from "./World.ts";
export { layer, makeEngine } from "./SimEngine.ts";
export { loadImage, pushImage } from "./images.ts";
export { copyWorld, decodeWorld, encodeWorld } from "./persist.ts";
