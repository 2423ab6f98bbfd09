// Draws what the service answered.
"use strict";

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
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
  const label = element("div", "name", element("span", "", name), element("span", "number", percent(chance)));
  // Set through the object model: the page's policy allows no style attributes.
  requestAnimationFrame(() => { fill.style.width = `${chance * 100}%`; });
  return element("li", chosen ? "chosen" : "", label, bar);
}

function drawAnswer(answer) {
  const drawn = [];
  const isNumber = typeof answer.prediction === "number";
  const verdict = isNumber ? answer.prediction.toPrecision(6).replace(/\.?0+$/, "") : answer.prediction;
  drawn.push(element("p", "verdict", verdict === null ? "no number" : String(verdict)));
  if (answer.probabilities) {
    const chances = Object.entries(answer.probabilities).sort((one, other) => other[1] - one[1]);
    drawn.push(element("p", "sure", `with a probability of ${percent(answer.probabilities[answer.prediction])}`));
    const rows = chances.map(([name, chance]) => chanceRow(name, chance, name === answer.prediction));
    const list = element("ul", "chances", ...rows);
    list.setAttribute("aria-label", "Probability of each answer");
    drawn.push(list);
  }
  drawn.push(reasonsPlace());
  const time = answer.time_ms < 10 ? answer.time_ms.toFixed(1) : Math.round(answer.time_ms);
  const source = element("p", "source", `${answer.model}, version ${answer.version} · ${time} ms · request ${answer.request_id}`);
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
