import type { OrganizationBrief } from "@skytide/store";
import { createLogger } from "@skytide/telemetry";
import { expect, test, vi } from "vitest";
import { keepBriefs } from "../src/organization-briefs.ts";

const log = createLogger({ service: "test", stage: "brain", version: "0", level: "silent" });
const brief = (organizationId: string, debounceMs: number): OrganizationBrief => ({
  ...{ organizationId, debounceMs, agentEnabled: true, maxConcurrency: null, updatedAt: null },
});

test("what changed replaces what was known; while the database is away the last good copy serves", async () => {
  const asked: (string | undefined)[] = [];
  const answers = [
    { asOf: "t1", organizations: [brief("aurora", 5_000), brief("brisa", 0)] },
    null,
    { asOf: "t2", organizations: [brief("aurora", 8_000)] },
  ];
  const list = async (since?: string) => {
    asked.push(since);
    const answer = asked.length > answers.length ? { asOf: "t3", organizations: [] } : answers[asked.length - 1];
    if (!answer) throw new Error("away");
    return answer;
  };
  using briefs = keepBriefs({ list, refreshMs: 1, log });
  expect(briefs.of("aurora")).toBeUndefined();
  await briefs.first;
  expect([briefs.of("aurora")?.debounceMs, briefs.of("brisa")?.debounceMs]).toEqual([5_000, 0]);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(3));
  expect(asked.slice(0, 4)).toEqual([undefined, "t1", "t1", "t2"]);
  expect([briefs.of("aurora")?.debounceMs, briefs.of("brisa")?.debounceMs]).toEqual([8_000, 0]);
});
