import type { OnboardingConnection, OnboardingFacts } from "@skytide/store";
import { type Finding, failed, ok, warning } from "./findings.ts";

/** The connection that webhooks and sends use: the newest active one with an app. */
export function activeConnection({ connections }: OnboardingFacts): OnboardingConnection | undefined {
  return connections.findLast(({ isActive, appName }) => isActive && appName !== null);
}

/** What the database says about an organization's readiness. */
export function checkDatabase(facts: OnboardingFacts): Finding[] {
  return [...checkConnection(facts), ...checkHouse(facts), checkTraffic(facts)];
}

function checkConnection(facts: OnboardingFacts): Finding[] {
  const connection = activeConnection(facts);
  if (connection === undefined) {
    const says =
      facts.connections.length > 0 ? "All its connections are switched off" : "It has no connection to an app";
    return [failed("connection", `${says}: no message is found to be its own (404). skytide org add makes one.`)];
  }
  const missing = [
    connection.apiKey ? [] : ["the API key (nothing can be sent)"],
    connection.businessNumber ? [] : ["the business number (nothing can be sent)"],
    connection.appId ? [] : ["the app's id (no v3 messages, read marks and template checks)"],
  ].flat();
  return [
    missing.length === 0
      ? ok("connection", `App ${connection.appName} with number, id and API key.`)
      : failed(
          "connection",
          `App ${connection.appName} lacks ${missing.join(", ")}. Call skytide org add again with it.`,
        ),
    connection.webhookSecret
      ? ok("secret", "Webhooks must carry the connection's secret.")
      : warning(
          "secret",
          "It has none: anybody who knows the app's name can send messages in. skytide org add makes one.",
        ),
  ];
}

function checkHouse(facts: OnboardingFacts): Finding[] {
  const { agentEnabled, services, attendedServices, openDays, recipients } = facts;
  return [
    agentEnabled
      ? ok("agent", "It is switched on.")
      : warning("agent", "It is switched off (agent_enabled): messages are recorded, nothing is answered."),
    services > 0 && attendedServices > 0
      ? ok("services", `${attendedServices} of ${services} bookable services have somebody who attends them.`)
      : failed(
          "services",
          services === 0
            ? "Nothing can be booked: no active, bookable service."
            : "Nobody attends any bookable service (service_assignments).",
        ),
    openDays > 0
      ? ok("hours", `Open on ${openDays} days of the week.`)
      : failed("hours", "No opening hours (organization_availability): no free time will ever be offered."),
    recipients > 0
      ? ok("recipients", `${recipients} people are told when a customer asks for a person.`)
      : failed(
          "recipients",
          "Nobody is told when a customer asks for a person: add rows to internal_notifications_config.",
        ),
  ];
}

function checkTraffic({ lastInboundAt, lastReceiptAt }: OnboardingFacts): Finding {
  if (lastInboundAt === null) return warning("traffic", "No customer has written yet.");
  const inbound = `The last customer wrote at ${shown(lastInboundAt)}`;
  return lastReceiptAt === null
    ? warning("traffic", `${inbound}, and no receipt has ever come: subscribe SENT, DELIVERED, READ and FAILED.`)
    : ok("traffic", `${inbound}, the last receipt came at ${shown(lastReceiptAt)}.`);
}

const shown = (instant: string) => `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")} UTC`;
