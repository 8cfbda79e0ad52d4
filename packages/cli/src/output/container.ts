// A container as `ps` shows it: the fields of docker compose's JSON and templates.
import type { ObservedContainer } from "@composure/core/observed/Observed";
import { cut } from "./style.ts";
import { displayPorts, publishers, type Publisher } from "./ports.ts";
import { roughly } from "./units.ts";

/** In the order of the keys that docker compose prints. */
export interface ContainerFields {
  readonly Command: string;
  readonly CreatedAt: string;
  readonly ExitCode: number;
  readonly Health: string;
  readonly ID: string;
  readonly Image: string;
  readonly Labels: string;
  readonly LocalVolumes: string;
  readonly Mounts: string;
  readonly Name: string;
  readonly Names: string;
  readonly Networks: string;
  readonly Ports: string;
  readonly Project: string;
  readonly Publishers: ReadonlyArray<Publisher>;
  readonly RunningFor: string;
  readonly Service: string;
  readonly Size: string;
  readonly State: string;
  readonly Status: string;
}

const label = (container: ObservedContainer, key: string): string => container.labels[`com.docker.compose.${key}`] ?? "";

// Go's time.Time.String() in local time. The zone's name is known to Intl only, which is dear to start; UTC needs none.
const goTime = (seconds: number): string => {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.trunc(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const named = offset === 0 ? "UTC" : new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(date).find((part) => part.type === "timeZoneName")?.value ?? "";
  const name = /^[A-Z]{2,5}$/.test(named) ? named : zone;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone} ${name}`;
};

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, (character) => `\\${character}`)}"`;

const mountNames = (container: ObservedContainer, full: boolean): string =>
  container.mounts
    .map((mount) => mount.name ?? mount.source)
    .map((name) => (full ? name : cut(name, 15)))
    .join(",");

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `now` in seconds; `full` is --no-trunc. */
export const containerFields = (container: ObservedContainer, now: number, full: boolean): ContainerFields => ({
  Command: quoted(full ? container.command : cut(container.command, 20)),
  // Few formats ask for it.
  get CreatedAt() {
    return goTime(container.createdAt);
  },
  ExitCode: container.exitCode ?? 0,
  Health: container.health === "none" ? "" : container.health,
  ID: full ? container.id : container.id.slice(0, 12),
  Image: container.image,
  Labels: Object.keys(container.labels).sort(byText).map((key) => `${key}=${container.labels[key]}`).join(","),
  LocalVolumes: String(container.mounts.filter((mount) => mount.type === "volume").length),
  Mounts: mountNames(container, full),
  Name: container.name,
  Names: container.name,
  Networks: container.endpoints.map((endpoint) => endpoint.network).sort(byText).join(","),
  Ports: displayPorts(container.ports),
  Project: label(container, "project"),
  Publishers: publishers(container.ports),
  RunningFor: `${roughly(now - container.createdAt)} ago`,
  Service: label(container, "service"),
  Size: "0B",
  State: container.state,
  Status: container.status,
});
