import { setTimeout } from "node:timers/promises";
import type { StageContext } from "@skytide/stage";
import type { Store } from "@skytide/store";
import type { Config } from "../config.ts";
import type { BrainMetrics } from "../metrics.ts";
import { createInvoke, type TurnDeps } from "../turn/index.ts";
import { createInvokeHandler } from "./invoke.ts";
import { createServer } from "./server.ts";

/** How long a caller waits for a conversation that is busy. */
const LEASE_WAIT_MS = 10_000;

/** Opens `POST /invoke` where somebody has a token for it; without one the port stays closed. */
export async function listenForInvocations(
  { clock, config, log, signal, stack }: StageContext<Config>,
  { store, metrics, turn }: { store: Store; metrics: BrainMetrics; turn: TurnDeps },
): Promise<void> {
  const tokens = config.INVOKE_TOKENS;
  if (tokens === undefined) return log.event("invoke-closed", { setting: "INVOKE_TOKENS" });
  const invoke = createInvoke({
    ...turn,
    leaseWaitMs: LEASE_WAIT_MS,
    // An abort only ends the wait; who waited looks at the signal.
    wait: (ms, aborted) => setTimeout(ms, undefined, { signal: aborted }).catch(() => undefined),
  });
  const handler = createInvokeHandler({ store, keys: config.CHAT_HASH_KEYS, invoke, now: clock });
  const server = createServer({ tokens, invoke: handler, metrics, log, signal });
  stack.defer(() => server.close());
  await server.listen({ host: config.BRAIN_HOST, port: config.BRAIN_PORT });
}
