// Rows in the formats that docker's lists have: a table, JSON lines, or the user's template.
import { table } from "./table.ts";
import { goJson, parseTemplate, TemplateError } from "./template.ts";

export interface Printed {
  readonly text: string;
  /** Set when the format cannot be used. */
  readonly problem?: string;
}

/** The escapes people type in a shell: "\t" and "\n". */
const unescape = (format: string): string => format.replace(/\\t/g, "\t").replace(/\\n/g, "\n");

type Row = object;

const cell = (row: Row, column: string): string => String((row as Readonly<Record<string, unknown>>)[column]);

const render = (rows: ReadonlyArray<Row>, format: string, headers: Row, columns: ReadonlyArray<string>): string => {
  if (format === "json") return rows.map((row) => `${goJson(row)}\n`).join("");
  if (format === "table" || format === "") {
    return table([columns.map((column) => cell(headers, column)), ...rows.map((row) => columns.map((column) => cell(row, column)))]);
  }
  const isTable = /^table\s/.test(format);
  const template = parseTemplate(unescape(isTable ? format.slice(6) : format));
  if (!isTable) return rows.map((row) => `${template(row)}\n`).join("");
  return table([template(headers), ...rows.map(template)].map((line) => line.split("\t")));
};

/** `columns` are those of the plain table; `headers` name every field that a table of the user's may show. */
export const printRows = (rows: ReadonlyArray<Row>, format: string, headers: Row, columns: ReadonlyArray<string>): Printed => {
  try {
    return { text: render(rows, format, headers, columns) };
  } catch (error) {
    if (error instanceof TemplateError) return { text: "", problem: `template: ${error.message}` };
    throw error;
  }
};
