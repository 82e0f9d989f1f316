import type { Customer } from "./apps.ts";
import type { Bubble, ConversationView } from "./conversation-types.ts";

/** What changed, for those who watch. */
interface ConversationChange {
  app: string;
  phone: string;
  name: string;
  bubble: Bubble;
}

/** All conversations between the simulated businesses and phones. */
export interface Conversations {
  view(app: string, phone: string): ConversationView;
  all(): ConversationView[];
  add(app: string, phone: string, bubble: Bubble): void;
  update(app: string, phone: string, id: string, patch: Partial<Bubble>): void;
  find(app: string, phone: string, id: string): Bubble | undefined;
  /** The newest bubble that satisfies the condition. */
  findLast(app: string, phone: string, matches: (bubble: Bubble) => boolean): Bubble | undefined;
  rename(app: string, phone: string, name: string): void;
  setLastInbound(app: string, phone: string, at: Date): void;
  watch(onChange: (change: ConversationChange) => void): () => void;
  load(conversations: readonly ConversationView[]): void;
  clear(): void;
}

/** Creates the store; people who are known by name keep it. */
export function createConversations(people: readonly Customer[]): Conversations {
  const byKey = new Map<string, ConversationView>();
  const watchers = new Set<(change: ConversationChange) => void>();
  const nameOf = new Map(people.map((person) => [person.phone, person.name]));

  const open = (app: string, phone: string): ConversationView => {
    const key = `${app}/${phone}`;
    const known = byKey.get(key);
    if (known) return known;
    const created: ConversationView = { app, phone, name: nameOf.get(phone) ?? phone, bubbles: [] };
    byKey.set(key, created);
    return created;
  };
  const tell = ({ app, phone, name }: ConversationView, bubble: Bubble) => {
    for (const watcher of watchers) watcher({ app, phone, name, bubble });
  };
  const find = (app: string, phone: string, id: string) => open(app, phone).bubbles.find((bubble) => bubble.id === id);

  return {
    view: (app, phone) => structuredClone(open(app, phone)),
    all: () => [...byKey.values()].filter(({ bubbles }) => bubbles.length > 0).map((one) => structuredClone(one)),
    add: (app, phone, bubble) => {
      const conversation = open(app, phone);
      conversation.bubbles.push(bubble);
      if (bubble.direction === "in") conversation.lastInboundAt = bubble.at;
      tell(conversation, bubble);
    },
    update: (app, phone, id, patch) => {
      const bubble = find(app, phone, id);
      if (!bubble) return;
      Object.assign(bubble, patch);
      tell(open(app, phone), bubble);
    },
    find,
    findLast: (app, phone, matches) => open(app, phone).bubbles.findLast(matches),
    rename: (app, phone, name) => {
      open(app, phone).name = name;
    },
    setLastInbound: (app, phone, at) => {
      open(app, phone).lastInboundAt = at.toISOString();
    },
    watch: (onChange) => {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
    load: (conversations) => {
      for (const one of conversations) byKey.set(`${one.app}/${one.phone}`, structuredClone(one));
    },
    clear: () => byKey.clear(),
  };
}
