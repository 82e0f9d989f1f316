import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The settings of a stage that kills itself once at that crash point (`libs/stage`), and of those that follow it. */
export async function crashOnceAt(point: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "skytide-crash-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { SKYTIDE_CRASH_AT: point, SKYTIDE_CRASH_MARKER: join(folder, "crashed") };
}
