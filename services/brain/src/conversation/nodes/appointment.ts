import { and, not } from "xstate";
import { effectInputs } from "../effects.ts";
import { conversation, listen, note, say } from "../setup.ts";

/** Books an appointment: asks for what is missing, offers what is free, and acts only on an explicit yes to a summary. */
export const appointment = conversation.createStateConfig({
  id: "appointment",
  initial: "gathering",
  on: {
    "agent.give_name": { guard: and(["isOwnName", "isBooking"]), target: ".gathering", actions: note("name") },
  },
  states: {
    gathering: {
      id: "gathering",
      description: "Finds the next question from what is known, so that a booking goes on after any interruption.",
      always: [
        { guard: "isQuestionOpen", target: "#knowledge" },
        { guard: "isMoving", target: "#reschedule" },
        { guard: "isServiceGuessed", target: "confirmingService" },
        { guard: "isServiceMissing", target: "choosingService" },
        {
          guard: "isNotBookable",
          target: "#offering",
          actions: [say("notBookable"), note("noService"), note("outOfScope")],
        },
        { guard: and(["needsAssessment", "isAssessmentBookable"]), target: "assessmentNeeded" },
        {
          guard: "needsAssessment",
          target: "#offering",
          actions: [say("needsAssessment"), note("noService"), note("outOfScope")],
        },
        {
          guard: and(["hasSlot", not("isOfferFresh")]),
          target: "checkingAvailability",
          actions: note("sameSlotAgain"),
        },
        { guard: and(["hasSlot", "isNameMissing"]), target: "namingContact" },
        { guard: "hasSlot", target: "confirming" },
        { guard: and(["hasOffer", "isOfferFresh"]), target: "choosingSlot" },
        { guard: "isDayMissing", target: "choosingDate" },
        { target: "checkingAvailability" },
      ],
    },
    choosingService: {
      tags: ["wait"],
      meta: { asked: "Which service does the customer want?" },
      entry: [say("askService"), listen],
      on: { "agent.decline": { target: "#supervisor", actions: [note("noBooking"), say("stopped")] } },
    },
    confirmingService: {
      tags: ["wait", "yes_or_no"],
      meta: { asked: "Is this the service that the customer means?" },
      entry: [note("serviceProposed"), say("confirmService"), listen],
      on: {
        "agent.accept": { guard: "isYes", target: "gathering", actions: note("guessAccepted") },
        "agent.book": { guard: "goesOn", target: "gathering", actions: [note("guessAccepted"), note("details")] },
        "agent.give_name": { guard: "isOwnName", target: "gathering", actions: [note("guessAccepted"), note("name")] },
        "agent.decline": { target: "choosingService", actions: note("noService") },
      },
    },
    assessmentNeeded: {
      tags: ["wait", "yes_or_no"],
      meta: { asked: "The service needs an assessment first: shall the assessment be booked?" },
      entry: [note("assessmentProposed"), say("offerAssessment"), listen],
      on: {
        "agent.accept": { guard: "isYes", target: "gathering", actions: note("assessmentAccepted") },
        "agent.book": { guard: "goesOn", target: "gathering", actions: [note("assessmentAccepted"), note("details")] },
        "agent.give_name": {
          guard: "isOwnName",
          target: "gathering",
          actions: [note("assessmentAccepted"), note("name")],
        },
        "agent.decline": { target: "#offering", actions: [note("noBooking"), note("outOfScope")] },
      },
    },
    choosingDate: {
      tags: ["wait"],
      meta: { asked: "For which day, and perhaps hour?" },
      entry: [say("askDay"), listen],
      on: { "agent.decline": { target: "#supervisor", actions: [note("noBooking"), say("stopped")] } },
    },
    checkingAvailability: {
      invoke: {
        id: "check_availability",
        src: "check_availability",
        input: effectInputs.availability,
        onDone: [
          { guard: "foundExactly", target: "gathering", actions: note("offer") },
          { guard: "foundOnlyOtherHours", target: "choosingSlot", actions: [note("offer"), say("nothingAtThatHour")] },
          { guard: "foundSlots", target: "choosingSlot", actions: note("offer") },
          { guard: "isMemberRefused", target: "gathering", actions: [say("memberUnavailable"), note("noMember")] },
          {
            guard: "isRefused",
            target: "#offering",
            actions: [say("agendaFailed"), note("noDay"), note("toolFailed")],
          },
          { target: "lookingFurther" },
        ],
        onError: { target: "#offering", actions: [say("agendaFailed"), note("toolFailed")] },
      },
    },
    lookingFurther: {
      description: "The days asked for are full: the nearest days after them.",
      invoke: {
        id: "look_further",
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
      meta: { asked: "Which of the offered times suits?" },
      entry: [say("offerSlots"), listen],
      on: { "agent.decline": { target: "checkingAvailability", actions: note("otherTimes") } },
    },
    namingContact: {
      tags: ["wait"],
      meta: { asked: "First and last name of the customer?" },
      entry: [say("askName"), listen],
      on: {
        "agent.decline": { target: "#offering", actions: [say("nameNeeded"), note("personNeeded")] },
      },
    },
    confirming: {
      tags: ["wait", "yes_or_no"],
      meta: { asked: "The summary of the appointment was shown: shall it be booked exactly so?" },
      entry: [note("bookingProposed"), say("confirmBooking"), listen],
      on: {
        "agent.accept": [
          { guard: and(["isYes", "isOfferFresh"]), target: "booking" },
          { guard: "isYes", target: "checkingAvailability", actions: note("sameSlotAgain") },
        ],
        "agent.decline": { target: "reconsidering", actions: note("noProposal") },
      },
    },
    reconsidering: {
      tags: ["wait"],
      meta: { asked: "What should be different: service, day or hour?" },
      entry: [say("askWhatToChange"), listen],
      on: { "agent.decline": { target: "#supervisor", actions: [note("noBooking"), say("stopped")] } },
    },
    booking: {
      invoke: {
        id: "book_appointment",
        src: "book_appointment",
        input: effectInputs.booking,
        onDone: [
          {
            guard: and(["isBooked", "isConsentUnknown"]),
            target: "askingReminders",
            actions: [say("booked"), note("booked")],
          },
          { guard: "isBooked", target: "#supervisor", actions: [say("booked"), note("noBooking")] },
          { guard: "isSlotGone", target: "checkingAvailability", actions: [say("slotGone"), note("slotGone")] },
          { guard: "isNameRequired", target: "namingContact", actions: note("noProposal") },
          { target: "#offering", actions: [say("notBooked"), note("slotGone"), note("toolFailed")] },
        ],
        onError: { target: "#offering", actions: [say("notBooked"), note("slotGone"), note("toolFailed")] },
      },
    },
    askingReminders: {
      id: "askingReminders",
      tags: ["wait", "yes_or_no"],
      meta: { asked: "The appointment is booked. Does the customer want reminders by WhatsApp?" },
      entry: [note("remindersProposed"), say("askReminders"), listen],
      on: {
        "agent.accept": { guard: "isYes", target: "recordingConsent", actions: note("remindersOn") },
        "agent.decline": { guard: "isNo", target: "recordingConsent", actions: note("remindersOff") },
      },
    },
    recordingConsent: {
      invoke: {
        id: "record_consent",
        src: "record_consent",
        input: effectInputs.consent,
        onDone: { target: "#supervisor", actions: [say("remindersSettled"), note("remindersSettled")] },
        onError: { target: "#supervisor", actions: [note("remindersSettled"), say("remindersFailed")] },
      },
    },
  },
});
