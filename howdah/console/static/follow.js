// Follows the jobs: asks for the page again and changes what has changed.
"use strict";

const content = document.getElementById("content");
const away = document.getElementById("away");
const SLOWEST_MS = 15000;
let seen = "";
let failures = 0;
let timer = 0;

function say(text) {
  if (away.textContent !== text) away.textContent = text;
  away.hidden = !text;
}

function isAtEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < 4;
}

function takeOver(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  // Who reads the end of a log goes on reading its end.
  const ends = [...document.querySelectorAll("pre.log")].filter((box) => box.scrollTop > 0 && isAtEnd(box));
  morph(content, fresh.getElementById("content"));
  ends.forEach((box) => { box.scrollTop = box.scrollHeight; });
  document.title = fresh.title;
  document.body.dataset.followMs = fresh.body.dataset.followMs;
}

async function look() {
  let response;
  try {
    response = await fetch(window.location.href, { cache: "no-store", headers: seen ? { "If-None-Match": seen } : {} });
  } catch (error) {
    console.info(error);
    failures += 1;
    say("The console does not answer. This page tries again by itself.");
    return;
  }
  if (response.status === 304 || response.ok) {
    failures = 0;
    if (response.status !== 304) {
      takeOver(await response.text());
      seen = response.headers.get("ETag") || "";
    }
    say("");
    return;
  }
  failures += 1;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (content.querySelector(".problem-page")) morph(content, fresh.getElementById("content"));
  else say(`${fresh.querySelector(".problem-page p")?.textContent || response.statusText}. What stands here is from before; this page tries again by itself.`);
}

function wait() {
  window.clearTimeout(timer);
  const pause = Number(document.body.dataset.followMs);
  if (pause > 0) timer = window.setTimeout(follow, Math.min(pause * (1 + failures), Math.max(pause, SLOWEST_MS)));
}

// One look at a time, the next one a while after the last; none while nobody can see it.
async function follow() {
  if (!document.hidden) await look().catch((error) => console.info(error));
  wait();
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) follow(); });
// A drawing that is larger than its place begins with what runs, or with its start in the middle.
const drawing = document.getElementById("drawing");
if (drawing && drawing.scrollWidth > drawing.clientWidth) {
  const node = drawing.querySelector(".node.running, .node.held") || drawing.querySelector(".node.start");
  const [inner, outer] = [node?.getBoundingClientRect(), drawing.getBoundingClientRect()];
  if (inner) drawing.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
}
for (const box of document.querySelectorAll("pre.log[data-end]")) box.scrollTop = box.scrollHeight;
wait();
