// Numbers and times as people read them.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What stands where nothing is known. */
export const UNKNOWN = "–";

const TIME = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const DATE_TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const COUNT = new Intl.NumberFormat("en-GB");

/** A length of time in its largest unit and the one below: "3 h 20 min". */
export function duration(lengthMs: number): string {
  const ms = Math.max(0, lengthMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return pair(ms, MINUTE_MS, "min", SECOND_MS, "s");
  if (ms < DAY_MS) return pair(ms, HOUR_MS, "h", MINUTE_MS, "min");
  return pair(ms, DAY_MS, "d", HOUR_MS, "h");
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string) {
  const rest = Math.floor((ms % large) / small);
  const first = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** How long ago something was, or {@link UNKNOWN}. */
export function ago(atMs: number | undefined, nowMs: number): string {
  return atMs === undefined ? UNKNOWN : duration(nowMs - atMs);
}

/** A short time, with as many digits as are of interest: "0.42 ms", "12 ms", "1.3 s". */
export function milliseconds(lengthMs: number | undefined): string {
  if (lengthMs === undefined) return UNKNOWN;
  if (lengthMs >= SECOND_MS) return `${(lengthMs / SECOND_MS).toFixed(1)} s`;
  if (lengthMs >= 10) return `${Math.round(lengthMs)} ms`;
  return `${lengthMs.toFixed(lengthMs >= 1 ? 1 : 2)} ms`;
}

/** Bytes in units of 1,000. */
export function bytes(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} GB`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} MB`;
  if (count >= 1e3) return `${(count / 1e3).toFixed(1)} kB`;
  return `${Math.round(count)} B`;
}

/** A count with its thousands parted. */
export function count(of: number): string {
  return COUNT.format(of);
}

/** A count and the word for what is counted. */
export function counted(of: number, one: string, many = `${one}s`): string {
  return `${count(of)} ${of === 1 ? one : many}`;
}

/** The time of day. */
export function timeOfDay(atMs: number): string {
  return TIME.format(atMs);
}

/** Day and time, or {@link UNKNOWN}. */
export function dateTime(atMs: number | undefined): string {
  return atMs === undefined ? UNKNOWN : DATE_TIME.format(atMs);
}
