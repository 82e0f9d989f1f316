import { parseConversationSubject } from "@skytide/events";
import type { Deps } from "./deps.ts";

/** Conversations that wait for their moment at once; more are not shown anything. */
const MOST = 10_000;
/** WhatsApp shows it for 25 s at most; one replica says it once in this time. */
const SHOWN_MS = 20_000;

interface TypingDeps extends Pick<Deps, "limits" | "metrics"> {
  /** Subjects of what customers write, as it comes in; a missed one costs nothing. */
  hint(subject: string, onMessage: (subject: string) => void): { stop(): void };
  target(of: { organizationId: string; chat: string }): Promise<{ appId: string; inboundMessageId: string } | null>;
  show(request: { appId: string; providerMessageId: string }): Promise<void>;
  /** When the burst of messages is over and the answer is being made. */
  delayMs: number;
}

/** Shows customers that an answer is being written, where partners may; never in the way of a reply (decisions/0067). */
export function startTyping(deps: TypingDeps): { stop(): void } {
  const waiting = new Map<string, NodeJS.Timeout>();
  const subscription = deps.hint("conv.*.*.inbound", (subject) => {
    const parsed = parseConversationSubject(subject);
    if (parsed === null) return;
    const { organizationId, chat } = parsed;
    clearTimeout(waiting.get(subject));
    if (!waiting.has(subject) && waiting.size >= MOST) return;
    const begin = () => {
      waiting.delete(subject);
      void show(deps, { organizationId, chat });
    };
    waiting.set(subject, setTimeout(begin, deps.delayMs));
  });
  return {
    stop() {
      subscription.stop();
      for (const timer of waiting.values()) clearTimeout(timer);
    },
  };
}

async function show(deps: TypingDeps, of: { organizationId: string; chat: string }): Promise<void> {
  try {
    const rate = { tokens: 1, perMs: SHOWN_MS, burst: 1 };
    const taken = await deps.limits.take(`typing.${of.organizationId}.${of.chat}`, rate);
    if (taken.kind === "wait") return;
    const target = await deps.target(of);
    if (target === null) return;
    await deps.show({ appId: target.appId, providerMessageId: target.inboundMessageId });
    deps.metrics.typing.inc({ outcome: "ok" });
  } catch {
    // The answer comes with or without it.
    deps.metrics.typing.inc({ outcome: "failed" });
  }
}
