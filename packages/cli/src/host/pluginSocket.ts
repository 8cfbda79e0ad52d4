// docker tells its plugins to end by closing a socket: whoever is started by `docker composure` ends when docker goes away.
import { connect } from "node:net";

/** Calls back when docker has gone; the result stops listening. Without a socket nothing is heard. */
export const onDockerGone = (env: Readonly<Record<string, string | undefined>>, gone: () => void): (() => void) => {
  const path = env["DOCKER_CLI_PLUGIN_SOCKET"] ?? "";
  if (path === "") return () => {};
  let connected = false;
  // "@name" is a socket without a file.
  const socket = connect(path.startsWith("@") ? `\0${path.slice(1)}` : path, () => {
    connected = true;
  });
  // It must not keep the process alive.
  socket.unref();
  socket.resume();
  socket.on("error", () => {});
  socket.once("close", () => {
    if (connected) gone();
  });
  return () => {
    connected = false;
    socket.destroy();
  };
};
