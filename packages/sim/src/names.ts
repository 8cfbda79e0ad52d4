// Names in the daemon: which are well-formed, which are taken.
import { type Answer, answer, done, nameTaken, rejected } from "./refusals.ts";
import type { SimContainer, World } from "./World.ts";

const wellFormed = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** A name for those who give none; the daemon draws from a list of words, here it tells its number. */
const drawName = (world: World): string => `quiet_container_${world.counter + 1}`;

export const reserveName = (world: World, wanted: string): Answer<string> => {
  const name = wanted === "" ? drawName(world) : wanted;
  if (!wellFormed.test(name)) {
    return rejected(400, `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  }
  const owner = Object.values(world.containers).find((container) => container.name === name);
  return owner === undefined ? answer(name) : nameTaken(name, owner.id);
};

export const renameTo = (world: World, container: SimContainer, name: string): Answer<void> => {
  if (container.name === name) return rejected(400, "Renaming a container with the same name as its current name");
  const reserved = reserveName(world, name);
  if (reserved._tag === "Refused") {
    const { reason } = reserved;
    return reason._tag === "Rejected" ? rejected(reason.status, `Error when allocating new name: ${reason.detail.replace("(", "(/")}`) : reserved;
  }
  container.name = reserved.value;
  return done;
};
