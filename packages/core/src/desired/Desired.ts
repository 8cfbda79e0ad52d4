// What the project asks of one engine: names, numbers, edges and hashes worked out, nothing compared yet.
import type { DependencyCondition, FileReference, Service, ServiceNetwork, StringMap } from "../model/Service.ts";
import type { Network, Volume } from "../model/Project.ts";
import type { BuildSecret, MountSpec } from "../plan/Operation.ts";

export interface ProjectIdentity {
  readonly name: string;
  readonly workingDir: string;
  readonly configFiles: ReadonlyArray<string>;
  /** Only those of --env-file. */
  readonly envFiles: ReadonlyArray<string>;
  /** "-", or "_" in compatibility mode. */
  readonly separator: "-" | "_";
}

export type EdgeKind = "depends_on" | "link" | "namespace" | "volumes_from";

/** Why one service must wait for, or follow, another. */
export interface Edge {
  readonly service: string;
  readonly condition: DependencyCondition;
  readonly required: boolean;
  /** Restart the dependent when the dependency was replaced. */
  readonly restart: boolean;
  /** `namespace` and `volumes_from` cannot outlive the dependency's container: they are replaced with it. */
  readonly kind: EdgeKind;
}

/** A network attachment, in connect order (priority descending, then key). */
export interface DesiredEndpoint {
  readonly key: string;
  /** The network's real name. */
  readonly network: string;
  readonly settings: ServiceNetwork | null;
}

/** A file to put into the container before every start (configs and secrets with `content` or `environment`). */
export interface InjectedFile {
  readonly kind: "config" | "secret";
  /** The top-level key; the content is looked up at execution and never stands in a plan. */
  readonly key: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly uid: string;
  readonly gid: string;
  readonly mode: number;
}

/** A config or secret kept in a file of the host: mounted read-only. */
export interface FileMount {
  readonly reference: FileReference;
  readonly kind: "config" | "secret";
  readonly source: string;
  readonly target: string;
}

/** A model that a service uses: what docker's model runner calls it, and the variables that tell the service. */
export interface DesiredModel {
  readonly key: string;
  readonly reference: string;
  readonly contextSize?: number;
  readonly runtimeFlags: ReadonlyArray<string>;
  readonly endpointVariable: string;
  readonly modelVariable: string;
}

export interface DesiredService {
  readonly name: string;
  readonly service: Service;
  /** The image to run: `image`, or `<project>-<service>` when only built. */
  readonly image: string;
  /** Of the image and its containers; absent means the engine's own. */
  readonly platform?: string;
  readonly replicas: number;
  readonly edges: ReadonlyArray<Edge>;
  readonly endpoints: ReadonlyArray<DesiredEndpoint>;
  /** Top-level keys of the named volumes it mounts. */
  readonly volumes: ReadonlyArray<string>;
  readonly files: ReadonlyArray<InjectedFile>;
  readonly fileMounts: ReadonlyArray<FileMount>;
  /** All mounts with real names: volumes, binds, and the file mounts. Nothing is inherited yet. */
  readonly mounts: ReadonlyArray<MountSpec>;
  readonly models: ReadonlyArray<DesiredModel>;
  /** Of its build. */
  readonly buildSecrets: ReadonlyArray<BuildSecret>;
  /** A digest of the injected files with their contents; absent without such files. */
  readonly filesDigest?: string;
  /** A digest of the contents of its file mounts; absent when there are none, or when nobody looked (see hostFiles.ts). */
  readonly hostFilesDigest?: string;
  /** The value of the label `com.docker.compose.depends_on`. */
  readonly dependsOnLabel: string;
}

export interface DesiredNetwork {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
  readonly network: Network;
  readonly hash: string;
}

export interface DesiredVolume {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
  readonly volume: Volume;
  readonly hash: string;
}

/** Everything is sorted by name or key, so that the order in the file never shows. */
export interface Desired {
  readonly project: ProjectIdentity;
  /** Who asks for it; new containers say so in a label. */
  readonly deployer?: string;
  readonly services: ReadonlyArray<DesiredService>;
  readonly networks: ReadonlyArray<DesiredNetwork>;
  readonly volumes: ReadonlyArray<DesiredVolume>;
  /**
   * Services of the file that are not part of this run, as far as they are known in full: they are touched only when
   * their container cannot outlive a replaced one.
   */
  readonly bystanders: ReadonlyArray<DesiredService>;
  /** Services that are not part of this run but whose builds are: `service:` contexts name them. */
  readonly bases: ReadonlyArray<DesiredService>;
  /** Services that exist in the file but are not part of this run (profile off, or not selected): never orphans. */
  readonly otherServices: ReadonlyArray<string>;
  /** docker's client proxies from config.json, added to every container's environment unless it sets them itself. */
  readonly proxyEnvironment: StringMap;
}
