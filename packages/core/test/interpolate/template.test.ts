// Every form of a variable in a text, and what is wrong with those that are none.
import { describe, expect, test } from "vitest";
import { processorTime } from "../cost.ts";
import { parseTemplate, substitute } from "../../src/interpolate/template.ts";

const variables: Readonly<Record<string, string>> = { SET: "v", EMPTY: "", OTHER: "o" };
const lookup = (name: string): string | undefined => variables[name];
const value = (text: string): string => substitute(text, lookup).value;

describe("forms", () => {
  test.each([
    ["plain", "plain"],
    ["$SET ${SET}", "v v"],
    ["$SETX", ""],
    ["$$SET $$$SET", "$SET $v"],
    ["$1 $( $", "$1 $( $"],
    ["${UNSET:-d} ${EMPTY:-d} ${SET:-d}", "d d v"],
    ["${UNSET-d} ${EMPTY-d} ${SET-d}", "d  v"],
    ["${SET:+a} ${EMPTY:+a} ${UNSET:+a}", "a  "],
    ["${SET+a} ${EMPTY+a} ${UNSET+a}", "a a "],
    ["${SET:?m} ${EMPTY?m}", "v "],
    ["${UNSET-x:-y}", "x:-y"],
    ["${UNSET:-${OTHER}}", "o"],
    ["${UNSET:-${ALSO:-${OTHER}}}!", "o!"],
    ["${UNSET:-b} and ${OTHER:-d}", "b and o"],
    ['${UNSET:-{"k":"v"}}', '{"k":"v"}'],
    ["${UNSET:-x}}tail", "x}tail"],
    ["${UNSET:-}", ""],
    ["${UNSET:-$$x}", "$x"],
  ])("%s", (text, expected) => {
    expect(value(text)).toBe(expected);
  });
});

describe("problems", () => {
  const tags = (text: string): ReadonlyArray<string> => substitute(text, lookup).problems.map(({ _tag }) => _tag);

  test.each([
    ["${}", ["Invalid"]],
    ["${SET", ["Invalid"]],
    ["${SET!x}", ["Invalid"]],
    ["${UNSET:-a\nb}", ["Invalid"]],
    ["${1}", ["Invalid"]],
    ["${UNSET:?m}", ["Required"]],
    ["${EMPTY:?m}", ["Required"]],
    ["${A?x} ${B?y}", ["Required", "Required"]],
  ])("%j", (text, expected) => {
    expect(tags(text)).toEqual(expected);
  });

  test("a default is completed even when it is not used", () => {
    expect(tags("${SET:-${UNSET:?m}}")).toEqual(["Required"]);
    expect(substitute("${SET:-$UNSET}", lookup).unset).toEqual(["UNSET"]);
  });

  test("the message of a required variable is completed too", () => {
    expect(substitute("${UNSET:?no $SET}", lookup).problems).toEqual([
      { _tag: "Required", name: "UNSET", message: "no v" },
    ]);
  });
});

describe("hostile input", () => {
  test("nesting without end is refused", () => {
    const deep = `${"${A:-".repeat(10_000)}x${"}".repeat(10_000)}`;
    expect(substitute(deep, lookup).problems).toContainEqual({ _tag: "TooDeep" });
  });

  test("many open braces cost linear time", () => {
    const cost = processorTime(() => {
      substitute("${A:-".repeat(100_000), lookup);
      substitute("${A:-b}".repeat(20_000), lookup);
    });
    expect(cost).toBeLessThan(2_000);
  });

  test("pieces cover the whole text", () => {
    expect(parseTemplate("a$b${c:-d}e$$")).toEqual([
      { _tag: "Text", text: "a" },
      { _tag: "Variable", name: "b" },
      { _tag: "Operation", name: "c", operator: ":-", body: "d" },
      { _tag: "Text", text: "e" },
      { _tag: "Text", text: "$" },
    ]);
  });
});
