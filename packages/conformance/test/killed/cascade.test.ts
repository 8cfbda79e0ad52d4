// SIGKILL at every engine request: whatever the moment, the next up converges, keeps the data and leaves no half-made container.
import { killedReplacing, type Victim } from "./killing.ts";

const cascade: Victim = {
  tag: "cascade",
  name: "three services that share one's namespaces and volumes",
  file: (marker) => `services:
  pod:
    image: composure/test-db:1
    environment: {MARKER: ${marker}}
  mesh:
    image: composure/test-idle
    network_mode: service:pod
  collector:
    image: composure/test-idle
    volumes_from: [pod]
    depends_on: [mesh]
`,
  containers: ["collector-1", "mesh-1", "pod-1"],
  marked: "pod-1",
  kept: { container: "pod-1", path: "/var/lib/postgresql/data" },
};

killedReplacing(cascade);
