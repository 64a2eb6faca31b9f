// Every text is sent with the version that it was begun on: see config/texts.py.
import { extend } from "./studio.js";
import { forgetSaved } from "./drafts.js";
import { complain } from "./toasts.js";

const ADDRESS = /\/(course|chapter|video|library)s?\/([^/]+)\/(title|name|description)\/$/;
// Id of a field → the first and the last of the versions that saves of this page replaced one after the other: what
// was begun on any of them has seen all that was saved since.
const chains = new Map();

function chain(field, version) {
  const known = chains.get(field);
  chains.set(field, { first: known?.last === version - 1 ? known.first : version, last: version });
}

// The id of the field whose text is sent, which may be gone from the page by now.
export function fieldOf({ action }) {
  const [, room, id, text] = action.match(ADDRESS) ?? [];
  return room && `${room === "library" ? "media" : room}-${id}-${text}`;
}

extend("texts", {
  // Written before the answers to the saves before it were here: they made the next versions.
  htmx_before_request(_form, { ctx: { request } }) {
    const version = Number(request.body?.get?.("version") || NaN);
    const { first, last } = chains.get(fieldOf(request)) ?? {};
    if (first <= version && version <= last) request.body.set("version", last + 1);
  },

  htmx_before_swap(_form, { ctx: { request, response, takesBack, guess } }) {
    const field = fieldOf(request);
    // Both texts are for who has written one: what was to be taken back is nobody's draft.
    if (field && takesBack && response?.status === 409) {
      complain(`${guess?.failed ?? "It was not taken back"}: it has been changed since.`);
      return false;
    }
    if (!field || request.method !== "POST" || !response?.raw.ok) return;
    const sent = new URLSearchParams(request.body);
    if (sent.get("version")) chain(field, Number(sent.get("version")));
    forgetSaved(field, sent.get(field.split("-").at(-1)));
  },
});
