import { furtherAvailabilityOf } from "./booking.ts";
import { appointmentsListed } from "./changes.ts";
import { outputOf } from "./effects.ts";
import type { Context } from "./memory.ts";
import { appointmentInHand } from "./own-appointments.ts";
import { bookableServices, serviceOf } from "./services.ts";
import type { Texts } from "./texts/index.ts";
import type { ShownAppointment } from "./texts/layouts.ts";
import type { MachineEvent, Reply } from "./types.ts";

interface Args {
  /** What code says in the language of this customer. */
  texts: Texts;
  context: Context;
  event: MachineEvent;
}
type Sentence = (args: Args) => Reply["message"];

const UNKNOWN_SERVICE = {
  id: "",
  name: "tu servicio",
  description: null,
  durationMinutes: 0,
  priceCop: null,
  isBookable: false,
  requiresAssessment: false,
  assessmentServiceId: null,
};

const UNKNOWN_APPOINTMENT = {
  serviceName: null,
  memberName: null,
  date: "1970-01-01",
  startTime: "00:00",
  serviceId: null,
};

const appointmentIn = (context: Context) => appointmentInHand(context) ?? UNKNOWN_APPOINTMENT;
const changeIn = ({ change }: Context) => change?.kind ?? "move";
const serviceIn = (context: Context) => serviceOf(context, context.booking?.serviceId ?? null) ?? UNKNOWN_SERVICE;
const proposalIn = (context: Context) => context.proposal?.id ?? "";

function done({ texts, event }: Args, render: (appointment: ShownAppointment) => Reply["message"]) {
  const output = outputOf("reschedule_appointment", event);
  return output.kind === "done" ? render(output.appointment) : texts.notMoved();
}

function nameIn({ booking, facts }: Context): string | null {
  const given = booking?.name ?? { first: facts?.contact?.firstName ?? null, last: facts?.contact?.lastName ?? null };
  return [given.first, given.last].filter(Boolean).join(" ") || null;
}

type Plain = { [Name in keyof Texts]: Texts[Name] extends () => Reply["message"] ? Name : never }[keyof Texts];

/** A sentence that needs nothing but the language. */
const plain =
  (name: Plain): Sentence =>
  ({ texts }) =>
    texts[name]();

/** What kind of answer the last question waits for. */
function pendingIn({ proposal, change, booking }: Context): Parameters<Texts["explained"]>[0] {
  if (proposal !== null) return "yes_or_no";
  if (change !== null && change.appointmentId === null) return "appointment";
  if (booking === null || booking.serviceId === null) return "service";
  if (booking.slot !== null) return "name";
  return booking.slots.length > 0 ? "slots" : "day";
}

/** Everything that the chart says, rendered by code from its context; the two that repeat a model's words passed the outgoing check. */
export const sentences = {
  greeting: ({ texts, context }) => {
    const { organization, contact } = context.facts ?? {};
    return texts.greeting({
      business: organization?.name ?? "",
      agent: organization?.agentName || null,
      customer: contact?.firstName || null,
      own: organization?.settings?.agentGreeting || null,
    });
  },
  goodbye: plain("goodbye"),
  chat: ({ event }) => ({ kind: "text", text: event.type === "agent.chat" ? event.text : "" }),
  notUnderstood: plain("notUnderstood"),
  lost: plain("lost"),
  howToHelp: plain("howToHelp"),
  oldButton: plain("oldButton"),
  alsoUnreadable: ({ texts, context }) => texts.alsoUnreadable(context.heard?.unread ?? "file"),
  onlyThisLanguage: plain("onlyThisLanguage"),
  notArrived: plain("notArrived"),
  nudge: plain("nudge"),
  sorry: plain("sorry"),
  cannotAnswer: plain("cannotAnswer"),
  explained: ({ texts, context }) => texts.explained(pendingIn(context)),
  unreadable: ({ texts, event }) => texts.unreadable(event.type === "customer.sent_unreadable" ? event.what : "file"),

  askService: ({ texts, context }) => {
    const { guesses = [], remark = null } = context.booking ?? {};
    const named = bookableServices(context).filter(({ id }) => guesses.includes(id));
    return texts.askService(named.length > 1 ? named : bookableServices(context), remark === "unknown_service");
  },
  confirmService: ({ texts, context }) =>
    texts.confirmService(
      serviceOf(context, context.booking?.guesses[0] ?? null) ?? UNKNOWN_SERVICE,
      proposalIn(context),
    ),
  notBookable: ({ texts, context }) => texts.notBookable(serviceIn(context)),
  offerAssessment: ({ texts, context }) => {
    const service = serviceIn(context);
    const assessment = serviceOf(context, service.assessmentServiceId) ?? UNKNOWN_SERVICE;
    return texts.offerAssessment(service, assessment, proposalIn(context));
  },
  needsAssessment: ({ texts, context }) => texts.needsAssessment(serviceIn(context)),
  askDay: ({ texts, context }) => {
    const { dayReadings = [], remark = null } = context.booking ?? {};
    return dayReadings.length > 0 ? texts.askWhichDay(dayReadings) : texts.askDay(serviceIn(context), remark);
  },
  offerSlots: ({ texts, context }) => texts.offerSlots(serviceIn(context), context.booking?.slots ?? []),
  nothingThatDay: ({ texts, context }) => {
    const { from } = furtherAvailabilityOf(context);
    return texts.nothingThatDay(context.booking?.day?.from ?? from, context.booking?.day?.to ?? from);
  },
  nothingAtThatHour: plain("nothingAtThatHour"),
  noSlots: ({ texts, context }) => texts.noSlots(serviceIn(context)),
  memberUnavailable: ({ texts, context }) =>
    texts.memberUnavailable(context.facts?.members.find(({ id }) => id === context.booking?.memberId)?.name ?? null),
  askName: plain("askName"),
  nameNeeded: plain("nameNeeded"),
  confirmBooking: ({ texts, context }) => {
    const slot = context.proposal?.slot ?? null;
    if (slot === null) return texts.agendaFailed();
    return texts.confirmBooking({ service: serviceIn(context), slot, name: nameIn(context) }, proposalIn(context));
  },
  askWhatToChange: plain("askWhatToChange"),
  stopped: plain("stopped"),
  slotGone: ({ texts, context }) => {
    const slot = context.booking?.slot;
    return slot ? texts.slotGone(slot) : texts.nothingAtThatHour();
  },
  booked: ({ texts, event }) => {
    const output = outputOf("book_appointment", event);
    return output.kind === "booked" ? texts.booked(output.appointment) : texts.notBooked();
  },
  notBooked: plain("notBooked"),
  agendaFailed: plain("agendaFailed"),

  askAppointment: ({ texts, context }) =>
    texts.askAppointment(appointmentsListed(context), changeIn(context), context.change?.notFound ?? false),
  noAppointments: plain("noAppointments"),
  appointmentGone: plain("appointmentGone"),
  changedMeanwhile: plain("changedMeanwhile"),
  reminderOver: plain("reminderOver"),
  reminderOutdated: plain("reminderOutdated"),
  kept: plain("kept"),
  tooLate: ({ texts, context }) => texts.tooLate(changeIn(context)),
  byPerson: ({ texts, context }) => texts.byPerson(changeIn(context)),
  confirmCancellation: ({ texts, context }) => texts.confirmCancellation(appointmentIn(context), proposalIn(context)),
  cancelled: (args) => done(args, args.texts.cancelled),
  notCancelled: plain("notCancelled"),
  confirmAttendance: ({ texts, context }) => texts.confirmAttendance(appointmentIn(context), proposalIn(context)),
  attendanceConfirmed: (args) => done(args, args.texts.attendanceConfirmed),
  alreadyConfirmed: ({ texts, context }) => texts.alreadyConfirmed(appointmentIn(context)),
  notConfirmed: plain("notConfirmed"),
  notAttending: plain("notAttending"),
  askNewDay: ({ texts, context }) => {
    const { dayReadings = [], remark = null } = context.booking ?? {};
    return dayReadings.length > 0 ? texts.askWhichDay(dayReadings) : texts.askNewDay(appointmentIn(context), remark);
  },
  confirmMove: ({ texts, context }) => {
    const slot = context.proposal?.slot ?? null;
    if (slot === null) return texts.agendaFailed();
    return texts.confirmMove(appointmentIn(context), slot, proposalIn(context));
  },
  moved: (args) => done(args, args.texts.moved),
  notMoved: plain("notMoved"),
  otherMember: plain("otherMember"),

  askReminders: ({ texts, context }) => texts.askReminders(proposalIn(context)),
  remindersOff: plain("remindersOff"),
  remindersFailed: plain("remindersFailed"),
  remindersSettled: ({ texts, context }) =>
    context.reminders?.answer === "opt_in" ? texts.remindersOn() : texts.remindersOff(),

  answer: ({ texts, event }) => {
    const output = outputOf("phrase_answer", event);
    return output.kind === "answer" ? { kind: "text", text: output.text } : texts.nothingFound();
  },
  nothingFound: plain("nothingFound"),
  knowledgeFailed: plain("knowledgeFailed"),

  askPerson: ({ texts, context }) => texts.askPerson(proposalIn(context)),
  allRight: plain("allRight"),
  raised: plain("raised"),
  stillWaiting: plain("stillWaiting"),
  alreadyRaised: plain("alreadyRaised"),
  raiseFailed: plain("raiseFailed"),
  handedOver: plain("handedOver"),
  nobodyReached: plain("nobodyReached"),
} satisfies Record<string, Sentence>;

export type SentenceName = keyof typeof sentences;
