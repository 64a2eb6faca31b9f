// A form for one new thing after another: empty again once its thing is made, unless more was typed.
import { extend } from "./studio.js";

extend("clear-when-done", {
  htmx_before_swap(form, { ctx }) {
    if (!form.matches?.("[data-clear-when-done]") || !ctx.response?.raw.ok) return;
    const sent = new URLSearchParams(ctx.request.body);
    for (const field of form.querySelectorAll("input:not([type=hidden]), textarea")) {
      if (field.value === sent.get(field.name)) field.value = "";
    }
  },
});
