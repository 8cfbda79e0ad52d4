// Assertions about a simulation, parsed: what they ask, of which type each part is, where it stands in the text.

export type Type = "number" | "duration" | "truth";

/** Of one service, at a moment. */
export type Momentary = "healthy" | "running";
/** Of one service, of the run as a whole. */
export type OfService = "downtime" | "lowest" | "ready" | "replicas";
export type OfRun = "duration" | "exitcode" | "failed";
export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";

export type Expression =
  | { readonly _tag: "Number"; readonly value: number }
  /** Milliseconds. */
  | { readonly _tag: "Duration"; readonly value: number }
  | { readonly _tag: "Momentary"; readonly name: Momentary; readonly service: string }
  | { readonly _tag: "OfService"; readonly name: OfService; readonly service: string }
  | { readonly _tag: "OfRun"; readonly name: OfRun }
  | { readonly _tag: "Sum"; readonly sign: "+" | "-"; readonly type: Type; readonly left: Expression; readonly right: Expression }
  | { readonly _tag: "Compare"; readonly by: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly _tag: "And"; readonly left: Expression; readonly right: Expression }
  | { readonly _tag: "Or"; readonly left: Expression; readonly right: Expression }
  | { readonly _tag: "Not"; readonly of: Expression }
  /** At every moment, in the end, at some moment. */
  | { readonly _tag: "When"; readonly when: "always" | "finally" | "ever"; readonly of: Expression };

/** As it was written, and what it means. */
export interface Assertion {
  readonly text: string;
  readonly expression: Expression;
}

interface Function {
  readonly about: string;
  readonly type: Type;
  readonly takes: "service" | "truth" | "nothing";
}

export const functions: Readonly<Record<Momentary | OfService | OfRun | "always" | "finally" | "ever", Function>> = {
  healthy: { about: "replicas that serve: healthy, or ready where there is no healthcheck; at every moment", type: "number", takes: "service" },
  running: { about: "replicas that run, healthy or not; at every moment", type: "number", takes: "service" },
  lowest: { about: "the lowest healthy() since the service first served", type: "number", takes: "service" },
  replicas: { about: "replicas that should serve in the end", type: "number", takes: "service" },
  downtime: { about: "time without any healthy replica, since the service first served", type: "duration", takes: "service" },
  ready: { about: "when as many serve as should, and go on serving; beyond any limit if never", type: "duration", takes: "service" },
  duration: { about: "how long the command takes, with what follows a crash", type: "duration", takes: "nothing" },
  exitcode: { about: "the exit code of the command", type: "number", takes: "nothing" },
  failed: { about: "the number of failed steps", type: "number", takes: "nothing" },
  always: { about: "holds at every moment; the same as leaving it out", type: "truth", takes: "truth" },
  finally: { about: "holds in the end", type: "truth", takes: "truth" },
  ever: { about: "holds at some moment", type: "truth", takes: "truth" },
};

export const functionNames = Object.keys(functions) as ReadonlyArray<keyof typeof functions>;

export const signature = (name: keyof typeof functions): string => `${name}(${{ service: "SERVICE", truth: "ASSERTION", nothing: "" }[functions[name].takes]})`;

export const typeOf = (expression: Expression): Type => {
  switch (expression._tag) {
    case "Number":
      return "number";
    case "Duration":
      return "duration";
    case "Momentary":
    case "OfService":
    case "OfRun":
      return functions[expression.name].type;
    case "Sum":
      return expression.type;
    case "Compare":
    case "And":
    case "Or":
    case "Not":
    case "When":
      return "truth";
  }
};
