// Path arithmetic on POSIX paths, and recognising Windows ones. Pure: nothing looks at a file system.
// Source: path and path/filepath of Go, which docker compose uses.

/** The shortest equal path: no `.`, no `..` after a name, no doubled or trailing slash; "" is ".". */
export const cleanPath = (path: string): string => {
  const rooted = path.startsWith("/");
  const parts: Array<string> = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!rooted) parts.push("..");
  }
  const joined = parts.join("/");
  return rooted ? `/${joined}` : joined === "" ? "." : joined;
};

/** Cleaned; empty parts do not count. */
export const joinPath = (...parts: ReadonlyArray<string>): string => {
  const written = parts.filter((part) => part !== "");
  return written.length === 0 ? "" : cleanPath(written.join("/"));
};

export const isAbsolute = (path: string): boolean => path.startsWith("/");

/** `c:\x`, `c:/x`, `\\host\share`, `\\.\pipe\x`: paths a Linux client must leave alone. */
export const isWindowsAbsolute = (path: string): boolean =>
  /^.:[\\/]/s.test(path) || (/^[\\/]{2}/.test(path) && windowsRoot(path));

// Two slashes begin a UNC or device path only when a host and a share follow.
const windowsRoot = (path: string): boolean => /^[\\/]{2}[.?][\\/]?/.test(path) || /^[\\/]{2}[^\\/]+/.test(path);

/** The folder of a file. */
export const folderOf = (path: string): string => {
  const at = path.lastIndexOf("/");
  return at < 0 ? "." : cleanPath(path.slice(0, at + 1));
};

/** `to` as seen from the folder `from`; both absolute. */
export const relativePath = (from: string, to: string): string => {
  const a = cleanPath(from).split("/").filter(Boolean);
  const b = cleanPath(to).split("/").filter(Boolean);
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
  const steps = [...a.slice(shared).map(() => ".."), ...b.slice(shared)];
  return steps.length === 0 ? "." : steps.join("/");
};
