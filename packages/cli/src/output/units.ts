// Durations, sizes and times in docker's words.

/** docker's own rough words for a duration: "Less than a second", "About a minute", "3 days". */
export const roughly = (seconds: number): string => {
  const whole = Math.trunc(seconds);
  if (whole < 1) return "Less than a second";
  if (whole === 1) return "1 second";
  if (whole < 60) return `${whole} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(seconds / 3600 + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(seconds / 3600 / 24 / 365)} years`;
};

/** "0.3s", "12.0s", "1m05s". */
export const elapsed = (milliseconds: number): string => {
  const tenths = Math.round(Math.max(0, milliseconds) / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(tenths / 10);
  return `${Math.trunc(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
};

/** Bytes in decimal units, "1.5kB", as docker's progress prints them. */
export const size = (bytes: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(4))}${units[unit]}`;
};
