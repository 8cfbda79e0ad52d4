// Whether an assertion holds in a simulation: at which moment it does not, what the values were, what was under way.
import type { Level, ServiceCourse } from "../course.ts";
import type { Rehearsal } from "../rehearse.ts";
import type { StepSpan } from "../Timeline.ts";
import { spell } from "../picture/scale.ts";
import type { Millis } from "../World.ts";
import { type Assertion, type Comparison, type Expression, typeOf } from "./Expression.ts";

/** An assertion that does not hold. */
export interface Violation {
  readonly assertion: string;
  /** Milliseconds since the beginning; null when it is not about a moment. */
  readonly at: Millis | null;
  /** When it holds again; null: not any more. */
  readonly until: Millis | null;
  /** "healthy(web) is 0". */
  readonly because: string;
  /** "#12 StopContainer shop-web-1": what was under way about it. */
  readonly during: string | null;
}

type Value = number | boolean;

interface Scene {
  readonly rehearsal: Rehearsal;
  readonly moments: ReadonlyArray<Millis>;
}

const countAt = (levels: ReadonlyArray<Level>, at: Millis): number => levels.findLast(({ from }) => from <= at)?.count ?? 0;

const courseOf = ({ rehearsal }: Scene, service: string): ServiceCourse | undefined => rehearsal.services.find((course) => course.service === service);

/** From when on as many serve as should, without a break; Infinity if they do not in the end. */
const readySince = (course: ServiceCourse): Millis => {
  const lacking = course.healthy.findLastIndex(({ count }) => count < course.wanted);
  return lacking === course.healthy.length - 1 ? Infinity : (course.healthy[lacking + 1]?.from ?? 0);
};

const ofService = (course: ServiceCourse | undefined, name: Extract<Expression, { _tag: "OfService" }>["name"]): number => {
  switch (name) {
    case "downtime":
      return course?.unavailable ?? 0;
    case "lowest":
      return course?.lowest ?? 0;
    case "replicas":
      return course?.wanted ?? 0;
    case "ready":
      return course === undefined ? Infinity : readySince(course);
  }
};

const ofRun = ({ rehearsal }: Scene, name: Extract<Expression, { _tag: "OfRun" }>["name"]): number => {
  switch (name) {
    case "duration":
      return rehearsal.timeline.ended;
    case "exitcode":
      return rehearsal.exitCode;
    case "failed":
      return rehearsal.timeline.steps.filter(({ outcome }) => outcome === "failed").length;
  }
};

const compare = (by: Comparison, left: number, right: number): boolean => {
  switch (by) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "==":
      return left === right;
    case "!=":
      return left !== right;
  }
};

const value = (scene: Scene, expression: Expression, at: Millis): Value => {
  const number = (part: Expression): number => Number(value(scene, part, at));
  const holds = (part: Expression): boolean => Boolean(value(scene, part, at));
  switch (expression._tag) {
    case "Number":
    case "Duration":
      return expression.value;
    case "Momentary":
      return countAt(courseOf(scene, expression.service)?.[expression.name] ?? [], at);
    case "OfService":
      return ofService(courseOf(scene, expression.service), expression.name);
    case "OfRun":
      return ofRun(scene, expression.name);
    case "Sum":
      return expression.sign === "+" ? number(expression.left) + number(expression.right) : number(expression.left) - number(expression.right);
    case "Compare":
      return compare(expression.by, number(expression.left), number(expression.right));
    case "And":
      return holds(expression.left) && holds(expression.right);
    case "Or":
      return holds(expression.left) || holds(expression.right);
    case "Not":
      return !holds(expression.of);
    case "When":
      return when(scene, expression);
  }
};

const when = (scene: Scene, { when: quantifier, of }: Extract<Expression, { _tag: "When" }>): boolean => {
  const at = (moment: Millis): boolean => Boolean(value(scene, of, moment));
  switch (quantifier) {
    case "always":
      return scene.moments.every(at);
    case "ever":
      return scene.moments.some(at);
    case "finally":
      return at(scene.moments.at(-1) ?? 0);
  }
};

const spelt = (expression: Expression, is: Value): string => {
  if (is === Infinity) return "never";
  return typeOf(expression) === "duration" ? spell(Number(is)) : String(is);
};

/** The functions in it with their values, once each. */
const leaves = (scene: Scene, expression: Expression, at: Millis): ReadonlyArray<string> => {
  const is = (text: string): ReadonlyArray<string> => [`${text} is ${spelt(expression, value(scene, expression, at))}`];
  switch (expression._tag) {
    case "Number":
    case "Duration":
      return [];
    case "Momentary":
    case "OfService":
      return is(`${expression.name}(${expression.service})`);
    case "OfRun":
      return is(`${expression.name}()`);
    case "Sum":
    case "Compare":
    case "And":
    case "Or":
      return [...leaves(scene, expression.left, at), ...leaves(scene, expression.right, at)];
    case "Not":
      return leaves(scene, expression.of, at);
    case "When":
      return leaves(scene, expression.of, expression.when === "finally" ? (scene.moments.at(-1) ?? 0) : (scene.moments.find((moment) => !value(scene, expression.of, moment)) ?? at));
  }
};

/** Whether its truth changes from moment to moment, and of which services. */
const moving = (expression: Expression): ReadonlySet<string> => {
  switch (expression._tag) {
    case "Number":
    case "Duration":
    case "OfService":
    case "OfRun":
    case "When":
      return new Set();
    case "Momentary":
      return new Set([expression.service]);
    case "Sum":
    case "Compare":
    case "And":
    case "Or":
      return new Set([...moving(expression.left), ...moving(expression.right)]);
    case "Not":
      return moving(expression.of);
  }
};

/** The step of one of the services that was under way then, or had ended last. */
const stepAt = (steps: ReadonlyArray<StepSpan>, services: ReadonlySet<string>, at: Millis): string | null => {
  const own = steps.filter(({ address, from }) => from <= at && services.has(address.split(":")[1] ?? "") && address.startsWith("service:"));
  const step = own.findLast(({ to }) => to === null || to >= at) ?? own.at(-1);
  return step === undefined ? null : `#${step.step} ${step.text}`;
};

const momentsOf = ({ services, timeline }: Rehearsal): ReadonlyArray<Millis> => [...new Set([0, ...services.flatMap(({ healthy, running }) => [...healthy, ...running].map(({ from }) => from))])].filter((at) => at === 0 || at < timeline.until).toSorted((a, b) => a - b);

/** Undefined when it holds. What speaks of moments must hold at all of them. */
export const violationOf = ({ text, expression }: Assertion, rehearsal: Rehearsal): Violation | undefined => {
  const scene: Scene = { rehearsal, moments: momentsOf(rehearsal) };
  const inner = expression._tag === "When" && expression.when === "always" ? expression.of : expression;
  const services = moving(inner);
  const at = scene.moments.findIndex((moment) => !value(scene, inner, moment));
  if (at < 0) return undefined;
  const moment = scene.moments[at] as Millis;
  const because = [...new Set(leaves(scene, inner, moment))].join(", ");
  if (services.size === 0) return { assertion: text, at: null, until: null, because, during: null };
  const again = scene.moments.find((later) => later > moment && Boolean(value(scene, inner, later)));
  return { assertion: text, at: moment, until: again ?? null, because, during: moment === 0 ? null : stepAt(rehearsal.timeline.steps, services, moment) };
};

/** "healthy(web) >= 1 does not hold from 2.9s to 3.1s: healthy(web) is 0 (during #12 StopContainer shop-web-1)". */
export const violationText = ({ assertion, at, until, because, during }: Violation): string => {
  const span = at === null ? "" : at === 0 && until === null ? " at any moment" : ` from ${spell(at)} ${until === null ? "on" : `to ${spell(until)}`}`;
  const first = at === 0 && until !== null ? "; finally(…) looks at the end only, downtime(…) counts from when a service first serves" : "";
  return `${assertion} does not hold${span}: ${because}${during === null ? "" : ` (${during})`}${first}`;
};
