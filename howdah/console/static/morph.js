// Makes an element like another one, changing only what differs: focus, scroll and selection stay where they are.
"use strict";

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.id || "" : "";
}

function isAlike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other);
}

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

// The next old child to go on with for a fresh one: alike, or with the same id further on.
function partnerOf(fresh, candidate, byId) {
  const key = keyOf(fresh);
  if (key) return byId.get(key) || null;
  return candidate && isAlike(candidate, fresh) ? candidate : null;
}

function morphChildren(old, fresh) {
  const byId = new Map();
  for (const child of old.children) if (child.id) byId.set(child.id, child);
  let next = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const partner = partnerOf(child, next, byId);
    if (partner && partner.nodeName === child.nodeName) {
      if (partner === next) next = next.nextSibling;
      else old.insertBefore(partner, next);
      morph(partner, child);
    } else {
      old.insertBefore(document.importNode(child, true), next);
    }
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

// What somebody has typed or ticked is his; the server's idea of it comes with the next page.
const TYPED = new Set(["INPUT", "SELECT", "TEXTAREA"]);

function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (TYPED.has(old.nodeName) || old.isEqualNode(fresh)) return;
  morphAttributes(old, fresh);
  morphChildren(old, fresh);
}
