import type { MediaType, MessageContent } from "@skytide/events";

const maxNameLength = 256;

/** Media by its link, or `unsupported` where the link is missing or is none. */
export function toMedia(
  mediaType: MediaType,
  media: {
    url?: string | undefined;
    mimeType?: string | undefined;
    caption?: string | undefined;
    fileName?: string | undefined;
  },
): MessageContent {
  // The parser also encodes file names that Gupshup leaves as they were.
  const url = URL.parse(media.url ?? "");
  if (url === null) return { kind: "unsupported", what: mediaType };
  return {
    kind: "media",
    mediaType,
    url: url.href,
    ...(media.mimeType === undefined ? {} : { mimeType: media.mimeType.slice(0, maxNameLength) }),
    ...(media.caption === undefined ? {} : { caption: media.caption }),
    ...(media.fileName === undefined ? {} : { fileName: media.fileName.slice(0, maxNameLength) }),
  };
}

/** A place, or `unsupported` where the coordinates are not on earth. */
export function toLocation(place: {
  latitude?: number | undefined;
  longitude?: number | undefined;
  name?: string | undefined;
  address?: string | undefined;
}): MessageContent {
  const { latitude, longitude } = place;
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
    return { kind: "unsupported", what: "location" };
  }
  return {
    kind: "location",
    latitude,
    longitude,
    ...(place.name === undefined ? {} : { name: place.name }),
    ...(place.address === undefined ? {} : { address: place.address }),
  };
}

/** The first of the shared contact cards, with the phones of all. */
export function toContact(
  cards: {
    name: { formatted_name?: string | undefined; first_name?: string | undefined };
    phones: { phone?: string | undefined; wa_id?: string | undefined }[];
  }[],
): MessageContent {
  const name = cards[0]?.name.formatted_name ?? cards[0]?.name.first_name;
  const phones = cards.flatMap((card) => card.phones.flatMap(({ phone, wa_id }) => phone ?? wa_id ?? []));
  return { kind: "contact", ...(name === undefined ? {} : { name }), phones: phones.slice(0, 20) };
}

/** A tap: what the customer saw, and what we had put behind it. */
export function toTap(title: string | undefined, payload: string | undefined): MessageContent {
  if (title === undefined && payload === undefined) return { kind: "unsupported", what: "tap" };
  return { kind: "tap", title: title ?? "", ...(payload === undefined ? {} : { payload }) };
}

/** Words, or `unsupported` where none are left. */
export function toText(text: string | undefined): MessageContent {
  return text === undefined ? { kind: "unsupported", what: "empty" } : { kind: "text", text };
}

/** A type name from outside in a form that may stand in a log: letters only, so that it can carry no phone. */
export function toTypeName(type: string | undefined): string {
  return type !== undefined && /^[A-Za-z][A-Za-z_-]{0,39}$/.test(type) ? type : "other";
}
