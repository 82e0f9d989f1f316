import { BadRequest } from "../read-body.ts";
import type { Bubble, BubbleContent, CustomerAction } from "./conversation-types.ts";
import type { Conversations } from "./conversations.ts";
import type { MediaFiles } from "./media-files.ts";
import type { InboundContent } from "./webhook-facts.ts";

/** A customer's action as a bubble on the phone and as the content of a webhook. */
export interface Enacted {
  shown: BubbleContent;
  sent: InboundContent;
  /** The business's message that it answers. */
  answers?: Bubble;
}

interface EnactDeps {
  conversations: Conversations;
  media: MediaFiles;
  /** The link under which a customer's file can be fetched. */
  mediaUrl(mediaId: string): string;
}

/** Works out what a customer's action shows and sends; a tap must hit a choice that was really offered. */
export function enact(phone: string, action: CustomerAction, deps: EnactDeps): Enacted {
  const answered = (id: string | undefined) =>
    id === undefined ? undefined : deps.conversations.find(action.app, phone, id);
  switch (action.type) {
    case "text": {
      const answers = answered(action.repliesTo);
      const text = { text: action.text };
      return { shown: { kind: "text", ...text }, sent: { type: "text", ...text }, ...(answers ? { answers } : {}) };
    }
    case "tap":
      return enactTap(phone, action, deps);
    case "audio":
    case "image":
      return enactMedia(action, deps);
    case "location": {
      const { latitude, longitude } = action;
      return { shown: { kind: "location", latitude, longitude }, sent: { type: "location", latitude, longitude } };
    }
    case "reaction": {
      const answers = answered(action.repliesTo);
      if (!answers) throw new BadRequest("there is no message to react to");
      const { emoji } = action;
      const sent: InboundContent = { type: "reaction", emoji, gsId: answers.id, whatsappId: answers.whatsappId ?? "" };
      return { shown: { kind: "reaction", emoji }, sent, answers };
    }
  }
}

function enactTap(
  phone: string,
  action: Extract<CustomerAction, { type: "tap" }>,
  { conversations }: EnactDeps,
): Enacted {
  const isMeant = (choice: { title: string; payload?: string }) =>
    choice.payload === action.choice || choice.title === action.choice;
  const answers = conversations.findLast(
    action.app,
    phone,
    (bubble) =>
      bubble.direction === "out" && (action.repliesTo ?? bubble.id) === bubble.id && choicesIn(bubble).some(isMeant),
  );
  const choices = answers === undefined ? [] : choicesIn(answers);
  const position = choices.findIndex(isMeant);
  const choice = choices[position];
  if (!answers || !choice) throw new BadRequest("no message offers this choice");
  const { title, payload, description } = choice;
  const msgid = answers.msgid ?? answers.id;
  const postback = payload === undefined ? {} : { postbackText: payload };
  const tapped = { title, msgid, position: position + 1, ...postback };
  return {
    shown: { kind: "tap", title, ...(payload === undefined ? {} : { payload }) },
    sent: toSent(answers.content.kind),
    answers,
  };

  /** A template's button comes back in a form of its own. */
  function toSent(kind: BubbleContent["kind"]): InboundContent {
    if (kind === "list")
      return { type: "list_reply", ...tapped, ...(description === undefined ? {} : { description }) };
    if (kind === "template") return { type: "quick_reply", title: tapped.title, ...postback };
    return { type: "button_reply", ...tapped };
  }
}

function choicesIn({ content }: Bubble): readonly { title: string; payload?: string; description?: string }[] {
  return "choices" in content ? (content.choices ?? []) : [];
}

function enactMedia(
  action: Extract<CustomerAction, { type: "audio" | "image" }>,
  { media, mediaUrl }: EnactDeps,
): Enacted {
  const { mediaId, expiresAt, contentType } = media.create(action.type, action.sample);
  const url = mediaUrl(mediaId);
  const caption = action.type === "image" && action.caption !== undefined ? { caption: action.caption } : {};
  return {
    shown: { kind: "media", mediaType: action.type, url, ...caption },
    sent: { type: action.type, mediaId, url, contentType, expiresAt, ...caption },
  };
}
