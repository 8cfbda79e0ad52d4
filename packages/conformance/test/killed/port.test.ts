// SIGKILL at every engine request: whatever the moment, the next up converges, keeps the data and leaves no half-made container.
import { alone, killedReplacing } from "./killing.ts";

killedReplacing(alone("port", "one that publishes a port, too", `\n    ports: ["127.0.0.1:\${WEB_PORT}:80"]`));
