// One module graph: htmx starts after all of it is loaded, so no extension is late.
import "../vendor/htmx/htmx.esm.min.js";
import "./keyed.js";
import "./title-field.js";
import "./field-errors.js";
import "./clear-when-done.js";
import "./failures.js";
import "./toasts.js";
import "./menus.js";
import "./form-action.js";
import "./leaving.js";
import "./csrf.js";
import "./drafts.js";
import "./upload-zone.js";
import "./picker.js";
import "./optimistic-rows.js";
import "./progress.js";
import "./feed.js";
