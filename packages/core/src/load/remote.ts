// Recognises references to files that are not on this machine. Source: the remote loaders of docker compose 2.40.3.
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault, type Place } from "../source/problem.ts";

const GIT = /^(?:git@|git:\/\/|ssh:\/\/|github\.com\/|https?:\/\/[^#]*\.git(?:#.*)?$|[\w-]+@[\w.-]+:)/i;

export const isRemote = (reference: string): boolean => reference.startsWith("oci://") || GIT.test(reference);

export const refuseRemote = (reference: string, at: Place): Diagnostic =>
  fault(
    "remote-file",
    `"${reference.replace(/\/\/[^@/]*@/, "//")}" is a remote file, which is not supported here: loading never uses the network`,
    at,
    "Clone or download it first, and name the local copy.",
  );
