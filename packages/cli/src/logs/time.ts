// --since and --until as the API takes them.

/** "42m", "1h30m", "2013-01-02T13:23:37Z", "2013-01-02", unix seconds; undefined when it is none of them. */
export const apiTime = (text: string, now: number): string | undefined => {
  if (/^\d+(\.\d+)?$/.test(text)) return text;
  const span = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(text);
  if (span !== null && text !== "") {
    const [, hours = "0", minutes = "0", seconds = "0", milliseconds = "0"] = span;
    const back = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(milliseconds) / 1000;
    return (now / 1000 - back).toFixed(3);
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : (time / 1000).toFixed(3);
};
