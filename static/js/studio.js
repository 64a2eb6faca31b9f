// What the modules of a page stand on. Each is loaded by itself, by a tag of its own (templates/base.html), and
// adds its hooks to htmx by `extend`. One that breaks, at first or later, is told of and takes no other with it.
const early = []; // htmx must not begin before all hooks are there
const told = new Set();

export let htmx;

// A hook that throws would stop the requests of its element for good.
export function extend(name, hooks) {
  const safe = Object.entries(hooks).map(([hook, act]) => [
    hook,
    (...given) => {
      try {
        return act(...given);
      } catch (error) {
        if (!told.has(partOf(name))) reportError(error);
        tell(partOf(name));
      }
    },
  ]);
  if (htmx) htmx.registerExtension(name, Object.fromEntries(safe));
  else early.push([name, Object.fromEntries(safe)]);
}

export function begin(library) {
  htmx = library;
  for (const extension of early) htmx.registerExtension(...extension);
}

const partOf = (module) => document.querySelector(`script[src*="/js/${module}."]`)?.dataset.part;

// Once of each part, in words of the person; of what has none, that something is wrong.
export function tell(part = "") {
  told.add(part);
  const trouble = document.getElementById("broken-parts");
  const parts = [...told].filter(Boolean);
  trouble.querySelector("[data-parts]").textContent = parts.length ? `: ${parts.join(", ")}` : "";
  trouble.hidden = false;
}

// What is thrown in a listener or a promise stops nothing else, but something did not happen.
function look(error, place) {
  const [, module] = `${error?.stack ?? ""} ${place ?? ""}`.match(/\/js\/([\w-]+)\./) ?? [];
  if (module) tell(partOf(module));
}

// What comes by scripts alone is left out of pages for browsers that have said this.
document.cookie = "scripts=1; path=/; max-age=31536000; samesite=lax";

addEventListener("error", ({ error, filename }) => look(error, filename));
addEventListener("unhandledrejection", ({ reason }) => look(reason));
