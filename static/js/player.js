// A player whose link expired while somebody watched gets a new one from the studio, and goes on where it
// was. Once: what fails again is something else.
const ADDRESS = /^\/library\/[^/]+\/file\/$/;
// Chromium asks 30 times in as many seconds before it says that a link is refused.
const PATIENCE = 3000;
const renewed = new WeakSet();
const alarms = new WeakMap(); // player → when we have waited long enough

const isOurs = (element) =>
  element instanceof HTMLMediaElement &&
  ADDRESS.test(new URL(element.getAttribute("src") ?? "", location).pathname);
const isStuck = (player) =>
  player.seeking || (!player.paused && player.readyState < HTMLMediaElement.HAVE_FUTURE_DATA);

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

function wait(player) {
  clearTimeout(alarms.get(player));
  const alarm = () => isStuck(player) && !renewed.has(player) && renew(player);
  alarms.set(player, setTimeout(alarm, PATIENCE));
}

function showTrouble(player, isThere) {
  const trouble = player.parentElement?.querySelector("[data-player-trouble]");
  if (trouble) trouble.hidden = !isThere;
}

function goesOn(player) {
  if (isStuck(player)) return;
  renewed.delete(player);
  showTrouble(player, false);
}

const answers = {
  seeking: wait,
  waiting: wait,
  progress: (player) => isStuck(player) && wait(player), // it is slow, but it comes
  seeked: goesOn,
  timeupdate: (player) => player.paused || goesOn(player),
  error: (player) => (renewed.has(player) ? showTrouble(player, true) : renew(player)),
};

// These events do not bubble.
for (const [event, answer] of Object.entries(answers)) {
  document.addEventListener(event, ({ target }) => isOurs(target) && answer(target), true);
}
