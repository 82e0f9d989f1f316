import { and } from "xstate";
import { effectInputs } from "../effects.ts";
import { conversation, listen, note, say } from "../setup.ts";

/** Cancels one of the customer's own appointments, after an explicit yes to exactly that one. */
export const cancellation = conversation.createStateConfig({
  id: "cancellation",
  initial: "finding",
  states: {
    finding: {
      description: "Finds which of the customer's own appointments is meant.",
      always: [
        { guard: "isAppointmentGone", target: "#supervisor", actions: [say("appointmentGone"), note("noChange")] },
        { guard: "hasNoAppointments", target: "#supervisor", actions: [say("noAppointments"), note("noChange")] },
        { guard: "isAppointmentKnown", target: "confirming" },
        { target: "choosingAppointment" },
      ],
    },
    choosingAppointment: {
      tags: ["wait", "appointments"],
      meta: { asked: "Which of the own appointments shall be cancelled?" },
      entry: [say("askAppointment"), listen],
      on: {
        "agent.book": { guard: "namesAppointment", target: "finding", actions: note("appointmentNamed") },
        "agent.decline": { target: "#supervisor", actions: [note("noChange"), say("kept")] },
      },
    },
    confirming: {
      tags: ["wait", "yes_or_no"],
      meta: { asked: "The appointment was shown: shall it be cancelled?" },
      entry: [note("cancellationProposed"), say("confirmCancellation"), listen],
      on: {
        "agent.accept": [
          { guard: and(["isYes", "isAsShown"]), target: "cancelling" },
          { guard: "isYes", target: "finding", actions: say("changedMeanwhile") },
        ],
        "agent.decline": { target: "#supervisor", actions: [note("noChange"), say("kept")] },
      },
    },
    cancelling: {
      invoke: {
        id: "cancel_appointment",
        src: "cancel_appointment",
        input: effectInputs.ownAppointment,
        onDone: [
          { guard: "isChanged", target: "#supervisor", actions: [say("cancelled"), note("noChange")] },
          { guard: "isTooLate", target: "#offering", actions: [say("tooLate"), note("noChange"), note("outOfScope")] },
          { guard: "isGone", target: "#supervisor", actions: [say("appointmentGone"), note("noChange")] },
          { target: "#offering", actions: [say("notCancelled"), note("noChange"), note("toolFailed")] },
        ],
        onError: { target: "#offering", actions: [say("notCancelled"), note("noChange"), note("toolFailed")] },
      },
    },
  },
});
