// Stands in a bundle for a part of dockerode that Composure never calls (ssh2, duplex streams with stdin, BuildKit sessions over gRPC, tar-fs).
"use strict";

const absent = () => {
  throw new Error("this part of dockerode is not in the bundle");
};
module.exports = Object.assign(absent, { pack: absent, followProgress: absent });
