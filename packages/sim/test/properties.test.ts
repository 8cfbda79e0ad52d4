// What must hold for every project, every interleaving and every fault: laws 2, 3 and 5, over generated reachable worlds.
import { edited } from "./property/edited.ts";
import { first } from "./property/first.ts";
import { tryAll } from "./seeds.ts";

tryAll("a first up", first, 60);
tryAll("an up over an edited project", edited, 60);
