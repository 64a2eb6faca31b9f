// What is said of a list that will be added follows the choices that are made.
const lines = [...document.querySelectorAll(".list-line")];
const wanting = new Set(lines.filter((line) => "open" in line.dataset)); // until they have a file
const file = (line) => line.querySelector("select[name=media]").value;

function count() {
  const open = [...wanting].filter((line) => !file(line));
  for (const line of wanting) {
    const isOpen = open.includes(line);
    line.toggleAttribute("data-open", isOpen);
    line.querySelector(".list-line-note").hidden = !isOpen;
  }
  putFirst("[data-will-be-linked]", /^\d+/, lines.filter(file).length);
  putFirst("[data-want-a-choice]", /^\d+ lines? wants?/, `${open.length} ${open.length === 1 ? "line wants" : "lines want"}`);
  for (const said of document.querySelectorAll(".list-plan-open")) said.hidden = !open.length;
}

function putFirst(place, words, now) {
  const said = document.querySelector(place);
  const text = said?.textContent.replace(words, now);
  if (said && text !== said.textContent) said.textContent = text; // or the same would be read out again
}

document.querySelector(".list-plan").addEventListener("change", count);
addEventListener("pageshow", count); // with the choices that a browser kept
