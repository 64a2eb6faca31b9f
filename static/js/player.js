// A player whose link expired while somebody watched gets a new one from the studio, and goes on where it
// was. Once: what fails again is something else.
const ADDRESS = /^\/library\/[^/]+\/file\/$/;
const renewed = new WeakSet();

const isOurs = (element) =>
  element instanceof HTMLMediaElement &&
  ADDRESS.test(new URL(element.getAttribute("src") ?? "", location).pathname);
const troubleOf = (player) => player.parentElement.querySelector("[data-player-trouble]");

function renew(player) {
  const { currentTime, playbackRate, paused } = player;
  renewed.add(player);
  player.addEventListener(
    "loadedmetadata",
    () => {
      player.currentTime = currentTime;
      player.playbackRate = playbackRate;
      if (!paused) player.play().catch(() => {}); // or the person does
    },
    { once: true },
  );
  player.load();
}

function complain(player) {
  const trouble = troubleOf(player);
  if (trouble) trouble.hidden = false;
}

// These events do not bubble.
document.addEventListener(
  "error",
  ({ target }) => {
    if (!isOurs(target)) return;
    if (renewed.has(target)) complain(target);
    else renew(target);
  },
  true,
);

document.addEventListener(
  "timeupdate",
  ({ target }) => {
    if (!isOurs(target) || target.paused || target.seeking) return;
    renewed.delete(target);
    const trouble = troubleOf(target);
    if (trouble) trouble.hidden = true;
  },
  true,
);
