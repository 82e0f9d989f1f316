import type { Slot } from "../memory.ts";
import type { Service } from "../types.ts";
import { enFormat as format } from "./en-format.ts";
import type { es, Greeting } from "./es.ts";
import { dayButtons, type ShownAppointment, serviceList, slotChoice, whenOf } from "./layouts.ts";
import { MAX_ROWS, say, yesNo } from "./messages.ts";

/** What code says to customers, in English. Appointments that exist already: en-changes.ts. */

const HELP = {
  yes_or_no: "Let me explain: answer *yes* or *no*, or tap one of the buttons.",
  slots: "Let me explain: answer with the number of the time you prefer, or tell me another day or time.",
  service: "Let me explain: choose a service from the list or write me its name.",
  day: "Let me explain: write me a day, such as *tomorrow* or *Tuesday afternoon*.",
  name: "Let me explain: write me your first and last name.",
  appointment: "Let me explain: answer with the number of the appointment.",
};

export const en: typeof es = {
  greeting: ({ business, agent, customer, own }: Greeting) => {
    const hello = `Hi${customer === null ? "" : `, ${customer}`}! 👋`;
    const who = agent === null ? `I'm the virtual assistant of ${business}` : `I'm ${agent}, from ${business}`;
    return say(
      own ?? `${hello} ${who}. I can give you information and book, move or cancel your appointments. How can I help?`,
    );
  },
  goodbye: () => say("You're welcome! I'm here whenever you need me. 😊"),
  notUnderstood: () => say("Sorry, I didn't quite get that."),
  lost: () => say("Sorry, I still don't get it."),
  howToHelp: () =>
    say("I can tell you about our services and book, move or cancel your appointments. What do you need?"),
  oldButton: () => say("That option is no longer available."),
  unreadable: (what: "audio" | "file") =>
    say(
      `I got your ${what === "audio" ? "voice note, but I couldn't make it out" : "file, but I can't see it here"}. Could you write it to me? If you'd rather talk to a person, write *person*.`,
    ),
  alsoUnreadable: (what: "audio" | "file") =>
    say(
      what === "audio"
        ? "I also got your voice note, but I couldn't make it out; if it said anything else, please write it to me."
        : "I also got your file, but I can't see it here; if you'd like a person to look at it, write *person*.",
    ),
  onlyThisLanguage: () => say("I can answer you in English here."),
  notArrived: () => say("It seems my last message didn't reach you; here it is again."),
  nudge: () => say("Shall we go on? I'm still waiting for your answer. 🙂"),
  cannotAnswer: () => say("I can't answer you myself right now."),
  sorry: () => say("I'm sorry about that."),
  explained: (pending: "yes_or_no" | "slots" | "service" | "day" | "name" | "appointment") => say(HELP[pending]),
  stopped: () => say("All right, I won't book anything. If you change your mind, I'm here."),
  askService: (services: readonly Service[], unknown: boolean) => {
    const intro = unknown ? "I can't find that service on our list. " : "";
    if (services.length === 0) return say(`${intro}Which service are you interested in?`);
    const rest = services.length > MAX_ROWS ? " If it isn't on the list, write me which one." : "";
    const text = `${intro}Which service are you interested in?${rest}`;
    return serviceList({ text, button: "See services" }, services, format);
  },
  confirmService: (service: Service, proposalId: string) =>
    yesNo(
      `Do you mean *${service.name}* (${format.details(service)})?`,
      proposalId,
      "Yes, that one",
      "No, see services",
    ),
  notBookable: (service: Service) => say(`${service.name} can't be booked in this chat.`),
  offerAssessment: (service: Service, assessment: Service, proposalId: string) =>
    yesNo(
      `For ${service.name} you first need an assessment: *${assessment.name}* (${format.details(assessment)}). Shall I book the assessment?`,
      proposalId,
      "Yes, please",
      "No, thanks",
    ),
  needsAssessment: (service: Service) => say(`${service.name} needs an assessment first, and our team arranges that.`),
  askDay: (service: Service, remark: string | null) => {
    if (remark === "past_day") return say("That date has passed. Which other day shall I look at?");
    if (remark === "impossible_day") return say("I couldn't place that date. Which day and month suits you?");
    return say(`Which day would you like your ${service.name} appointment? If you have a preferred time, tell me.`);
  },
  askWhichDay: (dates: readonly string[]) =>
    dayButtons(`Do you mean ${dates.map(format.date).join(" or ")}?`, dates, format),
  offerSlots: (service: Service, slots: readonly Slot[]) =>
    slotChoice(
      {
        intro: (date) => `For ${service.name}${date === null ? "" : ` on ${format.date(date)}`} I have:`,
        ask: "Which one suits you? You can also tell me another day or time.",
        button: "See times",
        more: "Other times",
        with: (member) => `with ${member}`,
      },
      slots,
      format,
    ),
  nothingThatDay: (from: string, to: string) =>
    say(from === to ? `There are no free times on ${format.date(from)}.` : "There are no free times on those days."),
  nothingAtThatHour: () => say("I have nothing left at that time, but look at these."),
  noSlots: (service: Service) => say(`I found no free times for ${service.name} on those dates.`),
  memberUnavailable: (name: string | null) =>
    say(`${name ?? "That person"} doesn't do that service; here is who does.`),
  askName: () => say("In whose name shall I book it? Tell me first and last name."),
  nameNeeded: () => say("Without a name I can't book the appointment."),
  confirmBooking: (
    { service, slot, name }: { service: Service; slot: Slot; name: string | null },
    proposalId: string,
  ) =>
    yesNo(
      [
        "Let's check your appointment:",
        `• *${service.name}* (${format.details(service)})`,
        `• ${whenOf(slot, format)}`,
        `• With ${slot.memberName}`,
        ...(name === null ? [] : [`• In the name of ${name}`]),
        "Shall I book it?",
      ].join("\n"),
      proposalId,
      "Yes, book it",
      "Change something",
    ),
  askWhatToChange: () =>
    say(
      "Sure. What would you like to change: the service, the day or the time? If you'd rather not book, tell me too.",
    ),
  slotGone: (slot: Slot) => say(`That time (${format.time(slot.startTime)}) was just taken.`),
  booked: (appointment: ShownAppointment) => {
    const { serviceName, memberName } = appointment;
    const service = serviceName === null ? "" : `\n• *${serviceName}*`;
    const member = memberName === null ? "" : `\n• With ${memberName}`;
    return say(`Done! Your appointment is booked ✅${service}\n• ${whenOf(appointment, format)}${member}`);
  },
  notBooked: () => say("I couldn't book the appointment."),
  askReminders: (proposalId: string) =>
    yesNo("Would you like me to send you reminders on WhatsApp?", proposalId, "Yes, please", "No, thanks"),
  remindersOn: () => say("Great, I'll send you reminders here."),
  remindersOff: () => say("All right, I won't send you reminders."),
  remindersFailed: () => say("I couldn't save your answer about reminders just now."),
  nothingFound: () => say("I don't have that information at hand."),
  knowledgeFailed: () => say("I couldn't look that up just now."),
  agendaFailed: () => say("I couldn't check the calendar just now."),
  askPerson: (proposalId: string) =>
    yesNo("Would you like me to put you in touch with somebody of the team?", proposalId, "Yes, please", "No, thanks"),
  allRight: () => say("All right, let's go on here."),
  raised: () => say("Sure, I'm letting somebody of the team know. One moment. 🙏"),
  alreadyRaised: () => say("I'm already letting the team know. I'll tell you here as soon as I hear."),
  raiseFailed: () => say("I couldn't reach the team just now. Can I help you with anything else here?"),
  handedOver: () => say("Done, our team knows. Somebody will answer you in this chat."),
  stillWaiting: () =>
    say(
      "Sorry for the wait: nobody of our team has been able to answer you yet. Your message is still waiting for them, and they will write to you in this chat as soon as they can.",
    ),
  nobodyReached: () =>
    say("I tried to reach somebody of the team, but nobody could be reached for now. I'm still here to help as I can."),
};
