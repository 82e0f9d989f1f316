import { PermanentError } from "@skytide/errors";
import { createUsageLedger, type Describer } from "@skytide/models";
import type { UsageRecords } from "@skytide/store";
import type { Logger } from "@skytide/telemetry";
import type { Deps } from "./handler.ts";

interface Counting {
  store: Pick<UsageRecords, "recordUsage">;
  stack: AsyncDisposableStack;
  log: Logger;
  now(): Date;
  retryMs?: number;
}

/** A description must not wait for its bill. */
const SETTLE_WITHIN_MS = 1_000;

/** A describer whose calls are written down for the conversation that they were made for. */
export function countedDescriber(
  describer: Describer,
  { store, stack, log, now, retryMs }: Counting,
): Deps["describe"] {
  const ledger = createUsageLedger({
    record: async (write) => void (await store.recordUsage(write)),
    isHopeless: (error) => error instanceof PermanentError && error.code === "organization-not-found",
    onFailure: (org, error) =>
      log.warn("spend-not-recorded", {
        org,
        code: error instanceof Error && "code" in error ? String(error.code) : "unexpected",
      }),
    now,
    ...(retryMs === undefined ? {} : { retryMs }),
  });
  stack.defer(() => ledger.close());
  return async (request, of) => {
    const description = await describer.describe(request);
    ledger.add(of, request.kind === "audio" ? "transcribe" : "describe", description.usage);
    await ledger.settled(of.organizationId, SETTLE_WITHIN_MS);
    return description;
  };
}
