// viz: the services and who depends on whom, in Graphviz' language.
import type { Project } from "@composure/core/model/Project";
import type { PortConfig, Service } from "@composure/core/model/Service";
import type { vizSpec } from "../argv/specs/drawing.ts";
import { loadFiles } from "../load/source.ts";
import { printWarnings } from "../load/warnings.ts";
import { printFailure, refuse } from "../pipeline/Failure.ts";
import { withSession } from "../session.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof vizSpec>["options"];

/** Text of a label that Graphviz reads as markup. */
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const quote = (text: string): string => `"${text.replaceAll('"', '\\"')}"`;

const section = (title: string, lines: ReadonlyArray<string>): string =>
  `<font point-size="10"><br/><br/><b>${title}:</b>${lines.map((line) => `<br/>${escape(line)}`).join("")}</font>`;

const portText = ({ host_ip, published, target, protocol, mode }: PortConfig): string =>
  `${host_ip === undefined || host_ip === "" ? "" : `${host_ip}:`}${published ?? ""}:${target} (${protocol ?? "tcp"}, ${mode ?? "ingress"})`;

const label = (name: string, service: Service, options: Options): string => {
  const networks = Object.keys(service.networks ?? {}).sort();
  const ports = service.ports ?? [];
  return [
    `<font point-size="15">${escape(name)}</font>`,
    options.networks && networks.length > 0 ? section("Networks", networks) : "",
    options.ports && ports.length > 0 ? section("Ports", ports.map(portText)) : "",
    options.image ? section("Image", [service.image ?? "(built)"]) : "",
  ].join("");
};

export const drawServices = ({ name, services }: Project, options: Options): string => {
  const indent = (options.spaces ? " " : "\t").repeat(options.indentationSize);
  const names = Object.keys(services).sort();
  const nodes = names.map((service) => `${indent}${quote(service)} [style="filled" label=<${label(service, services[service] as Service, options)}>];`);
  const edges = names.flatMap((service) => {
    const needed = Object.keys(services[service]?.depends_on ?? {}).sort();
    return needed.length === 0 ? [] : [`${indent}${quote(service)} -> ${needed.map(quote).join(" ")};`];
  });
  const separate = edges.map((line) => line.replace(/-> (.*);$/, (_, targets: string) => (/" "/.test(targets) ? `-> {${targets}};` : `-> ${targets};`)));
  return [`digraph ${quote(name)} {`, `${indent}layout=dot;`, ...nodes, "", ...separate, "}", ""].join("\n");
};

export const run: Run<typeof vizSpec> = ({ globals, options }, host) =>
  withSession(globals, host, async (session) => {
    if (options.indentationSize < 0) {
      await printFailure(refuse("--indentation-size must not be negative"), host, session.settings);
      return 1;
    }
    const loaded = await loadFiles(globals, host, { services: [] });
    if (loaded._tag === "Invalid") {
      await printFailure(loaded, host, session.settings);
      return 1;
    }
    await printWarnings(loaded.warnings, session);
    await host.stdout.write(drawServices(loaded.project, options));
    return 0;
  });
