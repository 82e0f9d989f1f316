import type { ChartEvent, createDecider, Effect, Reply, Snapshot } from "../../src/conversation/index.ts";
import type { TurnDeps } from "../../src/turn/index.ts";

type Decider = ReturnType<typeof createDecider>;

interface Scripted extends Snapshot {
  value: string;
  said: string;
}

/**
 * A chart with one rule, for tests of the protocol around it: words that begin with "reserva" book, everything else is
 * echoed. The real chart has tests of its own.
 */
export function scriptedChart(version = 1): TurnDeps["chart"] {
  const rest = (snapshot: Snapshot, replies: Reply[] = [], effects: Effect[] = []) => ({
    snapshot,
    replies,
    effects,
    changed: replies.length + effects.length > 0,
  });
  return {
    name: "conversation",
    version,
    initial: () => ({ value: "listening" }),
    restore: (stored) => (typeof stored === "string" ? { value: stored } : null),
    store: (snapshot) => snapshot.value,
    mayNudge: () => false,
    waiting: (snapshot) => snapshot.value !== "booking",
    states: (snapshot) => [String(snapshot.value)],
    step(snapshot, event: ChartEvent) {
      if (event.type === "bot.paused") return rest({ value: "human" });
      if (event.type === "bot.resumed") return rest(snapshot.value === "human" ? { value: "listening" } : snapshot);
      if (event.type === "customer.said") return rest({ ...snapshot, said: event.said.text } as Scripted);
      if (event.type === "agent.accept") {
        const effect: Effect = { id: "book", kind: "book_appointment", input: { key: "proposal-1" } };
        return rest({ ...snapshot, value: "booking" } as Scripted, [], [effect]);
      }
      if (event.type === "effect.done") return rest({ value: "listening" }, [text("Reservado")]);
      if (event.type === "effect.failed") return rest({ value: "listening" }, [text(`No se pudo: ${event.code}`)]);
      if (event.type === "agent.chat") return rest(snapshot, [text(`Dijiste: ${(snapshot as Scripted).said}`)]);
      return rest(snapshot);
    },
  };
}

function text(words: string): Reply {
  return { message: { kind: "text", text: words } };
}

/** Decides like the scripted chart wants it, after one journaled call of `think`, which stands for the model. */
export function scriptedDecider(think: (said: string, signal: AbortSignal) => Promise<string>): Decider {
  return async ({ said, run }) => {
    const thought = await run("llm", (signal) => think(said.text, signal));
    const event: ChartEvent = thought.startsWith("reserva")
      ? { type: "agent.accept", by: "model", evidence: thought }
      : { type: "agent.chat", by: "model", text: thought };
    return { event, by: "model", usage: [] };
  };
}
