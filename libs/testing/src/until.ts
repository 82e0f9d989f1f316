import { vi } from "vitest";

/** Repeats an assertion until it holds; generous, because a test machine has others to serve. */
export async function until<T>(assertion: () => T | Promise<T>): Promise<T> {
  return await vi.waitFor(assertion, { timeout: 60_000, interval: 50 });
}
