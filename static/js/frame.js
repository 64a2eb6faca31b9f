// The second of the frame that shall be the poster is where the player stands, until somebody types one.
const formOf = (player) => document.querySelector(`form[data-frame-of="${CSS.escape(player.id)}"]`);

function follow({ target: player }) {
  const field = player.id && formOf(player)?.elements.seconds;
  if (!field || field === document.activeElement) return;
  field.value = player.currentTime.toFixed(2);
}

// These events do not bubble.
for (const event of ["timeupdate", "seeking", "seeked"]) {
  document.addEventListener(event, follow, true);
}
