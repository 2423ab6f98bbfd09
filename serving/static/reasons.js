// Draws which inputs moved an answer. They are asked for after the answer, which never waits for them.
"use strict";

const KINDS = {
  probability: "Points of the probability, against a row of which nothing is known.",
  margin: "In the model's own score, against usual values.",
  value: "In the unit of the prediction, against usual values.",
};
const UNSAID = "Which inputs moved it is not available for this kind of model.";
const WAITING = "Looking for what moved it …";
const SLOW_MS = 300; // what takes longer says that it goes on
const unexplained = new Set(); // versions that were refused: they are not asked again

// As high as three reasons, so that nothing moves when they come.
function reasonsPlace() {
  const place = element("section", "reasons");
  place.setAttribute("aria-label", "What moved this answer");
  return place;
}

function shownAmount(amount, scale) {
  const sign = amount < 0 ? "−" : "+";
  const size = Math.abs(amount);
  return sign + (scale === "probability" ? `${(size * 100).toFixed(1)} points` : shownNumber(size, 3));
}

// As it was asked: the form may say something else by the time the reasons come.
function shownInput(name, asked) {
  const value = asked[name];
  const text = value === null ? "unknown" : typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
  return element("span", "", apart(name), ": ", apart(text));
}

function reasonRow({ input, amount }, largest, scale, asked) {
  const fill = element("div", "fill");
  const bar = element("div", "bar", fill);
  bar.setAttribute("aria-hidden", "true");
  const number = element("span", "number", shownAmount(amount, scale));
  requestAnimationFrame(() => { fill.style.width = `${(100 * Math.abs(amount)) / largest}%`; });
  return element("li", amount < 0 ? "against" : "", element("div", "name", shownInput(input, asked), number), bar);
}

function drawReasons(place, told, asked) {
  const largest = Math.max(...told.inputs.map(({ amount }) => Math.abs(amount)));
  const rows = told.inputs.map((each) => reasonRow(each, largest, told.scale, asked));
  const title = told.class === null ? "What moved it" : `What moved it towards “${told.class}”, or away`;
  if (rows.length === 0) place.replaceChildren(element("p", "quiet", "No input moved this answer."));
  else place.replaceChildren(element("h3", "", title), element("ul", "chances", ...rows), element("p", "hint", KINDS[told.scale]));
}

function drawNone(place) {
  place.classList.add("none");
  place.replaceChildren(element("p", "quiet", UNSAID));
}

async function showReasons(answer, record) {
  const place = document.querySelector("#answer .reasons");
  const key = `${answer.model} ${answer.version}`;
  if (unexplained.has(key)) {
    drawNone(place);
    return;
  }
  const waits = window.setTimeout(() => place.replaceChildren(element("p", "quiet", WAITING)), SLOW_MS);
  try {
    const response = await fetch(`/explain?model=${encodeURIComponent(answer.model)}&count=3`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: record,
    });
    const told = await response.json();
    if (told.error?.code === "H262") {
      unexplained.add(key);
      drawNone(place);
    } else if (response.ok && told.version === answer.version) drawReasons(place, told, JSON.parse(record));
    else place.remove();
  } catch (error) {
    console.info(error);
    place.remove(); // the answer stands without its reasons
  } finally {
    window.clearTimeout(waits);
  }
}
