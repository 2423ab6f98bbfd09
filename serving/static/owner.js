// The owner's page: asks for a reason and a yes, lets the service make the change, and shows what came of it.
"use strict";

const page = document.getElementById("owner");
const confirmation = document.getElementById("confirm");
const STAGE = "stage:"; // before a stage, where an alias may stand too
// What the service says to those who ask it by command, said for this page.
const HINTS = { H248: "promote it to qa first, or tick Force" };
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
  followForce();
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

// A form as the service takes it: a stage is chosen where an alias is, and is another word there.
function askedBy(form) {
  const { version, as, force, reason } = Object.fromEntries(new FormData(form));
  const asked = { reason };
  if (version) asked.version = Number(version);
  if (as?.startsWith(STAGE)) asked.stage = as.slice(STAGE.length);
  else if (as) asked.as = as;
  if (force) asked.force = true;
  return asked;
}

function sentenceOf(action, { version, stage, as, force }) {
  const { name } = page.dataset;
  if (action === "retire") return `Take version ${version} of ${name} out of use?`;
  const which = stage ? `the stage ${stage}` : as;
  if (action === "rollback") return `Let ${which} of ${name} mean again what it meant before?`;
  return `Let ${which} of ${name} mean version ${version}?${force ? " Whether it was in qa does not count; the log says that it was forced." : ""}`;
}

function outcomeOf(done, { stage }) {
  if (!done) return "Nothing to change: it is so already.";
  const versions = done.versions.join(", ");
  if (done.action === "retire") return `Done: version ${versions} is retired.`;
  return stage ? `Done: version ${versions} is in ${stage} now.` : `Done: ${done.alias} means version ${versions} now.`;
}

function isWanted(sentence, reason) {
  document.getElementById("confirm-text").textContent = sentence;
  document.getElementById("confirm-reason").textContent = `Reason: ${reason}`;
  confirmation.returnValue = "no";
  confirmation.showModal();
  return new Promise((resolve) => {
    confirmation.addEventListener("close", () => resolve(confirmation.returnValue === "yes"), { once: true });
  });
}

async function change(form) {
  const { action } = form.dataset;
  const asked = askedBy(form);
  const problem = document.getElementById(`${action}-problem`);
  const reason = document.getElementById(`${action}-reason`);
  problem.textContent = "";
  reason.removeAttribute("aria-invalid");
  if ([...form.querySelectorAll("select")].some((select) => select.value === "")) {
    problem.textContent = "There is nothing to choose from.";
    return;
  }
  if (asked.reason.trim() === "") {
    problem.textContent = "Say why: the log keeps it.";
    reason.setAttribute("aria-invalid", "true");
    reason.focus();
    return;
  }
  if (!(await isWanted(sentenceOf(action, asked), asked.reason))) return;
  const response = await fetch(`/repository/${encodeURIComponent(page.dataset.name)}/${action}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
  });
  const told = await response.json();
  if (!response.ok) {
    const hint = HINTS[told.error.code] ?? told.error.hint;
    problem.textContent = `${told.error.message}${hint ? ` (${hint})` : ""}`;
    return;
  }
  const changed = document.getElementById("changed");
  changed.textContent = outcomeOf(told.transition, asked);
  changed.scrollIntoView({ block: "nearest" });
  form.reset();
  followForce();
  for (const wait of SOON) window.setTimeout(() => refresh().catch((error) => console.info(error)), wait);
}

// Only what goes to prod can be forced.
function followForce() {
  const force = document.getElementById("promote-force");
  if (!force) return;
  const { value } = document.getElementById("promote-as");
  force.disabled = value !== `${STAGE}prod` && value !== "champion";
  if (force.disabled) force.checked = false;
}

document.getElementById("promote-as")?.addEventListener("change", followForce);
followForce();

for (const form of document.querySelectorAll("form[data-action]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    if (button.ariaDisabled) return;
    button.ariaDisabled = "true"; // not disabled: that would take the focus away
    try {
      await change(form);
    } catch (error) {
      console.info(error);
      document.getElementById(`${form.dataset.action}-problem`).textContent = "The service does not answer. Look at the log before you try again.";
    } finally {
      button.ariaDisabled = null;
    }
  });
}

document.getElementById("refresh").addEventListener("click", () => {
  const looked = document.getElementById("looked");
  refresh()
    .then(() => { looked.textContent = `Looked at ${new Date().toLocaleTimeString()}`; })
    .catch((error) => { console.info(error); looked.textContent = "The service does not answer."; });
  showDrift(page.dataset.drift);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh().catch((error) => console.info(error));
});
showDrift(page.dataset.drift);
