// In every page of the random schedules: hands to act with, and eyes that see what goes wrong meanwhile.
{
  const underWay = new Set();
  const page = Math.random().toString(36).slice(2);
  const wrongs = [];
  let number = 0;
  let hidden = false;

  const refused = new Set(); // addresses of writes with old tokens, which have to be sent again
  const sentAgain = new WeakSet();

  // Without a network a request waits before it is sent: then there is nothing to wait for.
  const sent = new Set();
  const { fetch } = window;
  window.fetch = (address, request) => {
    const id = request?.headers?.["X-Number"];
    sent.add(id);
    const answer = fetch(address, request);
    answer.catch(() => sent.delete(id));
    return answer;
  };

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    ctx.request.headers["X-Number"] = `${page}-${++number}`;
    underWay.add(ctx.request.headers["X-Number"]);
    if (refused.delete(ctx.request.action)) sentAgain.add(ctx);
  });
  // Every edit that was asked for has an end that its person can know: it is done, a later one makes it needless, it
  // is sent once more, or somebody says why not. For links see stage.py.
  const ledger = [];
  const WHY = /could not|cannot be reached|took too long|signed out/;

  function endOf(ctx) {
    const { guess, isNeedless, takesBack, response, text } = ctx;
    if (isNeedless) return takesBack?.ctx?.cameToNothing ? {} : { later: guess.key }; // or that has an end of its own
    if (response?.raw.ok || response?.headers.get("HX-New-Tokens")) return {};
    if (response?.status < 500 && text?.includes("<hx-partial") && response.status !== 401) return {};
    return { words: guess && !(response?.status < 500 && response.status !== 401 && response.status !== 429) ? guess.failed : WHY };
  }

  function unaccounted() {
    const wrongs = [];
    const said = hands.said();
    const ofGuesses = ledger.map(({ ctx }) => ctx.guess?.failed).filter(Boolean);
    const isOfNone = (text) => !ofGuesses.some((failed) => text.includes(failed));
    const isOf = (words) => (text) => (words === WHY ? WHY.test(text) && isOfNone(text) : text.includes(words));
    ledger.forEach(({ ctx, end }) => {
      const what = `${ctx.request.action} ${new URLSearchParams(ctx.request.body)}`;
      if (!end) wrongs.push(`what has become of ${what}?`);
      const isLater = ({ ctx: other }) => other.guess?.key === end.later && !other.isNeedless && other.begun > ctx.begun;
      if (end?.later && !ledger.some(isLater)) wrongs.push(`${what} was dropped for nothing`);
      const alike = ledger.filter((other) => end?.words && `${other.end?.words}` === `${end.words}`).length;
      if (end?.words && said.filter(isOf(end.words)).length < alike) wrongs.push(`nobody said “${end.words}” of ${what}`);
    });
    return wrongs;
  }

  document.addEventListener("htmx:config:request", ({ detail: { ctx, cancelled } }) => {
    if (ctx.refused && refused.delete(ctx.request.action)) sentAgain.add(ctx); // a later edit may make it needless
    if (ctx.request.method !== "GET" && !ctx.links && !cancelled) ledger.push({ ctx, end: null });
  });

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const entry = ledger.find((one) => one.ctx === ctx);
    if (entry) entry.end = endOf(ctx);
    underWay.delete(ctx.request.headers["X-Number"]);
    if (ctx.response?.headers.get("HX-New-Tokens") && !ctx.links && !sentAgain.has(ctx)) {
      if (ctx.sourceElement.isConnected) refused.add(ctx.request.action);
    }
  });

  new MutationObserver((records) => {
    for (const { target, oldValue } of records) {
      if (Number(target.dataset.revision) < Number(oldValue)) {
        wrongs.push(`#${target.id} went from revision ${oldValue} back to ${target.dataset.revision}`);
      }
    }
  }).observe(document, {
    subtree: true,
    attributeFilter: ["data-revision"],
    attributeOldValue: true,
  });

  // Toasts, and what is wrong beside a field.
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      for (const node of addedNodes) {
        if (!node.matches?.("#toasts > [data-toast]") && !target.matches?.(".field-error")) continue;
        const isGood = node.matches?.(".toast-good");
        const said = JSON.parse(sessionStorage.getItem("said") ?? "[]");
        sessionStorage.setItem("said", JSON.stringify([...said, `${isGood ? "" : "! "}${node.textContent}`]));
      }
    }
  }).observe(document, { subtree: true, childList: true });

  Object.defineProperty(document, "hidden", { get: () => hidden });

  // What the person has taken away is out of their sight before the studio knows.
  const all = (selector) =>
    [...document.querySelectorAll(selector)].filter((one) => !one.closest("[data-guess-gone]"));
  const field = (id) => document.getElementById(id);
  const click = (button) => {
    button?.click();
    return Boolean(button);
  };

  const key = (element, name, more) =>
    element.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }));

  window.hands = {
    underWay: () => [...underWay].filter((id) => sent.has(id)),
    wrongs: () => [...wrongs, ...unaccounted(), ...[...refused].map((address) => `${address} was not sent again`)],
    said: () => JSON.parse(sessionStorage.getItem("said") ?? "[]"),
    forgetAll: () => sessionStorage.clear(),
    since: () => Number(field("feed").dataset.since),
    guesses: () => document.querySelectorAll("[data-optimistic]").length,

    show(shown) {
      if (hidden === !shown) return;
      hidden = !shown;
      document.dispatchEvent(new Event("visibilitychange"));
    },

    rows: () => all(".video-row").map((row) => [row.id.slice(6), row.dataset.status]),
    chapters: () => all(".chapter").map((one) => one.id.slice(8)),

    pressUndoKeys: () => key(document.activeElement, "z", { ctrlKey: true }),
    carry(row, steps) {
      const grip = () => field(`video-${row}`)?.querySelector("[data-grip]");
      if (!grip()) return false;
      grip().focus();
      key(grip(), " ");
      for (let i = 0; i < Math.abs(steps); i++) key(grip(), steps < 0 ? "ArrowUp" : "ArrowDown");
      key(grip(), " ");
      return true;
    },

    formWaits: () => Boolean(document.querySelector("#form-dialog[open] textarea")),
    submitForm(text) {
      const dialog = field("form-dialog");
      const area = dialog.querySelector("textarea");
      if (!dialog.open || !area) {
        dialog.close();
        return false;
      }
      area.value = text;
      area.dispatchEvent(new Event("input", { bubbles: true }));
      return click(dialog.querySelector(".button-primary"));
    },

    choose(rows) {
      for (const box of all("input.chooser")) {
        if (rows.includes(box.value) !== box.checked) box.click();
      }
      return all("input.chooser:checked").length === rows.length;
    },
    changeMany(rows, verb) {
      if (!hands.choose(rows)) return false;
      const bar = field("chosen");
      return click(verb === "remove" ? bar.querySelector(".button-danger-quiet") : bar.querySelector(`[formaction$='/${verb}/']`));
    },

    press: (selector) => click(all(selector)[0]),
    pressVisible: (selector) => click(all(selector).find((one) => one.checkVisibility())),
    pressLast: (selector) => click(all(selector).at(-1)),
    pressInToast: (label) =>
      click(all("#toasts button").findLast((one) => one.textContent === label)),

    pick(files, clicks) {
      const dialog = field("picker");
      const boxes = [...dialog.querySelectorAll("[name=media]")];
      for (const file of files) boxes[file].click();
      const button = dialog.querySelector("[data-picker-submit]");
      const before = new Set(hands.rows().map(([row]) => row));
      for (let i = 0; i < clicks; i++) button.click();
      if (dialog.open) button.click(); // it asked whether files shall come a second time
      return dialog.open ? null : hands.rows().map(([row]) => row).filter((row) => !before.has(row));
    },
    pickerWaits: () => Boolean(document.querySelector("#picker[open] [data-picker-submit]")),
    closePicker: () => field("picker").close(),

    type(id, text) {
      field(id)?.focus();
      if (!field(id) || document.activeElement !== field(id)) return false;
      field(id).select();
      return document.execCommand("insertText", false, text);
    },
    save: (id) => click(field(id)?.form.querySelector("button:not([formaction])")),
    escape(id) {
      field(id)?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      return Boolean(field(id));
    },
    emptyNewChapter: () => (field("new-chapter-title").value = ""),
    leave: () => document.activeElement.blur(),
    look(id) {
      if (!field(id)) return null;
      return { value: field(id).value, dirty: field(id).form.hasAttribute("data-dirty") };
    },
    kept: (id) => JSON.parse(sessionStorage.getItem(`draft:${id}`))?.text ?? null,
    dirty: () => all("[data-dirty] [name=title]").map((one) => one.id),

    // The page as lines of text, but for what belongs to the moment and not to the course.
    portrait() {
      const lines = [`title ${document.title}`];
      const draw = (node, indent) => {
        if (node.nodeType === Node.TEXT_NODE) {
          const text = node.data.replace(/\s+/g, " ").trim();
          if (text) lines.push(indent + text);
          return;
        }
        if (!(node instanceof Element)) return;
        // The dialog, the open menu and where Tab stops are the person's; the feed keeps its own books; templates are
        // not shown.
        if (node.matches("dialog, template, #feed")) return;
        const attributes = [...node.attributes]
          .filter(({ name }) => !["data-htmx-powered", "open", "tabindex"].includes(name))
          .map(({ name, value }) => `${name}="${value.replace(/\s+/g, " ").trim()}"`)
          .filter((attribute) => attribute !== 'class=""');
        if (node.name === "csrfmiddlewaretoken") return; // masked anew in every answer
        if (node instanceof HTMLInputElement) attributes.push(`now="${node.value}"`);
        lines.push(`${indent}<${node.localName} ${attributes.sort().join(" ")}>`);
        for (const child of node.childNodes) draw(child, `${indent}  `);
      };
      draw(field("main"), "");
      return lines;
    },
  };
}
