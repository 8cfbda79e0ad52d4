// SIGKILL at every engine request: whatever the moment, the next up converges, keeps the data and leaves no half-made container.
import { alone, killedReplacing } from "./killing.ts";

killedReplacing(alone("plain", "a service with an anonymous volume", ""));
