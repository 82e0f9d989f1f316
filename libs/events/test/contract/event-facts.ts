import type { ConversationEventType } from "../../src/index.ts";

/** When each event happens, for docs/events.md and docs/asyncapi.json; a new type does not compile without its sentence. */
export const EVENT_FACTS: Readonly<Record<ConversationEventType, string>> = {
  "message.received": "A customer wrote: text, a tapped button, a place, a contact, or media by reference.",
  "media.described":
    "The text of a customer's voice note or picture, or why there is none. One per medium, after its message.",
  "message.deleted": "The customer took a message back.",
  "state.committed": "Private: what a conversation remembers between turns. No subscriber gets it.",
  "turn.completed":
    "The agent has answered, or decided not to: states visited, tools and outcomes, model usage and cost.",
  "turn.failed": "A turn was given up; `replied` says whether the customer got a sentence about it.",
  "reply.drafted": "In draft mode: what the agent would have answered. Nothing was sent.",
  "reply.requested": "Messages for the customer were decided: by the agent, or a reminder. Nothing is sent yet.",
  "reply.accepted": "WhatsApp's provider confirmed that it has a message.",
  "reply.sent": "One message of a reply was handed to the provider. Handed over is not delivered.",
  "reply.delivered": "A message reached the customer's phone.",
  "reply.read": "The customer's WhatsApp showed a message as read.",
  "reply.failed": "A message was not sent, or the provider failed it later; `code` says why.",
  "reply.echoed": "Staff answered from the business phone.",
  "appointment.booked": "An appointment exists: made by the agent or by anybody in the CRM.",
  "appointment.confirmed": "An appointment was confirmed.",
  "appointment.cancelled": "An appointment was cancelled.",
  "appointment.rescheduled": "An appointment has another date, hour, member or service.",
  "appointment.completed": "An appointment took place.",
  "appointment.no_show": "The customer did not come.",
  "contact.created": "A customer who wrote is a contact now.",
  "consent.changed": "A customer agreed to be written to, or withdrew it.",
  "contact.erased":
    "A customer is to be forgotten: remove what you keep under this `chat`, and the contact if it is named.",
  "escalation.raised": "A person is needed; staff are being told.",
  "escalation.notified": "At least one person of the staff was reached.",
  "escalation.failed": "Nobody of the staff could be reached; `reason` says why.",
  "escalation.renotified": "Staff were told again, because nobody had answered.",
  "escalation.unanswered": "Staff were told and nobody answered in the organization's time.",
  "escalation.resolved": "A person closed the hand-off.",
  "bot.paused": "The agent is silent in this conversation; `reason` says who wanted it.",
  "bot.resumed": "The agent answers again in this conversation.",
};
