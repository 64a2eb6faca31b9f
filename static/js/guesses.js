// Guesses: drawn by the page from the template of the real thing, under the id that the real one will have.

// The id in every template of a guess: see config/ids.py.
const NO_ID = "00000000-0000-7000-8000-000000000000";

// Answers with a function that makes one. They are cloned where nothing loads or counts yet.
export function guessesFrom(templateId) {
  const blank = document.getElementById(templateId).content.firstElementChild;
  const withAll = (element) => [element, ...element.querySelectorAll("*")];
  const places = withAll(blank).flatMap(({ attributes }, index) =>
    [...attributes]
      .filter(({ value }) => value.includes(NO_ID))
      .map(({ name, value }) => ({ index, name, value })),
  );
  return (id) => {
    const guess = blank.cloneNode(true);
    const elements = withAll(guess);
    for (const { index, name, value } of places) {
      elements[index].setAttribute(name, value.replaceAll(NO_ID, id));
    }
    return guess;
  };
}
