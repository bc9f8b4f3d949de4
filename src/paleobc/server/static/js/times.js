// Times in words.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span of seconds as a running step shows it: short, as its box is. */
export function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 100) return `${whole} s`;
  return whole < 100 * MINUTE ? `${Math.floor(whole / MINUTE)} min` : `${Math.floor(whole / HOUR)} h`;
}

/** How long ago a time is, in words; empty where a date says more. */
export function ago(time, now) {
  const seconds = (now - time) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < HOUR) return `${Math.max(1, Math.round(seconds / MINUTE))} min ago`;
  if (seconds < DAY) return `${Math.round(seconds / HOUR)} h ago`;
  return "";
}

/** Show all times of a part of the page in the reader's own time zone. */
export function showTimes(root, now = Date.now()) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const time = new Date(element.dateTime);
    if (Number.isNaN(time.getTime())) continue;
    const whole = time.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    element.textContent = ago(time.getTime(), now) || whole;
    element.title = whole;
  }
}
