import { connectBus, inboxPrefixOf } from "@skytide/bus";
import { parseEvent } from "@skytide/events";
import type { Fleet } from "../../fleet/fleet.ts";

/** What the log says about the play. */
export interface LogFacts {
  received: number;
  /** Messages that no turn answered. */
  unanswered: number;
  /** Messages that more than one turn answered. */
  answeredTwice: number;
  /** Turns whose effect stands twice on the log. */
  turnsTwice: number;
  turns: number;
  failedTurns: number;
  /** Messages of replies that were reported sent more than once. */
  repliesSentTwice: number;
  deadLetters: number;
  /** How often each id of the provider stands on the log as sent. */
  sentIds: ReadonlyMap<string, number>;
}

/** Reads the whole log as an operator would. */
export async function readLogFacts({ urls, natsUsers }: Pick<Fleet, "urls" | "natsUsers">): Promise<LogFacts> {
  const bus = await connectBus({
    servers: urls.nats,
    name: "drill",
    nkeySeed: natsUsers?.seeds.operator,
    inboxPrefix: inboxPrefixOf("operator"),
  });
  const received: string[] = [];
  const answers = new Map<string, number>();
  const [turns, sent, sentIds] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  let failedTurns = 0;
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  try {
    for await (const message of bus.follow({
      stream: "CONVERSATIONS",
      filters: [">"],
      from: "first",
      live: false,
    })) {
      const parsed = parseEvent(message.json());
      if (parsed.kind !== "event") continue;
      const { event } = parsed;
      if (event.type === "message.received") received.push(event.id);
      if (event.type === "turn.failed") failedTurns += 1;
      if (event.type === "turn.completed" || event.type === "turn.failed") {
        count(turns, event.turn ?? event.id);
        for (const id of event.data.messageIds) count(answers, id);
      }
      if (event.type === "reply.sent") {
        count(sent, `${event.data.replyId} ${event.data.index}`);
        count(sentIds, event.data.providerMessageId);
      }
    }
    return {
      received: received.length,
      unanswered: received.filter((id) => !answers.has(id)).length,
      answeredTwice: received.filter((id) => (answers.get(id) ?? 0) > 1).length,
      turnsTwice: [...turns.values()].filter((times) => times > 1).length,
      turns: turns.size,
      failedTurns,
      repliesSentTwice: [...sent.values()].filter((times) => times > 1).length,
      deadLetters: await bus.countMessages("DEADLETTERS", "dead.>"),
      sentIds,
    };
  } finally {
    await bus.drain();
  }
}
