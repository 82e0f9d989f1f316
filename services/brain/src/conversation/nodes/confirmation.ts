import { and } from "xstate";
import { effectInputs } from "../effects.ts";
import { conversation, listen, note, say } from "../setup.ts";

/** Confirms that the customer comes to one of the own appointments, after an explicit yes to exactly that one. */
export const confirmation = conversation.createStateConfig({
  id: "confirmation",
  initial: "finding",
  states: {
    finding: {
      description: "Finds which of the customer's own appointments is meant.",
      always: [
        { guard: "isAppointmentGone", target: "#supervisor", actions: [say("appointmentGone"), note("noChange")] },
        { guard: "hasNoAppointments", target: "#supervisor", actions: [say("noAppointments"), note("noChange")] },
        { guard: "isConfirmedAlready", target: "#supervisor", actions: [say("alreadyConfirmed"), note("noChange")] },
        { guard: "isAppointmentKnown", target: "confirming" },
        { target: "choosingAppointment" },
      ],
    },
    choosingAppointment: {
      tags: ["wait", "appointments"],
      meta: { asked: "Which of the own appointments does the customer confirm?" },
      entry: [say("askAppointment"), listen],
      on: {
        "agent.book": { guard: "namesAppointment", target: "finding", actions: note("appointmentNamed") },
        "agent.decline": { target: "#supervisor", actions: [note("noChange"), say("kept")] },
      },
    },
    confirming: {
      tags: ["wait", "yes_or_no"],
      meta: { asked: "The appointment was shown: will the customer come to it?" },
      entry: [note("confirmationProposed"), say("confirmAttendance"), listen],
      on: {
        "agent.accept": [
          { guard: and(["isYes", "isAsShown"]), target: "acting" },
          { guard: "isYes", target: "finding", actions: say("changedMeanwhile") },
        ],
        "agent.decline": { target: "#supervisor", actions: [note("noChange"), say("notAttending")] },
      },
    },
    acting: {
      id: "attending",
      invoke: {
        id: "confirm_appointment",
        src: "confirm_appointment",
        input: effectInputs.ownAppointment,
        onDone: [
          { guard: "isChanged", target: "#supervisor", actions: [say("attendanceConfirmed"), note("noChange")] },
          { guard: "isGone", target: "#supervisor", actions: [say("appointmentGone"), note("noChange")] },
          { target: "#offering", actions: [say("notConfirmed"), note("noChange"), note("toolFailed")] },
        ],
        onError: { target: "#offering", actions: [say("notConfirmed"), note("noChange"), note("toolFailed")] },
      },
    },
  },
});
