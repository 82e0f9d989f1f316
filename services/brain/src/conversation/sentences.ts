import { furtherAvailabilityOf } from "./booking.ts";
import { appointmentsListed } from "./changes.ts";
import { outputOf } from "./effects.ts";
import type { Context } from "./memory.ts";
import { appointmentInHand } from "./own-appointments.ts";
import { bookableServices, serviceOf } from "./services.ts";
import * as es from "./texts/es.ts";
import * as changes from "./texts/es-changes.ts";
import type { MachineEvent, Reply } from "./types.ts";

interface Args {
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

function done(event: MachineEvent, render: (appointment: changes.ShownAppointment) => Reply["message"]) {
  const output = outputOf("reschedule_appointment", event);
  return output.kind === "done" ? render(output.appointment) : changes.notMoved();
}

const serviceIn = (context: Context) => serviceOf(context, context.booking?.serviceId ?? null) ?? UNKNOWN_SERVICE;
const proposalIn = (context: Context) => context.proposal?.id ?? "";

function nameIn({ booking, facts }: Context): string | null {
  const given = booking?.name ?? { first: facts?.contact?.firstName ?? null, last: facts?.contact?.lastName ?? null };
  return [given.first, given.last].filter(Boolean).join(" ") || null;
}

/** Everything that the chart says, rendered by code from its context; the two that repeat a model's words passed the outgoing check. */
export const sentences = {
  greeting: ({ context: { facts } }) => es.greeting(facts?.organization.name ?? "", facts?.contact?.firstName || null),
  goodbye: es.goodbye,
  chat: ({ event }) => ({ kind: "text", text: event.type === "agent.chat" ? event.text : "" }),
  notUnderstood: es.notUnderstood,
  lost: es.lost,
  howToHelp: es.howToHelp,
  oldButton: es.oldButton,
  unreadable: ({ event }) => es.unreadable(event.type === "customer.sent_unreadable" ? event.what : "file"),

  askService: ({ context }) => {
    const { guesses = [], remark = null } = context.booking ?? {};
    const named = bookableServices(context).filter(({ id }) => guesses.includes(id));
    return es.askService(named.length > 1 ? named : bookableServices(context), remark === "unknown_service");
  },
  confirmService: ({ context }) =>
    es.confirmService(serviceOf(context, context.booking?.guesses[0] ?? null) ?? UNKNOWN_SERVICE, proposalIn(context)),
  notBookable: ({ context }) => es.notBookable(serviceIn(context)),
  offerAssessment: ({ context }) => {
    const service = serviceIn(context);
    const assessment = serviceOf(context, service.assessmentServiceId) ?? UNKNOWN_SERVICE;
    return es.offerAssessment(service, assessment, proposalIn(context));
  },
  needsAssessment: ({ context }) => es.needsAssessment(serviceIn(context)),
  askDay: ({ context }) => {
    const { dayReadings = [], remark = null } = context.booking ?? {};
    return dayReadings.length > 0 ? es.askWhichDay(dayReadings) : es.askDay(serviceIn(context), remark);
  },
  offerSlots: ({ context }) => es.offerSlots(serviceIn(context), context.booking?.slots ?? []),
  nothingThatDay: ({ context }) => {
    const { from } = furtherAvailabilityOf(context);
    return es.nothingThatDay(context.booking?.day?.from ?? from, context.booking?.day?.to ?? from);
  },
  nothingAtThatHour: es.nothingAtThatHour,
  noSlots: ({ context }) => es.noSlots(serviceIn(context)),
  memberUnavailable: ({ context: { booking, facts } }) =>
    es.memberUnavailable(facts?.members.find(({ id }) => id === booking?.memberId)?.name ?? "Esa persona"),
  askName: es.askName,
  nameNeeded: es.nameNeeded,
  confirmBooking: ({ context }) => {
    const slot = context.proposal?.slot ?? null;
    if (slot === null) return es.agendaFailed();
    return es.confirmBooking({ service: serviceIn(context), slot, name: nameIn(context) }, proposalIn(context));
  },
  askWhatToChange: es.askWhatToChange,
  stopped: es.stopped,
  slotGone: ({ context: { booking } }) => (booking?.slot ? es.slotGone(booking.slot) : es.nothingAtThatHour()),
  booked: ({ event }) => {
    const output = outputOf("book_appointment", event);
    return output.kind === "booked" ? es.booked(output.appointment) : es.notBooked();
  },
  notBooked: es.notBooked,
  agendaFailed: es.agendaFailed,

  askAppointment: ({ context }) =>
    changes.askAppointment(appointmentsListed(context), changeIn(context), context.change?.notFound ?? false),
  noAppointments: changes.noAppointments,
  appointmentGone: changes.appointmentGone,
  changedMeanwhile: changes.changedMeanwhile,
  kept: changes.kept,
  tooLate: ({ context }) => changes.tooLate(changeIn(context)),
  byPerson: ({ context }) => changes.byPerson(changeIn(context)),
  confirmCancellation: ({ context }) => changes.confirmCancellation(appointmentIn(context), proposalIn(context)),
  cancelled: ({ event }) => done(event, changes.cancelled),
  notCancelled: changes.notCancelled,
  confirmAttendance: ({ context }) => changes.confirmAttendance(appointmentIn(context), proposalIn(context)),
  attendanceConfirmed: ({ event }) => done(event, changes.attendanceConfirmed),
  alreadyConfirmed: ({ context }) => changes.alreadyConfirmed(appointmentIn(context)),
  notConfirmed: changes.notConfirmed,
  notAttending: changes.notAttending,
  askNewDay: ({ context }) => {
    const { dayReadings = [], remark = null } = context.booking ?? {};
    return dayReadings.length > 0 ? es.askWhichDay(dayReadings) : changes.askNewDay(appointmentIn(context), remark);
  },
  confirmMove: ({ context }) => {
    const slot = context.proposal?.slot ?? null;
    if (slot === null) return es.agendaFailed();
    return changes.confirmMove(appointmentIn(context), slot, proposalIn(context));
  },
  moved: ({ event }) => done(event, changes.moved),
  notMoved: changes.notMoved,
  otherMember: changes.otherMember,

  askReminders: ({ context }) => es.askReminders(proposalIn(context)),
  remindersSettled: ({ context: { reminders } }) =>
    reminders?.answer === "opt_in" ? es.remindersOn() : es.remindersOff(),

  answer: ({ event }) => {
    const output = outputOf("phrase_answer", event);
    return output.kind === "answer" ? { kind: "text", text: output.text } : es.nothingFound();
  },
  nothingFound: es.nothingFound,
  knowledgeFailed: es.knowledgeFailed,

  askPerson: ({ context }) => es.askPerson(proposalIn(context)),
  allRight: es.allRight,
  raised: es.raised,
  alreadyRaised: es.alreadyRaised,
  raiseFailed: es.raiseFailed,
  handedOver: es.handedOver,
  nobodyReached: es.nobodyReached,
} satisfies Record<string, Sentence>;

export type SentenceName = keyof typeof sentences;
