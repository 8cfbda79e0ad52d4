// The project "fleet" through its whole life, between the tools, and simulated.
import { shapes } from "../../src/projects.ts";
import { exchange } from "./exchange.ts";
import { lifecycle } from "./lifecycle.ts";
import { simulated } from "./simulated.ts";

lifecycle(shapes.fleet);
exchange(shapes.fleet);
simulated(shapes.fleet);
