import { setTimeout as delay } from "node:timers/promises";
import type { ModelOperation } from "./provider-options.ts";
import type { Usage } from "./usage.ts";

/** Whose call it was. */
interface Spender {
  organizationId: string;
  chat: string;
}

/** Calls of one conversation, model and kind, added up. */
interface UsedCalls {
  chat: string;
  model: string;
  operation: ModelOperation;
  calls: number;
  /** Those whose model has no price; `usd` leaves them out. */
  unpriced: number;
  input: number;
  /** Part of `input`. */
  cached: number;
  output: number;
  usd: number;
}

/** One write: repeated with the same id until it is confirmed, so that it counts once. */
export interface UsageWrite {
  organizationId: string;
  id: string;
  at: Date;
  calls: UsedCalls[];
  turns: number;
  failedTurns: number;
}

interface Deps {
  record(write: UsageWrite): Promise<void>;
  /** True where a write can never succeed: its organization is gone. */
  isHopeless(error: unknown): boolean;
  /** Told of every try that failed. */
  onFailure(organizationId: string, error: unknown): void;
  now(): Date;
  retryMs?: number;
}

/** Writes down what models were used for, at once: gathered only while the write before is on its way. */
export interface UsageLedger {
  add(spender: Spender, operation: ModelOperation, usage: Usage): void;
  addTurn(organizationId: string, isFailed: boolean): void;
  /** Writes although there is nothing to add: what is recorded says how the day stands. */
  ask(organizationId: string): void;
  /** What is not confirmed yet. */
  waitingUsd(organizationId: string): number;
  /** Resolves when everything of the organization up to now is confirmed, or after a limit. */
  settled(organizationId: string, withinMs: number): Promise<void>;
  /** Tries what waits once more and ends. */
  close(): Promise<void>;
}

const RETRY_MS = 1_000;

/** Opens the ledger. A process that is killed loses the writes on their way alone: milliseconds of calls. */
export function createUsageLedger(deps: Deps): UsageLedger {
  const gathered = new Map<string, UsageWrite>();
  const underWay = new Map<string, UsageWrite>();
  const loops = new Map<string, Promise<void>>();
  const closing = new AbortController();

  function open(organizationId: string): UsageWrite {
    const known = gathered.get(organizationId);
    if (known !== undefined) return known;
    const id = crypto.randomUUID();
    const write: UsageWrite = { organizationId, id, at: deps.now(), calls: [], turns: 0, failedTurns: 0 };
    gathered.set(organizationId, write);
    // The next microtask sees what was added in this one.
    const running = loops.get(organizationId) ?? Promise.resolve();
    const loop = running.then(() => send(organizationId));
    loops.set(organizationId, loop);
    void loop.then(() => loops.get(organizationId) === loop && loops.delete(organizationId));
    return write;
  }

  async function send(organizationId: string): Promise<void> {
    const write = gathered.get(organizationId);
    if (write === undefined) return;
    gathered.delete(organizationId);
    underWay.set(organizationId, write);
    while (!(await isDone(write)))
      await delay(deps.retryMs ?? RETRY_MS, undefined, { signal: closing.signal }).catch(() => {});
    underWay.delete(organizationId);
  }

  async function isDone(write: UsageWrite): Promise<boolean> {
    const isLast = closing.signal.aborted;
    try {
      await deps.record(write);
      return true;
    } catch (error) {
      deps.onFailure(write.organizationId, error);
      return isLast || deps.isHopeless(error);
    }
  }

  return {
    add({ organizationId, chat }, operation, usage) {
      const { calls } = open(organizationId);
      const isSame = (one: UsedCalls) => one.chat === chat && one.model === usage.model && one.operation === operation;
      const known = calls.find(isSame);
      const sum = known ?? nothing(chat, usage.model, operation);
      if (known === undefined) calls.push(sum);
      sum.calls += 1;
      sum.unpriced += usage.costUsd === undefined ? 1 : 0;
      sum.input += usage.inputTokens;
      sum.cached += Math.min(usage.cachedInputTokens, usage.inputTokens);
      sum.output += usage.outputTokens;
      sum.usd += usage.costUsd ?? 0;
    },
    addTurn(organizationId, isFailed) {
      const write = open(organizationId);
      write.turns += 1;
      if (isFailed) write.failedTurns += 1;
    },
    ask: (organizationId) => void open(organizationId),
    waitingUsd: (organizationId) =>
      [gathered, underWay]
        .flatMap((writes) => writes.get(organizationId)?.calls ?? [])
        .reduce((sum, { usd }) => sum + usd, 0),
    async settled(organizationId, withinMs) {
      const loop = loops.get(organizationId);
      if (loop === undefined) return;
      const limit = new AbortController();
      await Promise.race([loop, delay(withinMs, undefined, { signal: limit.signal }).catch(() => {})]);
      limit.abort();
    },
    async close() {
      closing.abort();
      while (loops.size > 0) await Promise.all(loops.values());
    },
  };
}

function nothing(chat: string, model: string, operation: ModelOperation): UsedCalls {
  return { chat, model, operation, calls: 0, unpriced: 0, input: 0, cached: 0, output: 0, usd: 0 };
}
