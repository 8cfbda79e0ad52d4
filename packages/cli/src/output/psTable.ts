// What `ps` prints: docker compose's table, JSON lines, or the user's template.
import type { ObservedContainer } from "@composure/core/observed/Observed";
import { containerFields, type ContainerFields } from "./container.ts";
import { printRows, type Printed } from "./rows.ts";

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

/** Templates may ask a container for any of its labels. */
const withLabels = <A extends object>(row: A, label: (key: string) => string) => ({ ...row, Label: (key: unknown) => label(String(key)) });

/** `now` in unix seconds. */
export const printContainers = (
  containers: ReadonlyArray<ObservedContainer>,
  format: string,
  options: { readonly now: number; readonly full: boolean },
): Printed => {
  const fields = containers.map((container) => containerFields(container, options.now, options.full));
  const isTemplate = format.includes("{{");
  const rows = isTemplate ? fields.map((row, at) => withLabels(row, (key) => containers[at]?.labels[key] ?? "")) : fields;
  return printRows(rows, format, withLabels(headers, (key) => key.split(".").at(-1) ?? ""), defaultColumns);
};
