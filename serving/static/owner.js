// The owner's page: asks for a reason and a yes, lets the service make the change, and shows what came of it.
"use strict";

const page = document.getElementById("owner");
const confirmation = document.getElementById("confirm");
const SOON = [300, 1500, 4000]; // ms after a change: the service takes the new version up in the meantime

async function fresh(address) {
  const response = await fetch(address, { cache: "no-store" });
  if (!response.ok) throw new Error((await response.json()).error.message);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function takeOptions(select, successor) {
  const chosen = select.value;
  select.replaceChildren(...successor.children);
  if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
}

// Only what has changed is replaced: what is read, selected or scrolled stays as it is.
async function refresh() {
  const now = await fresh(window.location.href);
  for (const part of document.querySelectorAll("[data-follows]")) {
    const successor = now.getElementById(part.id);
    if (!part.isEqualNode(successor)) part.replaceWith(successor);
  }
  for (const select of document.querySelectorAll("form[data-action] select")) {
    const successor = now.getElementById(select.id);
    if (successor) takeOptions(select, successor);
  }
}

async function showDrift(address) {
  const place = document.getElementById("drift");
  try {
    const found = (await fresh(address)).getElementById("drift");
    place.replaceWith(found);
    for (const link of found.querySelectorAll(".hours a")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        showDrift(link.href).then(() => document.querySelector("#drift [aria-current]")?.focus());
      });
    }
  } catch (error) {
    place.querySelector("p").textContent = `It cannot be measured: ${error.message}.`;
  }
}

function sentenceOf(action, asked) {
  const { name } = page.dataset;
  return action === "promote"
    ? `Let ${asked.as} of ${name} mean version ${asked.version}?`
    : `Let ${asked.as} of ${name} mean again what it meant before?`;
}

function isWanted(sentence) {
  document.getElementById("confirm-text").textContent = sentence;
  confirmation.returnValue = "no";
  confirmation.showModal();
  return new Promise((resolve) => {
    confirmation.addEventListener("close", () => resolve(confirmation.returnValue === "yes"), { once: true });
  });
}

async function change(form) {
  const { action } = form.dataset;
  const asked = Object.fromEntries(new FormData(form));
  const problem = document.getElementById(`${action}-problem`);
  const reason = document.getElementById(`${action}-reason`);
  problem.textContent = "";
  reason.removeAttribute("aria-invalid");
  if (asked.reason.trim() === "") {
    problem.textContent = "Say why: the log keeps it.";
    reason.setAttribute("aria-invalid", "true");
    reason.focus();
    return;
  }
  if (!(await isWanted(sentenceOf(action, asked)))) return;
  if (asked.version) asked.version = Number(asked.version);
  const response = await fetch(`/repository/${encodeURIComponent(page.dataset.name)}/${action}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
  });
  const told = await response.json();
  if (!response.ok) {
    problem.textContent = `${told.error.message}${told.error.hint ? ` (${told.error.hint})` : ""}`;
    return;
  }
  const done = told.transition;
  document.getElementById("changed").textContent = done
    ? `Done: ${done.alias} means version ${done.versions.join(", ")} now.`
    : "Nothing to change: it is so already.";
  form.reset();
  for (const wait of SOON) window.setTimeout(() => refresh().catch((error) => console.info(error)), wait);
}

for (const form of document.querySelectorAll("form[data-action]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await change(form);
    } catch (error) {
      console.info(error);
      document.getElementById(`${form.dataset.action}-problem`).textContent = "The service does not answer. Look at the log before you try again.";
    } finally {
      button.disabled = false;
    }
  });
}

document.getElementById("refresh").addEventListener("click", () => {
  refresh().catch((error) => console.info(error));
  showDrift(page.dataset.drift);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh().catch((error) => console.info(error));
});
showDrift(page.dataset.drift);
