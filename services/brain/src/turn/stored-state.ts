import type { Conversation } from "@skytide/bus";
import { type ConversationEvent, conversationSubject, type Lane, type StateCommitted } from "@skytide/events";
import type { Snapshot } from "../conversation/index.ts";
import { appendHistory } from "./history.ts";
import { textOfMessage, textOfReceived } from "./message-text.ts";
import type { ConversationId, TurnDeps } from "./turn-types.ts";

type State = StateCommitted["data"];

/** Why a conversation was put together from its messages instead of its state. */
export const REBUILT = ["unreadable", "newer_version", "other_stream"] as const;
type Rebuilt = (typeof REBUILT)[number];

/** What a turn begins with. */
export interface StoredState extends Pick<State, "history" | "seen" | "pendingMedia" | "asked"> {
  snapshot: Snapshot;
  failedTurns: number;
  /** Null where the state was read as it stands, or nothing was there. */
  rebuilt: Rebuilt | null;
}

/** True for a state that a newer version wrote: until the rollout or rollback is over it is not ours to read. */
export function isNewer({ chart }: Pick<TurnDeps, "chart">, { state }: Conversation): boolean {
  return state !== null && state.event.data.machine === chart.name && state.event.data.version > chart.version;
}

/** Reads the stored state; one that cannot be read is put together from the messages on the log. */
export async function loadState(
  deps: Pick<TurnDeps, "log" | "chart">,
  conversation: ConversationId,
  loaded: Conversation,
): Promise<StoredState> {
  const { chart } = deps;
  if (loaded.last.state === 0) {
    return { snapshot: chart.initial(), history: [], seen: [], pendingMedia: [], failedTurns: 0, rebuilt: null };
  }
  const state = loaded.state?.event.data;
  const isOurs = state !== undefined && state.machine === chart.name && !isNewer(deps, loaded);
  const snapshot = isOurs ? chart.restore(state.snapshot, state.version) : null;
  const known = {
    snapshot: snapshot ?? chart.initial(),
    pendingMedia: state?.pendingMedia ?? [],
    failedTurns: state?.failedTurns ?? 0,
    ...(loaded.state === null ? {} : { asked: askedOf(loaded.state) }),
  };
  if (state !== undefined && snapshot !== null && loaded.cursorValid) {
    return { ...known, history: state.history, seen: state.seen, rebuilt: null };
  }
  const { history, answered } = await fromMessages(deps.log, conversation);
  return {
    ...known,
    history: history.length > 0 ? history : (state?.history ?? []),
    seen: [...new Set([...answered, ...(state?.seen ?? [])])],
    rebuilt: snapshot !== null ? "other_stream" : isNewer(deps, loaded) ? "newer_version" : "unreadable",
  };
}

/** A state of an older version does not say who asked last: it was its own turn, over WhatsApp. */
function askedOf({ sequence, event }: NonNullable<Conversation["state"]>): State["asked"] {
  const { asked } = event.data;
  if (asked !== undefined || event.turn === undefined) return asked;
  return { turn: event.turn, channel: "whatsapp", receiptsAfter: sequence };
}

/** What was said, and which messages have been answered, by the log itself. */
async function fromMessages(log: Pick<TurnDeps["log"], "readLane">, { organizationId, chat }: ConversationId) {
  const lane = async (name: Lane) => log.readLane(conversationSubject(organizationId, chat, name), 0);
  const [inbound, replies, turns] = await Promise.all([lane("inbound"), lane("reply"), lane("turn")]);
  const answered = new Set(turns.flatMap(({ event }) => answeredBy(event)));
  const descriptions = new Map(inbound.flatMap(({ event }) => describedBy(event)));
  const lines = [...inbound, ...replies]
    .sort((one, other) => one.sequence - other.sequence)
    .flatMap(({ event }): State["history"] => {
      if (event.type === "message.received" && answered.has(event.id)) {
        const text = [textOfReceived(event), descriptions.get(event.id)].filter(Boolean).join("\n");
        return [{ role: "customer", text, at: event.time }];
      }
      if (event.type !== "reply.requested") return [];
      return event.data.messages.map((message) => ({
        role: "agent",
        text: textOfMessage(message),
        at: event.time,
      }));
    });
  return { history: appendHistory([], lines), answered: [...answered].slice(-REBUILT_SEEN) };
}

/** All of a month's messages of one customer. */
const REBUILT_SEEN = 4_096;

function answeredBy(event: ConversationEvent): string[] {
  return event.type === "turn.completed" || event.type === "turn.failed" ? event.data.messageIds : [];
}

function describedBy(event: ConversationEvent): [string, string][] {
  if (event.type !== "media.described" || event.data.outcome.kind !== "described") return [];
  return [[event.data.messageId, event.data.outcome.text]];
}
