// What `ps` prints: docker compose's table, JSON lines, or the user's template.
import type { ObservedContainer } from "@composure/core/observed/Observed";
import { containerFields, type ContainerFields } from "./container.ts";
import { table } from "./table.ts";
import { goJson, parseTemplate, TemplateError, type Template } from "./template.ts";

const headers: Readonly<Record<string, string>> = {
  Command: "COMMAND",
  CreatedAt: "CREATED AT",
  ExitCode: "EXIT CODE",
  Health: "HEALTH",
  ID: "CONTAINER ID",
  Image: "IMAGE",
  Labels: "LABELS",
  LocalVolumes: "LOCAL VOLUMES",
  Mounts: "MOUNTS",
  Name: "NAME",
  Names: "NAMES",
  Networks: "NETWORKS",
  Ports: "PORTS",
  Project: "PROJECT",
  Publishers: "PUBLISHERS",
  RunningFor: "CREATED",
  Service: "SERVICE",
  Size: "SIZE",
  State: "STATE",
  Status: "STATUS",
};

const defaultColumns: ReadonlyArray<keyof ContainerFields> = ["Name", "Image", "Command", "Service", "RunningFor", "Status", "Ports"];

/** The escapes people type in a shell: "\t" and "\n". */
const unescape = (format: string): string => format.replace(/\\t/g, "\t").replace(/\\n/g, "\n");

const compile = (source: string): Template | string => {
  try {
    return parseTemplate(unescape(source));
  } catch (error) {
    if (error instanceof TemplateError) return `template: ${error.message}`;
    throw error;
  }
};

export interface Printed {
  readonly text: string;
  /** Set when the format cannot be used. */
  readonly problem?: string;
}

/** `now` in unix seconds. */
export const printContainers = (
  containers: ReadonlyArray<ObservedContainer>,
  format: string,
  options: { readonly now: number; readonly full: boolean },
): Printed => {
  const fields = containers.map((container) => containerFields(container, options.now, options.full));
  if (format === "json") return { text: fields.map((row) => `${goJson(row)}\n`).join("") };
  const rows = fields.map((row, at) => ({ ...row, Label: (key: unknown) => containers[at]?.labels[String(key)] ?? "" }));
  if (format === "table" || format === "") {
    const cells = rows.map((row) => defaultColumns.map((column) => String(row[column])));
    return { text: table([defaultColumns.map((column) => headers[column] as string), ...cells]) };
  }
  const isTable = /^table\s/.test(format);
  const template = compile(isTable ? format.slice(6) : format);
  if (typeof template === "string") return { text: "", problem: template };
  try {
    if (!isTable) return { text: rows.map((row) => `${template(row)}\n`).join("") };
    const head = template({ ...headers, Label: (key: unknown) => String(key).split(".").at(-1) ?? "" });
    return { text: table([head, ...rows.map((row) => template(row))].map((line) => line.split("\t"))) };
  } catch (error) {
    if (error instanceof TemplateError) return { text: "", problem: `template: ${error.message}` };
    throw error;
  }
};
