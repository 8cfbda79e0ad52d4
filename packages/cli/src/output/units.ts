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

const inUnits = (bytes: number, base: number, units: ReadonlyArray<string>, digits: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  return `${Number(value.toPrecision(digits))}${units[unit]}`;
};

const decimal = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Bytes in decimal units, "1.5kB", as docker's progress prints them. */
export const size = (bytes: number): string => inUnits(bytes, 1000, decimal, 4);

/** The same with three digits, as in docker's lists. */
export const listedSize = (bytes: number): string => inUnits(bytes, 1000, decimal, 3);

/** Bytes in units of 1024, "23.54GiB", as docker tells memory. */
export const binarySize = (bytes: number): string => inUnits(bytes, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"], 4);
