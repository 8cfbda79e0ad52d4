// The name of a container in log lines: without the project before it, unless the user chose the name.
import type { StringMap } from "@composure/core/model/Service";

/**
 * "web-1" for the container "demo-web-1" of project demo; a name of the user's own stays whole. During a replacement
 * the successor has a temporary name, "0123456789ab_demo-web-1", which nobody wants to read.
 */
export const logName = (container: { readonly name: string; readonly labels: StringMap }, project: string): string => {
  const service = container.labels["com.docker.compose.service"] ?? "";
  const name = container.name.replace(/^[0-9a-f]{12}_/, "");
  for (const separator of ["-", "_"]) {
    const prefix = `${project}${separator}`;
    if (name.startsWith(`${prefix}${service}${separator}`)) return name.slice(prefix.length);
  }
  return name;
};
