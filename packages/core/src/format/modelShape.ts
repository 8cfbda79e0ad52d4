// The shapes of the Compose model inside a plan, made from the field tables that also drive hashes and the decoder.
import type { Build } from "../model/Build.ts";
import type { Network, Volume } from "../model/Project.ts";
import type { Hook, Service, ServiceNetwork } from "../model/Service.ts";
import { type Fields, type Kind, networkFields, serviceFields, volumeFields } from "../print/fields.ts";
import { named, type Node, type Property, type Shape } from "./shape.ts";

const text: Node = { _tag: "Text" };
const whole: Node = { _tag: "Number", whole: true };
const textList: Node = { _tag: "List", of: text };
const nullable = (of: Node): Node => ({ _tag: "Nullable", of });

const struct = (entries: ReadonlyArray<readonly [string, Node]>): Node => ({
  _tag: "Struct",
  properties: entries.map(([name, node]) => ({ name, node, optional: true })),
});

const nodeOf = (kind: Kind): Node => {
  switch (kind._tag) {
    case "Text":
      return text;
    case "Flag":
      return { _tag: "Flag" };
    case "Integer":
    case "Bytes":
    case "Duration":
    case "FileMode":
    case "DeviceCount":
      return whole;
    case "Float32":
      return { _tag: "Number", whole: false };
    case "Command":
      return nullable(textList);
    case "HealthTest":
    case "Texts":
      return textList;
    case "TextMap":
      return { _tag: "MapOf", of: kind.form === "environment" ? nullable(text) : text };
    case "MultiOptions":
    case "Hosts":
      return { _tag: "MapOf", of: textList };
    case "Ulimit":
      return struct([
        ["single", whole],
        ["soft", whole],
        ["hard", whole],
      ]);
    case "EnvFile":
      return struct([
        ["path", text],
        ["required", { _tag: "Flag" }],
        ["format", text],
      ]);
    case "Ssh":
      return {
        _tag: "List",
        of: struct([
          ["id", text],
          ["path", text],
        ]),
      };
    case "Struct":
      return { _tag: "Struct", properties: propertiesOf(kind.fields) };
    case "List":
      return { _tag: "List", of: nodeOf(kind.of) };
    case "MapOf":
      return { _tag: "MapOf", of: kind.nullable ? nullable(nodeOf(kind.of)) : nodeOf(kind.of) };
  }
};

const propertiesOf = (fields: Fields): ReadonlyArray<Property> =>
  fields.map(({ name, kind }) => ({ name, node: nodeOf(kind), optional: true }));

const model = <A>(name: string, description: string, node: () => Node): Shape<A> =>
  named(name, description, () => ({ node: node() }));

const nested = (name: string): Kind => {
  const found = serviceFields.find((field) => field.name === name)?.kind;
  if (found === undefined) throw new Error(`no field ${name}`);
  return found._tag === "List" || found._tag === "MapOf" ? found.of : found;
};

export const serviceShape: Shape<Service> = model("service", "A service of the Compose model, as it will run.", () => ({
  _tag: "Struct",
  properties: [{ name: "name", node: text, optional: false }, ...propertiesOf(serviceFields)],
}));
export const buildShape: Shape<Build> = model("build", "How an image is built.", () => nodeOf(nested("build")));
export const hookShape: Shape<Hook> = model("hook", "A lifecycle hook.", () => nodeOf(nested("post_start")));
export const serviceNetworkShape: Shape<ServiceNetwork> = model(
  "serviceNetwork",
  "A service's settings in one network.",
  () => nodeOf(nested("networks")),
);
export const networkShape: Shape<Network> = model("network", "A top-level network.", () => ({
  _tag: "Struct",
  properties: propertiesOf(networkFields),
}));
export const volumeShape: Shape<Volume> = model("volume", "A top-level volume.", () => ({
  _tag: "Struct",
  properties: propertiesOf(volumeFields),
}));
