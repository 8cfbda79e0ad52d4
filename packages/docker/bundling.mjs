// A rolldown plugin that leaves out what dockerode loads at start and Composure never uses; half of a bundle's start is in it.
import { fileURLToPath } from "node:url";

const stub = (name) => fileURLToPath(new URL(`./src/stubs/${name}.cjs`, import.meta.url));

/** Which module, asked for by which package, becomes which stub. */
const STUBS = [
  { from: /[\\/]dockerode[\\/]lib[\\/]docker\.js$/, wanted: /^\.\/(session|buildkit)$/, stub: stub("absent") },
  { from: /[\\/]dockerode[\\/]lib[\\/]util\.js$/, wanted: /^(tar-fs|@balena\/dockerignore)$/, stub: stub("absent") },
  { from: /[\\/]docker-modem[\\/]lib[\\/]modem\.js$/, wanted: /^\.\/(ssh|http_duplex)$/, stub: stub("absent") },
  { from: /[\\/]docker-modem[\\/]lib[\\/]modem\.js$/, wanted: /^debug$/, stub: stub("silent") },
  { from: /[\\/]docker-modem[\\/]lib[\\/]modem\.js$/, wanted: /^util$/, stub: stub("unwritten") },
];

export const leanDocker = () => ({
  name: "lean-docker",
  resolveId(source, importer) {
    const match = STUBS.find(
      ({ from, wanted }) => wanted.test(source) && importer !== undefined && from.test(importer),
    );
    return match === undefined ? null : match.stub;
  },
});
