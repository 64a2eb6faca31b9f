// A button of a form with several: its formaction says where the request goes, as without scripts.
import { extend } from "./studio.js";

extend("form-action", {
  htmx_config_request(_form, { ctx }) {
    const address = ctx.sourceEvent?.submitter?.getAttribute("formaction");
    if (address) ctx.request.action = address;
  },
});
