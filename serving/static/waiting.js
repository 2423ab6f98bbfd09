// The page without a model: it becomes the model's as soon as there is one.
"use strict";

async function look() {
  try {
    const response = await fetch("/models", { cache: "no-store" });
    const { models } = await response.json();
    if (models.length === 0) return;
    window.clearInterval(looking); // another reload would begin a slow one anew
    window.location.reload();
  } catch (error) {
    console.info("The service does not answer; it is asked again.", error);
  }
}

const looking = window.setInterval(look, 1000);
