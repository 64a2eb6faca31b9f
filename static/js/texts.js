// Every text is sent with the version that it was begun on: see config/texts.py.
import { extend } from "./studio.js";
import { forgetSaved } from "./drafts.js";

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

  htmx_before_swap(_form, { ctx: { request, response } }) {
    const field = fieldOf(request);
    if (!field || request.method !== "POST" || !response?.raw.ok) return;
    const sent = new URLSearchParams(request.body);
    savedFrom.set(field, sent.get("version"));
    forgetSaved(field, sent.get(field.split("-").at(-1)));
  },
});
