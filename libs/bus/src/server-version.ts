/** Older ones know no atomic batches with scheduled messages: turns cannot be committed. */
export const SERVER_LEAST = "2.14.0";
/** From here on scheduled messages in atomic batches and purges by header are right (deploy/nats/values.yaml). */
export const SERVER_WANTED = "2.14.5";

/** What a nats-server of that version is to us: `wanted`, `older` (works, with known defects) or `too-old`. */
export function judgeServer(version: string): "wanted" | "older" | "too-old" {
  if (isBefore(version, SERVER_LEAST)) return "too-old";
  return isBefore(version, SERVER_WANTED) ? "older" : "wanted";
}

function isBefore(version: string, other: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(other)];
  const at = a.findIndex((number, index) => number !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}

/** Major, minor, patch; what follows a hyphen is not looked at. */
function numbersOf(version: string): number[] {
  const parts = version.split("-", 1)[0]?.split(".") ?? [];
  return [0, 1, 2].map((index) => Number.parseInt(parts[index] ?? "0", 10) || 0);
}
