// How few engine requests can do: what a bare driver needs that reaches the same state (bench/floorDriver.ts), and what docker
// compose 2.40.3 makes. Tests hold us to the first, benchmarks show all three.

/** Of n services with one container each, one image and one network. */
export const floor = {
  /** Lists of containers and networks, a look at the image, the network, and for each container create and start. */
  coldUp: (services: number): number => 2 * services + 4,
  /** One stream of events more when health is waited for. */
  coldUpWaiting: (services: number): number => 2 * services + 5,
  noop: 3,
  /** Stop, remove, create, start: without the new one there before the old one goes. */
  changeOne: 7,
  ps: 1,
  logs: (services: number): number => services + 1,
  /** Stop and remove of each, and the network. */
  down: (services: number): number => 2 * services + 3,
  /** Of one service from one container to n, or back. */
  scale: (containers: number): number => 2 * (containers - 1) + 3,
};

export const peerCounts = {
  coldUp: (services: number): number => 3 * services + 8,
  noop: 5,
  changeOne: 12,
  ps: (services: number): number => services + 2,
  logs: (services: number): number => 2 * services + 2,
  down: (services: number): number => 2 * services + 5,
  scaleUp: (containers: number): number => 3 * (containers - 1) + 6,
  scaleDown: (containers: number): number => 2 * (containers - 1) + 5,
};
