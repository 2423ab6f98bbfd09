// Draws what the service answered.
"use strict";

const MOST_CHANCES = 10;

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

// A name or a value that somebody else chose, in whatever script: it must not turn what stands beside it around.
function apart(text) {
  return element("bdi", "", text);
}

function shownNumber(value, digits) {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-6)) return value.toExponential(digits - 1);
  return size < 10 ** digits
    ? value.toLocaleString("en", { maximumSignificantDigits: digits })
    : value.toLocaleString("en", { maximumFractionDigits: 0 });
}

function percent(chance) {
  const shown = chance * 100;
  if (shown > 0 && shown < 0.1) return "< 0.1 %";
  return `${shown.toFixed(1)} %`;
}

function chanceRow(name, chance, chosen) {
  const fill = element("div", "fill");
  const bar = element("div", "bar", fill);
  bar.setAttribute("aria-hidden", "true"); // the number beside it says the same
  const label = element("div", "name", element("span", "", apart(name)), element("span", "number", percent(chance)));
  // Set through the object model: the page's policy allows no style attributes.
  requestAnimationFrame(() => { fill.style.width = `${chance * 100}%`; });
  return element("li", chosen ? "chosen" : "", label, bar);
}

// The likeliest first; of very many, the others can be opened.
function drawChances(answer) {
  const chances = Object.entries(answer.probabilities).sort((one, other) => other[1] - one[1]);
  const rows = chances.map(([name, chance]) => chanceRow(name, chance, name === answer.prediction));
  const shown = rows.length > MOST_CHANCES + 2 ? MOST_CHANCES : rows.length;
  const list = element("ul", "chances", ...rows.slice(0, shown));
  list.setAttribute("aria-label", "Probability of each answer");
  if (shown === rows.length) return [list];
  const left = chances.slice(shown).reduce((sum, [, chance]) => sum + chance, 0);
  const summary = element("summary", "", `${rows.length - shown} others, ${percent(left)} together`);
  return [list, element("details", "others", summary, element("ul", "chances", ...rows.slice(shown)))];
}

function drawAnswer(answer) {
  const drawn = [];
  const isNumber = typeof answer.prediction === "number";
  const verdict = isNumber ? shownNumber(answer.prediction, 6) : answer.prediction;
  drawn.push(element("p", "verdict", verdict === null ? "no number" : apart(String(verdict))));
  if (answer.probabilities) {
    drawn.push(element("p", "sure", `with a probability of ${percent(answer.probabilities[answer.prediction])}`));
    drawn.push(...drawChances(answer));
  }
  drawn.push(reasonsPlace());
  const time = answer.time_ms < 10 ? answer.time_ms.toFixed(1) : Math.round(answer.time_ms);
  const by = answer.engine === "spark" ? " · answered by Spark itself" : "";
  const source = element("p", "source", `${answer.model}, version ${answer.version} · ${time} ms${by} · request ${answer.request_id}`);
  drawn.push(source);
  const place = document.getElementById("answer");
  place.dataset.version = answer.version;
  place.replaceChildren(...drawn);
}

function drawFailure(message, hint, links) {
  const drawn = [element("p", "failed", message)];
  if (links.length > 0) drawn.push(element("ul", "found", ...links));
  else if (hint) drawn.push(element("p", "quiet", hint));
  const place = document.getElementById("answer");
  delete place.dataset.version;
  place.replaceChildren(...drawn);
}

// Says beside an answer that another version serves by now.
function markOvertaken(version) {
  const place = document.getElementById("answer");
  if (!place.dataset.version || place.dataset.version === String(version)) return;
  for (const old of place.querySelectorAll(".overtaken")) old.remove();
  place.prepend(element("p", "overtaken", `Answered by version ${place.dataset.version}. Version ${version} is in use now: predict again to compare.`));
}
