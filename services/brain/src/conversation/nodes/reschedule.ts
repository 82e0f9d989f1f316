import { and, not } from "xstate";
import { effectInputs } from "../effects.ts";
import { conversation, listen, note, say } from "../setup.ts";

/** Moves one of the customer's own appointments: with the same person first, and only on an explicit yes to old and new time. */
export const reschedule = conversation.createStateConfig({
  id: "reschedule",
  initial: "finding",
  states: {
    finding: {
      description:
        "Finds which of the customer's own appointments is meant, then the next question about its new time.",
      always: [
        { guard: "isAppointmentGone", target: "#supervisor", actions: [say("appointmentGone"), note("noChange")] },
        { guard: "hasNoAppointments", target: "#supervisor", actions: [say("noAppointments"), note("noChange")] },
        { guard: not("isAppointmentKnown"), target: "choosingAppointment" },
        {
          guard: "isServiceChanged",
          target: "finding",
          reenter: true,
          actions: [say("changedMeanwhile"), note("serviceAsNow")],
        },
        {
          guard: "isServiceMissing",
          target: "#offering",
          actions: [say("byPerson"), note("noChange"), note("outOfScope")],
        },
        {
          guard: and(["hasSlot", not("isOfferFresh")]),
          target: "checkingAvailability",
          actions: note("sameSlotAgain"),
        },
        { guard: "hasSlot", target: "confirming" },
        { guard: and(["hasOffer", "isOfferFresh"]), target: "choosingSlot" },
        { guard: "isDayMissing", target: "choosingDate" },
        { target: "checkingAvailability" },
      ],
    },
    choosingAppointment: {
      tags: ["wait", "appointments"],
      meta: { asked: "Which of the own appointments shall be moved?" },
      entry: [say("askAppointment"), listen],
      on: {
        "agent.book": { guard: "namesAppointment", target: "finding", actions: note("appointmentNamed") },
        "agent.decline": { target: "#supervisor", actions: [note("noChange"), say("kept")] },
      },
    },
    choosingDate: {
      tags: ["wait"],
      meta: { asked: "To which day, and perhaps hour, shall the appointment be moved?" },
      entry: [say("askNewDay"), listen],
      on: { "agent.decline": { target: "#supervisor", actions: [note("noChange"), say("kept")] } },
    },
    checkingAvailability: {
      invoke: {
        id: "check_new_time",
        src: "check_availability",
        input: effectInputs.availability,
        onDone: [
          { guard: "foundExactly", target: "finding", actions: note("offer") },
          { guard: "foundOnlyOtherHours", target: "choosingSlot", actions: [note("offer"), say("nothingAtThatHour")] },
          { guard: "foundSlots", target: "choosingSlot", actions: note("offer") },
          { guard: "isMemberRefused", target: "finding", actions: note("noMember") },
          {
            guard: "isRefused",
            target: "#offering",
            actions: [say("byPerson"), note("noChange"), note("outOfScope")],
          },
          { guard: "wantsMember", target: "askingOthers", actions: note("noMember") },
          { target: "lookingFurther" },
        ],
        onError: { target: "#offering", actions: [say("agendaFailed"), note("toolFailed")] },
      },
    },
    askingOthers: {
      description: "The same person has no time then: whoever else has.",
      invoke: {
        id: "ask_others",
        src: "check_availability",
        input: effectInputs.availability,
        onDone: [
          { guard: "foundExactly", target: "finding", actions: note("offer") },
          { guard: "foundSlots", target: "choosingSlot", actions: [say("otherMember"), note("offer")] },
          { target: "lookingFurther" },
        ],
        onError: { target: "#offering", actions: [say("agendaFailed"), note("toolFailed")] },
      },
    },
    lookingFurther: {
      description: "The days asked for are full: the nearest days after them.",
      invoke: {
        id: "look_further_to_move",
        src: "check_availability",
        input: effectInputs.furtherAvailability,
        onDone: [
          { guard: "foundSlots", target: "choosingSlot", actions: [say("nothingThatDay"), note("alternatives")] },
          { target: "#offering", actions: [say("noSlots"), note("noDay"), note("personNeeded")] },
        ],
        onError: { target: "#offering", actions: [say("agendaFailed"), note("toolFailed")] },
      },
    },
    choosingSlot: {
      tags: ["wait", "slots"],
      meta: { asked: "Which of the offered times suits for the appointment that is moved?" },
      entry: [say("offerSlots"), listen],
      on: { "agent.decline": { target: "finding", actions: note("otherTimes") } },
    },
    confirming: {
      tags: ["wait", "yes_or_no"],
      meta: { asked: "Old and new time of the appointment were shown: shall it be moved exactly so?" },
      entry: [note("moveProposed"), say("confirmMove"), listen],
      on: {
        "agent.accept": [
          { guard: and(["isYes", "isServiceChanged"]), target: "finding" },
          { guard: and(["isYes", "isAppointmentKnown", "isOfferFresh"]), target: "moving" },
          {
            guard: and(["isYes", "isAppointmentKnown"]),
            target: "checkingAvailability",
            actions: note("sameSlotAgain"),
          },
          { guard: "isYes", target: "finding" },
        ],
        "agent.decline": { target: "finding", actions: note("noDay") },
      },
    },
    moving: {
      invoke: {
        id: "reschedule_appointment",
        src: "reschedule_appointment",
        input: effectInputs.move,
        onDone: [
          { guard: "isChanged", target: "#supervisor", actions: [say("moved"), note("noChange")] },
          { guard: "isNewTimeGone", target: "checkingAvailability", actions: [say("slotGone"), note("slotGone")] },
          { guard: "isTooLate", target: "#offering", actions: [say("tooLate"), note("noChange"), note("outOfScope")] },
          { guard: "isGone", target: "#supervisor", actions: [say("appointmentGone"), note("noChange")] },
          { target: "#offering", actions: [say("notMoved"), note("noChange"), note("toolFailed")] },
        ],
        onError: { target: "#offering", actions: [say("notMoved"), note("noChange"), note("toolFailed")] },
      },
    },
  },
});
