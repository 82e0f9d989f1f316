import { propertiesOf } from "./json-schema.ts";
import type { OfferedTool } from "./model-request.ts";

/** What a tool is for, as far as the simulator can tell. */
export type Role =
  | "details"
  | "slot"
  | "otherTimes"
  | "name"
  | "accept"
  | "decline"
  | "stop"
  | "question"
  | "change"
  | "appointment"
  | "person"
  | "greeting"
  | "goodbye"
  | "chat"
  | "notUnderstood";

/** Properties that only one kind of tool has, the most telling first. */
const BY_PROPERTY: readonly [RegExp, Role][] = [
  [/^slot(_id)?$/, "slot"],
  [/^evidence$/, "accept"],
  [/^question$/, "question"],
  [/^change$/, "change"],
  [/^appointment(_id)?$/, "appointment"],
  [/^direction$/, "otherTimes"],
  [/^(service_id|day|time|part_of_day)$/, "details"],
  [/^(first_name|name)$/, "name"],
  [/^reason$/, "person"],
  [/^(text|reply|message)$/, "chat"],
];
const BY_NAME: readonly [RegExp, Role][] = [
  [/not_?understood|unclear|unknown|confus/, "notUnderstood"],
  [/stop|abandon|drop|forget/, "stop"],
  [/decline|reject|refuse|^no$|say_no/, "decline"],
  [/accept|confirm_|^yes$|say_yes|agree/, "accept"],
  [/other|more_/, "otherTimes"],
  [/bye|thank|farewell/, "goodbye"],
  [/greet|hello/, "greeting"],
  [/person|human|escalat|hand_?off|agent/, "person"],
  [/knowledge|question|faq/, "question"],
  [/book|appointment|schedul|service/, "details"],
  [/chat|talk|small/, "chat"],
];
const BY_DESCRIPTION: readonly [RegExp, Role][] = [
  [/makes no sense|not understood|unclear/i, "notUnderstood"],
  [/no longer wants|any more|abandons/i, "stop"],
  [/says no\b|declines|rejects/i, "decline"],
  [/says yes|accepts|confirms/i, "accept"],
  [/talk to a person|human/i, "person"],
  [/goodbye|thanks/i, "goodbye"],
  [/greets/i, "greeting"],
];

/** What a tool is for: by its properties, else its name, else its description. */
export function roleOf(tool: OfferedTool): Role | undefined {
  const properties = Object.keys(propertiesOf(tool.schema));
  const byProperty = BY_PROPERTY.find(([pattern]) => properties.some((property) => pattern.test(property)));
  if (byProperty) return byProperty[1];
  const byName = BY_NAME.find(([pattern]) => pattern.test(tool.name));
  return (byName ?? BY_DESCRIPTION.find(([pattern]) => pattern.test(tool.description)))?.[1];
}
