// Mounts as the engine takes them: short binds where they say everything, the Mounts list where they do not.
// Source: engine API 1.41 (HostConfig.Binds, HostConfig.Mounts), with the fields later versions added.
import type { MountSpec } from "@composure/core/plan/Operation";
import { anyDefined, defined } from "./drop.ts";

type Bind = Extract<MountSpec, { readonly _tag: "Bind" }>;
type Volume = Extract<MountSpec, { readonly _tag: "Volume" }>;

/** One mount is either a `Binds` line or a `Mounts` object. */
type Encoded =
  | { readonly _tag: "Line"; readonly line: string }
  | { readonly _tag: "Object"; readonly mount: Readonly<Record<string, unknown>> };

const line = (
  source: string,
  target: string,
  readOnly: boolean,
  ...options: ReadonlyArray<string | undefined>
): Encoded => ({
  _tag: "Line",
  line: [
    source,
    target,
    [readOnly ? "ro" : "rw", ...options.filter((option) => option !== undefined && option !== "")].join(","),
  ].join(":"),
});
const object = (fields: Readonly<Record<string, unknown>>): Encoded => ({ _tag: "Object", mount: defined(fields) });
const readOnly = (value: boolean): true | undefined => (value ? true : undefined);

const encodeBind = (mount: Bind, hasCreateMountpoint: boolean): Encoded => {
  const speakable = !mount.source.includes(":") && !mount.target.includes(":");
  if (mount.createHostPath && mount.recursive === undefined && speakable) {
    if (mount.propagation === undefined) return line(mount.source, mount.target, mount.readOnly, mount.selinux);
    // Before API 1.42 only a line makes the missing folder.
    if (!hasCreateMountpoint) return line(mount.source, mount.target, mount.readOnly, mount.selinux, mount.propagation);
  }
  return object({
    Type: "bind",
    Source: mount.source,
    Target: mount.target,
    ReadOnly: readOnly(mount.readOnly),
    Consistency: mount.consistency,
    BindOptions: anyDefined({
      Propagation: mount.propagation,
      CreateMountpoint: mount.createHostPath ? true : undefined,
      NonRecursive: mount.recursive === "disabled" ? true : undefined,
      ReadOnlyNonRecursive: mount.recursive === "writable" ? true : undefined,
      ReadOnlyForceRecursive: mount.recursive === "readonly" ? true : undefined,
    }),
  });
};

const encodeVolume = (mount: Volume): Encoded => {
  const options = anyDefined({
    NoCopy: mount.nocopy === true ? true : undefined,
    Labels: mount.labels,
    Subpath: mount.subpath,
    DriverConfig: mount.driver === undefined ? undefined : { Name: mount.driver },
  });
  if (mount.name !== undefined && !mount.inherited && options === undefined && !mount.target.includes(":"))
    return line(mount.name, mount.target, mount.readOnly);
  return object({
    Type: "volume",
    Source: mount.name,
    Target: mount.target,
    ReadOnly: readOnly(mount.readOnly),
    VolumeOptions: options,
  });
};

const encode = (mount: MountSpec, hasCreateMountpoint: boolean): Encoded => {
  switch (mount._tag) {
    case "Bind":
      return encodeBind(mount, hasCreateMountpoint);
    case "Volume":
      return encodeVolume(mount);
    case "Tmpfs":
      return object({
        Type: "tmpfs",
        Target: mount.target,
        ReadOnly: readOnly(mount.readOnly),
        TmpfsOptions: anyDefined({ SizeBytes: mount.size, Mode: mount.mode }),
      });
    case "Image":
      return object({
        Type: "image",
        Source: mount.source,
        Target: mount.target,
        ImageOptions: anyDefined({ Subpath: mount.subpath }),
      });
    case "NamedPipe":
      return object({ Type: "npipe", Source: mount.source, Target: mount.target });
  }
};

export interface EncodedMounts {
  readonly Binds: ReadonlyArray<string>;
  readonly Mounts: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

/** Keeps the order of the specification within each of the two lists. */
export const encodeMounts = (mounts: ReadonlyArray<MountSpec>, hasCreateMountpoint: boolean): EncodedMounts => {
  const encoded = mounts.map((mount) => encode(mount, hasCreateMountpoint));
  return {
    Binds: encoded.flatMap((mount) => (mount._tag === "Line" ? [mount.line] : [])),
    Mounts: encoded.flatMap((mount) => (mount._tag === "Object" ? [mount.mount] : [])),
  };
};
