// Makes a failing scenario smaller: services, attributes, flags and numbers go, as long as the property still breaks.
import type { ComposeFile, FileService } from "../../src/generate.ts";
import { read, type Scenario } from "../scenario.ts";
import { Broken } from "./claims.ts";
import type { Property } from "./Property.ts";

const withoutKey = <A extends object>(whole: A, key: string): A => Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key)) as A;

const withService = (file: ComposeFile, name: string, service: FileService): ComposeFile => ({ ...file, services: { ...file.services, [name]: service } });

const withoutService = (file: ComposeFile, name: string): ComposeFile => ({ ...file, services: withoutKey(file.services, name) });

/** Each attribute of each service less, in one file or in both. */
const smallerFiles = ({ first, second }: Scenario): ReadonlyArray<Pick<Scenario, "first" | "second">> => {
  const names = [...new Set([...Object.keys(first.services), ...Object.keys(second.services)])];
  const services = names.map((name) => ({ first: withoutService(first, name), second: withoutService(second, name) }));
  const keys = (file: ComposeFile, name: string): ReadonlyArray<string> => Object.keys(file.services[name] ?? {}).filter((key) => key !== "image");
  const less = (file: ComposeFile, name: string, key: string): ComposeFile => {
    const service = file.services[name];
    return service === undefined ? file : withService(file, name, withoutKey(service, key));
  };
  const attributes = names.flatMap((name) => [...new Set([...keys(first, name), ...keys(second, name)])].map((key) => ({ first: less(first, name, key), second: less(second, name, key) })));
  return [{ first, second: first }, { first: second, second }, ...services, ...attributes];
};

const smaller = (scenario: Scenario): ReadonlyArray<Scenario> => [
  ...smallerFiles(scenario).map((files) => ({ ...scenario, ...files })),
  ...Object.keys(scenario.policy).map((key) => ({ ...scenario, policy: withoutKey(scenario.policy, key) })),
  ...(scenario.seed > 1 ? [{ ...scenario, seed: 1 }, { ...scenario, seed: 0 }] : []),
];

/** Undefined: the property holds, or the scenario is none (a file that is refused, for example). */
export const failureOf = ({ check }: Property, scenario: Scenario): string | undefined => {
  try {
    check(scenario);
    return undefined;
  } catch (error) {
    if (error instanceof Broken) return error.message;
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
};

const isRead = ({ first, second }: Scenario): boolean => {
  try {
    read(first);
    read(second);
    return true;
  } catch {
    return false;
  }
};

/** At most `budget` tries. */
export const shrink = (property: Property, scenario: Scenario, budget = 150): Scenario => {
  let best = scenario;
  let left = budget;
  for (let progress = true; progress && left > 0; ) {
    progress = false;
    for (const candidate of smaller(best)) {
      if (JSON.stringify(candidate) === JSON.stringify(best) || !isRead(candidate)) continue;
      left -= 1;
      if (failureOf(property, candidate) !== undefined) {
        best = candidate;
        progress = true;
        break;
      }
      if (left <= 0) break;
    }
  }
  return best;
};

/** A test file that shows the failure again: to be put beside the other tests of `sim`. */
export const testFile = (property: Property, scenario: Scenario): string =>
  [
    `// A scenario in which this did not hold: ${property.name}.`,
    'import { it } from "@effect/vitest";',
    'import { propertyNamed } from "./property/all.ts";',
    "",
    `it(${JSON.stringify(property.name)}, () => {`,
    `  propertyNamed(${JSON.stringify(property.name)}).check(${JSON.stringify(scenario)});`,
    "});",
    "",
  ].join("\n");

