// A form for one new thing after another: empty again once its thing is made, unless more was typed.
import htmx from "../vendor/htmx/htmx.esm.min.js";

htmx.registerExtension("clear-when-done", {
  htmx_before_swap(form, { ctx }) {
    if (!form.matches?.("[data-clear-when-done]") || !ctx.response?.raw.ok) return;
    const sent = new URLSearchParams(ctx.request.body);
    for (const field of form.querySelectorAll("input:not([type=hidden]), textarea")) {
      if (field.value === sent.get(field.name)) field.value = "";
    }
  },
});
