// Follows the version in use: a new one shows without a reload, and what was typed stays.
"use strict";

const model = document.getElementById("model");
const badge = document.getElementById("version");
const notice = document.getElementById("notice");
let isLeaving = false;

function say(text) {
  if (notice.textContent !== text) notice.textContent = text;
  notice.hidden = !text;
}

function keepTyped(fresh) {
  for (const input of document.querySelectorAll("#fields [data-type]")) {
    const successor = [...fresh.querySelectorAll("[data-type]")].find((one) => one.name === input.name);
    if (!successor || successor.dataset.type !== input.dataset.type) continue;
    const fits = successor.tagName !== "SELECT" || [...successor.options].some((option) => option.value === input.value);
    const changed = input.tagName === "SELECT"
      ? !input.options[input.selectedIndex]?.defaultSelected
      : input.value !== input.defaultValue;
    if (changed && fits) successor.value = input.value;
  }
}

// Once: another reload would begin a slow one anew.
function leave() {
  isLeaving = true;
  window.location.reload();
}

// The server draws the page for the new version; the parts that depend on it take the place of the old ones.
async function takeOver(version) {
  const response = await fetch(`/models/${encodeURIComponent(model.dataset.name)}/form`, { cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const now = fresh.getElementById("model");
  const parts = document.querySelectorAll("[data-follows]");
  const successors = now.querySelectorAll("[data-follows]");
  if (parts.length !== successors.length) {
    leave();
    return;
  }
  const focused = document.activeElement?.name;
  keepTyped(now.querySelector("#fields"));
  parts.forEach((part, index) => {
    if (part.tagName === "DETAILS") successors[index].open = part.open;
    part.replaceWith(successors[index]);
  });
  if (focused) document.getElementById("fields").querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
  model.dataset.version = now.dataset.version;
  badge.textContent = `version ${now.dataset.version}`;
  badge.classList.add("new");
  window.setTimeout(() => badge.classList.remove("new"), 4000);
  markOvertaken(version);
}

async function follow() {
  if (document.hidden || isLeaving) return;
  let told;
  try {
    const response = await fetch(`/models/${encodeURIComponent(model.dataset.name)}`, { cache: "no-store" });
    told = await response.json();
  } catch (error) {
    console.info(error);
    say("The service does not answer. This page tries again by itself.");
    return;
  }
  if (told.error) {
    say(told.error.message);
    return;
  }
  const version = told.version === null ? "" : String(told.version);
  if (version !== model.dataset.version) {
    if (version === "" || model.dataset.version === "") leave();
    else await takeOver(version);
  }
  say(told.notices.join(" "));
}

// One look at a time, the next one a second after the last.
async function keepFollowing() {
  await follow().catch((error) => console.info(error));
  window.setTimeout(keepFollowing, 1000);
}

document.addEventListener("visibilitychange", () => follow().catch((error) => console.info(error)));
keepFollowing();
