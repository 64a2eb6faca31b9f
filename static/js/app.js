// The last module of every page: htmx begins when all others have added their hooks, and what could not be
// loaded is told of.
import htmx from "../vendor/htmx/htmx.esm.min.js";
import { begin, tell } from "./studio.js";

begin(htmx);
for (const { src, dataset } of document.querySelectorAll("script[data-part]")) {
  import(src).catch(() => tell(dataset.part)); // it is there already, or known not to be
}
