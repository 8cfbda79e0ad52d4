// What `simulate --intent` names: the commands that change the engine, with the flags that simulate has.
import type { Intent } from "@composure/core/policy/Intent";

type Make = (services: ReadonlyArray<string>) => Intent;

const intents: Readonly<Record<string, Make>> = {
  up: (services) => ({ _tag: "Up", services }),
  create: (services) => ({ _tag: "Create", services }),
  start: (services) => ({ _tag: "Start", services }),
  stop: (services) => ({ _tag: "Stop", services }),
  restart: (services) => ({ _tag: "Restart", services, withDependents: true }),
  kill: (services) => ({ _tag: "Kill", services, signal: "SIGKILL" }),
  pause: (services) => ({ _tag: "Pause", services }),
  unpause: (services) => ({ _tag: "Unpause", services }),
  rm: (services) => ({ _tag: "Remove", services, stop: true, volumes: false }),
  down: (services) => ({ _tag: "Down", services, volumes: false, images: "none" }),
};

export const intentNames: ReadonlyArray<string> = Object.keys(intents);

export const intentOf = (name: string, services: ReadonlyArray<string>): Intent | undefined => intents[name]?.(services);
