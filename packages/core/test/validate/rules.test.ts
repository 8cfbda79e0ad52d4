// Rules inside one resource, and IP addresses.
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../src/parse/yaml.ts";
import type { Tree } from "../../src/source/Tree.ts";
import { isIpAddress } from "../../src/validate/ip.ts";
import { validateModel } from "../../src/validate/rules.ts";

const faults = (text: string): ReadonlyArray<string> =>
  validateModel((parseYaml(text, "compose.yaml").documents[0] as { tree: Tree }).tree).map(
    ({ code, path, span }) => `${span?.line}:${span?.column} ${code} ${path}`,
  );

describe("validateModel", () => {
  it.each([
    ["volumes: {v: {external: true, name: n, x-a: 1}, w: {external: false, driver: d}, x: }", []],
    [
      "volumes: {v: {external: true, driver: d, labels: {a: b}}}",
      ["1:39 external-conflict volumes.v.driver", "1:42 external-conflict volumes.v.labels"],
    ],
    ["configs: {a: {file: f}, b: {content: c}, c: {external: true}, d: {driver: x}}", []],
    ["configs: {a: {file: f, content: c}}", ["1:33 source-conflict configs.a.content"]],
    ["configs: {a: {name: n}}", ["1:14 source-missing configs.a"]],
    ["secrets: {a: {file: f, environment: E}}", ["1:37 source-conflict secrets.a.environment"]],
    [
      "services: {a: {ports: [{target: 80, host_ip: 1.2.3.4}, {target: 81, host_ip: localhost}]}}",
      ["1:78 invalid-value services.a.ports[1].host_ip"],
    ],
    ["services: {a: {gpus: [{count: 1, device_ids: [x]}]}}", ["1:31 source-conflict services.a.gpus[0].count"]],
    ["services: {a: {develop: {watch: [{path: ''}]}}}", ["1:41 invalid-value services.a.develop.watch[0].path"]],
  ])("%s", (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });
});

describe("isIpAddress", () => {
  it.each(["1.2.3.4", "0.0.0.0", "::", "::1", "1::", "a:b:c:d:e:f:1:2", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4"])(
    "%s is",
    (text) => {
      expect(isIpAddress(text)).toBe(true);
    },
  );
  it.each([
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    ":::",
    "1:2",
    "g::",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "fe80::1%eth0",
    "1.2.3.4:80",
    "::1.2.3",
    "12345::",
  ])("%s is not", (text) => {
    expect(isIpAddress(text)).toBe(false);
  });
});
