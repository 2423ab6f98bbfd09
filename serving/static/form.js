// Reads the form, asks the service, and puts each problem beside its field.
"use strict";

const form = document.getElementById("ask");

function inputs() {
  return [...form.querySelectorAll("[data-type]")];
}

function mark(input, text, mild) {
  const place = document.getElementById(`${input.id}-problem`);
  place.textContent = text;
  place.classList.toggle("mild", Boolean(mild));
  if (text && !mild) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

// A field's value as a piece of JSON. Whole numbers stay as typed: a browser's own numbers end at 2^53.
function asJson(input) {
  const text = input.value;
  const type = input.dataset.type;
  if (text === "" && (type !== "string" || "nullable" in input.dataset)) return "null";
  if (type === "boolean") return text;
  if (type === "string") return JSON.stringify(text);
  return /^-?(0|[1-9]\d*)$/.test(text) ? text : JSON.stringify(Number(text));
}

function recordText() {
  const members = inputs().map((input) => `${JSON.stringify(input.name)}:${asJson(input)}`);
  return `{${members.join(",")}}`;
}

// A known category that was typed in another case, or with blanks around it, is that one.
function settle(input) {
  if (!input.list) return;
  const known = [...input.list.options].map((option) => option.value);
  if (known.includes(input.value)) return;
  const plain = (text) => text.trim().toLowerCase();
  const same = known.filter((text) => plain(text) === plain(input.value));
  if (same.length === 1) [input.value] = same;
}

// What the browser could not read as a number reaches a script only as an empty text.
function findUnreadable() {
  const unreadable = inputs().filter((input) => input.validity.badInput);
  return unreadable.map((input) => ({ field: input.name, problem: "is not a number", hint: "" }));
}

function showProblems(message, hint, problems) {
  const links = [];
  for (const { field, problem, hint: advice } of problems) {
    const input = inputs().find((one) => one.name === field);
    if (!input) {
      links.push(element("li", "", `${field} ${problem}`));
      continue;
    }
    mark(input, advice ? `${problem}; ${advice}` : problem);
    const link = element("a", "", field);
    link.href = `#${input.id}`;
    link.addEventListener("click", (event) => { event.preventDefault(); input.focus(); });
    links.push(element("li", "", link, ` ${problem}`));
  }
  const count = problems.length;
  drawFailure(count === 0 ? message : count === 1 ? "One field needs another value" : `${count} fields need another value`, hint, links);
  const first = form.querySelector("[aria-invalid]");
  if (first) first.focus();
}

function showAnswer(answer) {
  for (const warning of answer.warnings) {
    const input = inputs().find((one) => one.name === warning.field);
    if (input) mark(input, `${warning.problem}; ${warning.hint}`, true);
  }
  drawAnswer(answer);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("answer").scrollIntoView({ block: "nearest", behavior: calm ? "instant" : "smooth" });
}

async function ask() {
  const name = document.getElementById("model").dataset.name;
  const record = recordText();
  const response = await fetch(`/predict?model=${encodeURIComponent(name)}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: record,
  });
  const told = await response.json();
  if (response.ok) {
    showAnswer(told);
    showReasons(told, record);
  }
  else showProblems(told.error.message, told.error.hint, told.error.fields);
}

async function submit(event) {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  if (button.ariaDisabled) return;
  inputs().forEach((input) => { settle(input); mark(input, ""); });
  const unreadable = findUnreadable();
  if (unreadable.length > 0) {
    showProblems("", "", unreadable);
    return;
  }
  const name = button.textContent;
  button.ariaDisabled = "true"; // not disabled: that would take the focus away
  const waits = window.setTimeout(() => { button.textContent = "Asking …"; }, SLOW_MS);
  try {
    await ask();
  } catch (error) {
    console.info(error);
    drawFailure("The service does not answer.", "See whether it still runs, then predict again.", []);
  } finally {
    window.clearTimeout(waits);
    button.textContent = name;
    button.ariaDisabled = null;
  }
}

if (form) {
  form.addEventListener("submit", submit);
  form.addEventListener("reset", () => inputs().forEach((input) => mark(input, "")));
  form.addEventListener("input", (event) => mark(event.target, ""));
}
