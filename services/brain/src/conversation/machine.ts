import { and, not, type SnapshotFrom } from "xstate";
import { emptyContext } from "./memory.ts";
import { appointment } from "./nodes/appointment.ts";
import { cancellation } from "./nodes/cancellation.ts";
import { confirmation } from "./nodes/confirmation.ts";
import { escalation } from "./nodes/escalation.ts";
import { human } from "./nodes/human.ts";
import { knowledge } from "./nodes/knowledge.ts";
import { reschedule } from "./nodes/reschedule.ts";
import { supervisor } from "./nodes/supervisor.ts";
import { conversation, note, say } from "./setup.ts";
import type { Snapshot } from "./types.ts";

/** The whole policy of a conversation. What no state here accepts cannot happen, whatever the model says. */
export const machine = conversation.createMachine({
  id: "conversation",
  context: emptyContext,
  initial: "talking",
  on: {
    "turn.began": [{ guard: "botIsOff", target: ".human", actions: note("facts") }, { actions: note("facts") }],
    "bot.paused": { guard: "botIsOff", target: ".human" },
    "escalation.notified": { guard: "isOwnEscalation", target: "#pausing" },
  },
  states: {
    talking: {
      id: "talking",
      initial: "supervisor",
      on: {
        "escalation.failed": {
          guard: "isOwnEscalation",
          target: ".supervisor",
          actions: [note("noEscalation"), say("nobodyReached")],
        },
        "escalation.unanswered": {
          guard: "isUndelivered",
          target: ".supervisor",
          actions: [note("noEscalation"), say("nobodyReached")],
        },
        "reply.failed": { guard: "isProposalOfReply", actions: note("proposalUnseen") },
        "customer.silent": { guard: "mayNudge", target: ".supervisor", actions: [note("nudged"), say("nudge")] },
        "customer.said": [
          {
            guard: and(["isPartlyUnreadable", "isLanguageNotSpoken"]),
            actions: [note("words"), say("onlyThisLanguage"), say("alsoUnreadable")],
          },
          { guard: "isLanguageNotSpoken", actions: [note("words"), say("onlyThisLanguage")] },
          { guard: "isPartlyUnreadable", actions: [note("words"), say("alsoUnreadable")] },
          { actions: note("words") },
        ],
        "customer.tapped_old_button": { target: ".supervisor", actions: say("oldButton") },
        "customer.tapped_reminder": [
          { guard: not("isReminderTapped"), target: ".supervisor", actions: say("oldButton") },
          { guard: "isReminderOver", target: ".supervisor", actions: say("reminderOver") },
          { guard: "isReminderOfNone", target: ".supervisor", actions: say("appointmentGone") },
          // The tap under exactly this appointment at exactly this time is the yes; to cancel still asks for one.
          { guard: and(["isReminderTrue", "confirmsByReminder"]), target: "#attending", actions: note("reminded") },
          { guard: "isReminderTrue", target: ".supervisor", actions: note("reminded") },
          { target: ".supervisor", actions: [note("reminded"), say("reminderOutdated")] },
        ],
        "customer.sent_unreadable": { target: ".supervisor", actions: say("unreadable") },
        "customer.answered_unseen": { target: ".supervisor", actions: say("notArrived") },
        "customer.asked_back": [
          {
            guard: "isMissedAgain",
            target: ".escalation.offering",
            actions: [note("missed"), say("lost"), note("personNeeded")],
          },
          { guard: "isAsked", target: ".supervisor", actions: [note("missed"), say("explained")] },
          { target: ".supervisor", actions: [note("missed"), say("howToHelp")] },
        ],
        "customer.unanswerable": [
          { guard: "isRaisedAlready", target: ".escalation.awaitingNotice", actions: say("alreadyRaised") },
          {
            guard: "isOutOfBudget",
            target: ".escalation.raising",
            actions: [note("outOfScope"), say("cannotAnswer")],
          },
          { target: ".escalation.raising", actions: [note("toolFailed"), say("cannotAnswer")] },
        ],
        "customer.opted_out": [
          { guard: "isContactKnown", target: ".appointment.recordingConsent", actions: note("noReminders") },
          { target: ".supervisor", actions: say("remindersOff") },
        ],

        "agent.book": { target: ".appointment", actions: note("details") },
        "agent.choose_slot": [
          { guard: and(["isOfferedSlot", "isOfferFresh"]), target: ".appointment", actions: note("chosenSlot") },
          { guard: "isOfferedSlot", target: ".appointment", actions: note("sameSlotAgain") },
        ],
        "agent.other_times": [
          { guard: and(["hasOffer", "wantsOtherDay"]), target: ".appointment", actions: note("noDay") },
          { guard: "hasOffer", target: ".appointment", actions: note("otherTimes") },
        ],
        "agent.stop_booking": [
          { guard: "isChanging", target: ".supervisor", actions: [note("noChange"), say("kept")] },
          { guard: "isBooking", target: ".supervisor", actions: [note("noBooking"), say("stopped")] },
        ],
        "agent.ask_knowledge": { target: ".knowledge", actions: note("question") },
        "agent.change_appointment": [
          // In the middle of a booking "confirm" and "cancel" mean that booking, unless there is another appointment to mean.
          { guard: "confirmsBooking", target: ".supervisor" },
          { guard: "cancelsBooking", target: ".supervisor", actions: [note("noBooking"), say("stopped")] },
          { target: ".supervisor", actions: note("change") },
        ],
        "agent.choose_appointment": {
          guard: "isOwnAppointment",
          target: ".supervisor",
          actions: note("chosenAppointment"),
        },
        "agent.ask_person": [
          { guard: "isRaisedAlready", target: ".escalation.awaitingNotice", actions: say("alreadyRaised") },
          { guard: "askedForPerson", target: ".escalation.raising", actions: note("personAsked") },
          { guard: "isUpset", target: ".escalation.offering", actions: [note("personAsked"), say("sorry")] },
          { target: ".escalation.offering", actions: note("personAsked") },
        ],
        "agent.greet": { target: ".supervisor", actions: [note("remindersLeft"), say("greeting")] },
        "agent.chat": { guard: "mayBeSaid", target: ".supervisor", actions: [note("remindersLeft"), say("chat")] },
        "agent.say_goodbye": { target: ".supervisor", actions: [note("remindersLeft"), say("goodbye")] },
        "agent.not_understood": [
          {
            guard: "isMissedAgain",
            target: ".escalation.offering",
            actions: [note("missed"), say("lost"), note("personNeeded")],
          },
          { guard: "isAsked", target: ".supervisor", actions: [note("missed"), say("notUnderstood")] },
          { target: ".supervisor", actions: [note("missed"), say("notUnderstood"), say("howToHelp")] },
        ],
      },
      states: {
        supervisor: { id: "supervisor", ...supervisor },
        knowledge,
        appointment,
        cancellation,
        confirmation,
        reschedule,
        escalation,
      },
    },
    human,
  },
});

/** The nodes of the chart, as the diagram names them: the places of a conversation and the person who takes it over. */
export const NODES: readonly string[] = [...Object.keys(machine.states.talking?.states ?? {}), "human"];

export type ConversationMachine = typeof machine;
export type MachineSnapshot = SnapshotFrom<typeof machine>;

/** The machine's own snapshot behind the opaque one. */
export function opened(snapshot: Snapshot): MachineSnapshot {
  return snapshot as MachineSnapshot;
}
