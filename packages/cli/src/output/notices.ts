// Which notices are warnings.
import type { Notice } from "@composure/core/plan/Plan";

export const isWarning = (notice: Notice): boolean => {
  switch (notice._tag) {
    case "OrphansFound":
    case "UnlabelledNetwork":
    case "UnlabelledVolume":
    case "VolumeKept":
    case "Warning":
      return true;
    case "StopFirst":
    case "Resumed":
    case "NothingToDo":
      return false;
  }
};
