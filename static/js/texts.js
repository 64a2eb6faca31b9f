// Every text is sent with the version that it was begun on: see config/texts.py.
import { extend } from "./studio.js";
import { forgetSaved } from "./drafts.js";
import { complain } from "./toasts.js";

const ADDRESS = /\/(course|chapter|video|library)s?\/([^/]+)\/(title|name|description)\/$/;
const savedFrom = new Map(); // id of a field → the version that its last save replaced

// The id of the field whose text is sent, which may be gone from the page by now.
export function fieldOf({ action }) {
  const [, room, id, text] = action.match(ADDRESS) ?? [];
  return room && `${room === "library" ? "media" : room}-${id}-${text}`;
}

extend("texts", {
  // Saved again before the answer to the save before it was here: that made the next version.
  htmx_before_request(_form, { ctx: { request } }) {
    const version = request.body?.get?.("version");
    if (version && version === savedFrom.get(fieldOf(request))) {
      request.body.set("version", Number(version) + 1);
    }
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
    savedFrom.set(field, sent.get("version"));
    forgetSaved(field, sent.get(field.split("-").at(-1)));
  },
});
