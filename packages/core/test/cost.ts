// What work costs: a machine under load takes longer by the clock, not by the processor.

/** Milliseconds of processor time. */
export const processorTime = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1_000;
};
