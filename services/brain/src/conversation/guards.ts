import { bookingGuards } from "./booking-guards.ts";
import { changeGuards } from "./change-guards.ts";
import { outputOf, passagesOf } from "./effects.ts";
import { isPlainNo, isYesTo } from "./evidence.ts";
import { type Context, isUnreadBeside, type Proposal, toHeard } from "./memory.ts";
import { checkOutgoing } from "./outgoing-check.ts";
import { appointmentInHand } from "./own-appointments.ts";
import { namesAnotherService } from "./services.ts";
import { ownWords } from "./settings.ts";
import { languageFor } from "./texts/index.ts";
import type { MachineEvent } from "./types.ts";
import { asksForPerson, isUpset } from "./understand.ts";

interface Args {
  context: Context;
  event: MachineEvent;
}

/** Everything that decides a transition; pure, and named as it reads in the diagram. */
export const guards = {
  ...bookingGuards,
  ...changeGuards,
  botIsOff: ({ event, context }: Args) =>
    event.type === "turn.began" ? !event.facts.botEnabled : context.facts?.botEnabled !== true,
  botIsOn: ({ event, context }: Args) =>
    event.type === "turn.began" ? event.facts.botEnabled : context.facts?.botEnabled !== false,
  /** A question is open: it is asked again after what comes between. */
  isAsked: ({ context }: Args) =>
    context.booking !== null || context.change !== null || context.reminders?.answer === null,

  /** A question beside a wish: answered before the wish goes on. */
  isQuestionOpen: ({ context }: Args) => context.question !== null,

  /** Words that can be read, and beside them something that nobody could. */
  isPartlyUnreadable: ({ event }: Args) => event.type === "customer.said" && isUnreadBeside(event.said),
  /** The customer begins to write in a language in which there is no answer. */
  isLanguageNotSpoken: ({ context, event }: Args) => {
    if (event.type !== "customer.said") return false;
    const { language } = toHeard(event.said, "");
    return language !== null && language !== context.language && languageFor({ ...context, language }) !== language;
  },

  isYes: ({ context, event }: Args) => {
    const { proposal, heard, facts } = context;
    if (event.type !== "agent.accept" || proposal === null || heard === null) return false;
    if (asksForPerson(heard.words, ownWords(context).handoff)) return false;
    if (namesAnotherService(context, proposedService(proposal.kind, context))) return false;
    return isYesTo(proposal, heard, event, facts);
  },
  isNo: ({ context: { proposal, heard } }: Args) =>
    proposal !== null && heard !== null && (heard.tap === `no:${proposal.id}` || isPlainNo(heard.words)),
  isProposalOfReply: ({ context, event }: Args) =>
    event.type === "reply.failed" && context.proposal?.shownInTurn === event.turnId,
  /** Something was proposed, nothing was answered, and it was not recalled yet. */
  mayNudge: ({ context }: Args) =>
    !context.nudged &&
    context.heard === null &&
    context.escalationId === null &&
    NUDGED_KINDS.has(context.proposal?.kind) &&
    (context.booking !== null || context.change !== null),

  isConsentUnknown: ({ context }: Args) => context.facts?.consent === null && !context.remindersAsked,
  isAskingReminders: ({ context }: Args) => context.reminders?.answer === null,
  isContactKnown: ({ context }: Args) => context.facts?.contact != null || context.reminders !== null,

  isAnswered: ({ context, event }: Args) => {
    const output = outputOf("phrase_answer", event);
    const ground = passagesOf(context).flatMap(({ title, content }) => [title, content]);
    return output.kind === "answer" && checkOutgoing(output.text, { facts: ground }).length === 0;
  },
  mayBeSaid: ({ context, event }: Args) =>
    event.type === "agent.chat" && checkOutgoing(event.text, { facts: groundOf(context) }).length === 0,
  isMissedAgain: ({ context }: Args) => context.missed.at === context.heardCount - 1,

  askedForPerson: ({ context }: Args) => asksForPerson(context.heard?.words ?? "", ownWords(context).handoff),
  isOutOfBudget: ({ event }: Args) => event.type === "customer.unanswerable" && event.why === "spend_ceiling",
  isUpset: ({ context }: Args) => isUpset(context.heard?.words ?? ""),
  isRaisedAlready: ({ context }: Args) =>
    context.escalationId !== null && context.facts?.openEscalation === context.escalationId,
  wasOpenAlready: ({ event }: Args) => outputOf("raise_escalation", event).alreadyOpen,
  isUndelivered: ({ event }: Args) => event.type === "escalation.unanswered" && event.reason === "undelivered",
  isOwnEscalation: ({ context, event }: Args) =>
    (event.type === "escalation.notified" || event.type === "escalation.failed") &&
    (event.escalationId === context.escalationId || event.escalationId === context.facts?.openEscalation),
};

/** What is worth recalling: an appointment that waits for one word. */
const NUDGED_KINDS: ReadonlySet<Proposal["kind"] | undefined> = new Set([
  "booking",
  "service",
  "assessment",
  "cancellation",
  "confirmation",
  "move",
] as const);

/** The service that a yes would be about. */
function proposedService(kind: Proposal["kind"], context: Context): string | null {
  const { booking } = context;
  if (kind === "service") return booking?.guesses[0] ?? null;
  if (kind === "booking") return booking?.serviceId ?? null;
  return kind === "cancellation" || kind === "confirmation" || kind === "move"
    ? (appointmentInHand(context)?.serviceId ?? null)
    : null;
}

/** What small talk may mention: the business and the customer's first name. */
export function groundOf({ facts }: Context): string[] {
  return [facts?.organization.name ?? "", facts?.contact?.firstName ?? ""];
}
