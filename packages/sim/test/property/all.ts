// All properties, by name.
import { commands } from "./commands.ts";
import { company } from "./company.ts";
import { edited } from "./edited.ts";
import { first } from "./first.ts";
import type { Property } from "./Property.ts";

export const properties: ReadonlyArray<Property> = [...first, ...edited, ...commands, ...company];

export const propertyNamed = (name: string): Property => {
  const found = properties.find((property) => property.name === name);
  if (found === undefined) throw new Error(`no property is called "${name}"`);
  return found;
};
