// What must hold for the commands besides `up`, and in company, over generated reachable worlds and with faults on the way.
import { commands } from "./property/commands.ts";
import { company } from "./property/company.ts";
import { tryAll } from "./seeds.ts";

tryAll("commands", commands, 60);
tryAll("in company", company, 20);
