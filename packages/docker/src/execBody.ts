// The body of POST /containers/{id}/exec (API 1.41).
import type { Command } from "@composure/engine/Engine";

export interface ExecConnection {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly tty: boolean;
  readonly detachKeys?: string;
}

export const execBody = (command: Command, connect: ExecConnection): object => ({
  AttachStdin: connect.stdin,
  AttachStdout: connect.stdout,
  AttachStderr: connect.stdout,
  Tty: connect.tty,
  ...(connect.detachKeys === undefined ? {} : { DetachKeys: connect.detachKeys }),
  Cmd: [...command.argv],
  Env: [...command.environment],
  Privileged: command.privileged,
  ...(command.user === undefined ? {} : { User: command.user }),
  ...(command.workingDir === undefined ? {} : { WorkingDir: command.workingDir }),
});
