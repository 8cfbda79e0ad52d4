// The small parts of output: log lines and prefixes, tables, ports, durations, templates, places in files.
import { describe, expect, it } from "vitest";
import { lineSplitter } from "../src/logs/lines.ts";
import { logName } from "../src/logs/names.ts";
import { apiTime } from "../src/logs/time.ts";
import { logWriter } from "../src/logs/Writer.ts";
import { renderDiagnostics } from "../src/output/diagnostics.ts";
import { displayPorts } from "../src/output/ports.ts";
import { cut, paint, width } from "../src/output/style.ts";
import { table } from "../src/output/table.ts";
import { goJson, parseTemplate } from "../src/output/template.ts";
import { elapsed, roughly, size } from "../src/output/units.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const plain = paint(false);

describe("log lines", () => {
  it("are put together from pieces that end anywhere, inside a character too", () => {
    const splitter = lineSplitter();
    const whole = bytes("grün\r\nblau\nrot");
    expect([...splitter.push(whole.slice(0, 3)), ...splitter.push(whole.slice(3, 9)), ...splitter.push(whole.slice(9))]).toEqual(["grün", "blau"]);
    expect(splitter.end()).toEqual(["rot"]);
    expect(splitter.end()).toEqual([]);
  });

  it("with times: an unterminated line is not glued to the next run's first", () => {
    const splitter = lineSplitter(true);
    const [first, second] = ["2026-01-01T00:00:00.000000001Z ", "2026-01-01T00:00:09.000000001Z "];
    expect([...splitter.push(bytes(`${first}half`)), ...splitter.push(bytes(`${second}next\n`))]).toEqual([`${first}half`, `${second}next`]);
  });

  it("with times: a line longer than a message is one line, with its first time", () => {
    const splitter = lineSplitter(true);
    const time = "2026-01-01T00:00:00.000000001Z ";
    const long = "x".repeat(16 * 1024);
    expect([...splitter.push(bytes(`${time}${long}`)), ...splitter.push(bytes(`${time}tail\n`))]).toEqual([`${time}${long}tail`]);
  });

  it("carry an aligned name, one colour per container, or no name", () => {
    const writer = logWriter({ prefix: true, paint: plain });
    writer.register("db-1");
    writer.register("worker-12");
    expect(writer.line("db-1", "ready")).toBe("db-1       | ready\n");
    expect(writer.line("worker-12", "ready", "T")).toBe("worker-12  | T ready\n");
    expect(writer.status("db-1", "exited with code 3")).toBe("db-1 exited with code 3\n");
    expect(logWriter({ prefix: false, paint: plain }).line("db-1", "ready")).toBe("ready\n");
    const coloured = logWriter({ prefix: true, paint: paint(true) });
    expect(coloured.line("a", "x")).toBe("\u001b[36ma  | \u001b[39mx\n");
    expect(coloured.line("b", "x")).toBe("\u001b[33mb  | \u001b[39mx\n");
    expect(coloured.line("a", "y")).toBe("\u001b[36ma  | \u001b[39my\n");
  });

  it("call containers by service and number, or by the user's own name", () => {
    const of = (name: string, service: string) => logName({ name, labels: { "com.docker.compose.service": service } }, "shop");
    expect(of("shop-web-1", "web")).toBe("web-1");
    expect(of("shop_web_1", "web")).toBe("web_1");
    expect(of("0123456789ab_shop-web-1", "web")).toBe("web-1");
    expect(of("shop-front", "web")).toBe("shop-front");
    expect(of("mine", "web")).toBe("mine");
  });

  it("since and until take durations and times, and nothing else", () => {
    expect(apiTime("42m", 100_000_000)).toBe("97480.000");
    expect(apiTime("1h30m", 10_000_000)).toBe("4600.000");
    expect(apiTime("2013-01-02T13:23:37Z", 0)).toBe("1357133017.000");
    expect(apiTime("1357133017.5", 0)).toBe("1357133017.5");
    expect(apiTime("yesterday", 0)).toBeUndefined();
    expect(apiTime("", 0)).toBeUndefined();
  });
});

describe("tables and numbers", () => {
  it("columns are at least ten wide with three spaces between", () => {
    expect(table([["A", "B", "C"], ["a long cell", "b", "c"]])).toBe("A             B         C\na long cell   b         c\n");
  });
  it("ports as docker joins them", () => {
    const port = (privately: number, publicly?: number, ip?: string, protocol = "tcp") => ({
      private: privately,
      protocol,
      ...(publicly === undefined ? {} : { public: publicly }),
      ...(ip === undefined ? {} : { ip }),
    });
    expect(displayPorts([port(5432)])).toBe("5432/tcp");
    expect(displayPorts([port(80, 8080, "0.0.0.0"), port(80, 8080, "::")])).toBe("0.0.0.0:8080->80/tcp, [::]:8080->80/tcp");
    expect(displayPorts([port(9001, 9001, "127.0.0.1"), port(9000, 9000, "127.0.0.1"), port(53, undefined, undefined, "udp")])).toBe("53/udp, 127.0.0.1:9000-9001->9000-9001/tcp");
  });
  it("durations in docker's rough words", () => {
    const words = [0.4, 1, 59, 60, 119, 120, 3600, 7200, 86_400 * 3, 86_400 * 20, 86_400 * 100, 86_400 * 800].map(roughly);
    expect(words).toEqual(["Less than a second", "1 second", "59 seconds", "About a minute", "About a minute", "2 minutes", "About an hour", "2 hours", "3 days", "2 weeks", "3 months", "2 years"]);
    expect([0, 349, 59_900, 65_000].map(elapsed)).toEqual(["0.0s", "0.3s", "59.9s", "1m05s"]);
    expect([0, 999, 1500, 12_345_678].map(size)).toEqual(["0B", "999B", "1.5kB", "12.35MB"]);
  });
  it("wide characters count for two cells", () => {
    expect(width("日本")).toBe(4);
    expect(cut("日本語", 5)).toBe("日本…");
    expect(cut("short", 10)).toBe("short");
  });
});

describe("templates", () => {
  const data = { Name: "web", Count: 3, Ports: [{ Port: 80 }, { Port: 81 }], Label: (key: unknown) => `<${String(key)}>` };
  const render = (source: string): string => parseTemplate(source)(data);
  it("know fields, methods, pipes, functions and blocks", () => {
    expect(render("{{.Name}}:{{.Count}}")).toBe("web:3");
    expect(render('{{.Label "a.b"}}')).toBe("<a.b>");
    expect(render("{{.Name | upper | printf \"%-5s|\"}}")).toBe("WEB  |");
    expect(render("{{if eq .Count 3}}three{{else}}other{{end}}")).toBe("three");
    expect(render("{{range .Ports}}{{.Port}} {{end}}")).toBe("80 81 ");
    expect(render("a {{- .Name -}} b")).toBe("awebb");
    expect(render("{{json .Ports}}")).toBe('[{"Port":80},{"Port":81}]');
  });
  it("refuse what they do not know", () => {
    for (const source of ["{{.Nope}}", "{{nope .Name}}", "{{", "{{end}}", "{{if .Name}}", "{{.Name .Count}}", "{{(.Name}}"]) expect(() => render(source), source).toThrow();
  });
  it("JSON escapes as Go does", () => expect(goJson("<a> & b")).toBe('"\\u003ca\\u003e \\u0026 b"'));
});

describe("problems in files", () => {
  it("stand with place, line, caret and hint; the path is short below the folder", () => {
    const text = renderDiagnostics(
      [{ severity: "error", code: "x", message: "it is wrong", path: "services.web", span: { file: "/shop/compose.yaml", line: 12, column: 5 }, snippet: "\t  web: true", hint: "do this" }],
      "/shop",
      plain,
    );
    expect(text).toBe("compose.yaml:12:5: error: services.web: it is wrong\n  12 | \t  web: true\n     | \t   ^\n  hint: do this\n");
  });
});
