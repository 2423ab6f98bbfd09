"""What keeps people from a page: controls without a name, texts that are too faint, references to nothing."""

from __future__ import annotations

LEAST_CONTRAST = 4.5

# Contrast by WCAG 2's formula, over the first grounds behind a text that are not transparent. What is disabled may be
# faint; what is not shown counts for nothing.
_FIND = """least => {
  const seen = element => element.checkVisibility({ visibilityProperty: true });
  const called = element => {
    const text = element.id ? `#${element.id}` : element.outerHTML.slice(0, 80);
    return `${text} ${element.textContent.trim().slice(0, 40)}`.trim();
  };
  const all = selector => [...document.querySelectorAll(selector)];
  const found = [];

  const colour = text => text.match(/[\\d.]+/g).map(Number);
  const over = ([red, green, blue, alpha = 1], ground) =>
    [red, green, blue].map((part, index) => part * alpha + ground[index] * (1 - alpha));
  const light = parts => parts.map(part => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const groundOf = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(colour(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255]);
  };
  const contrastOf = element => {
    const ground = groundOf(element);
    let [red, green, blue, alpha = 1] = colour(getComputedStyle(element).color);
    for (let at = element; at; at = at.parentElement) alpha *= Number(getComputedStyle(at).opacity);
    const [one, other] = [light(over([red, green, blue, alpha], ground)), light(ground)];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const hasText = element => element.matches("input, select, textarea")
    || [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  for (const element of all("body, body *")) {
    if (!hasText(element) || element.closest(":disabled, option, svg, noscript") || !seen(element)) continue;
    const contrast = contrastOf(element);
    if (contrast < least) found.push(`contrast ${contrast.toFixed(2)}: ${called(element)}`);
  }

  const named = element => element.ariaLabel?.trim() || element.hasAttribute("aria-labelledby")
    || [...(element.labels ?? [])].some(label => label.textContent.trim())
    || (element.matches("button, a, summary") && (element.textContent.trim() || element.querySelector("img[alt]")));
  const controls = "input:not([type=hidden]), select, textarea, button, progress, meter, a[href], summary, dialog";
  for (const element of all(controls)) {
    if (seen(element) && !named(element)) found.push(`no name: ${called(element)}`);
  }
  for (const image of all("img:not([alt]), svg[role=img]:not([aria-label])")) found.push(`no text: ${called(image)}`);

  const times = Map.groupBy(all("[id]"), element => element.id);
  for (const [id, elements] of times) if (elements.length > 1) found.push(`twice: #${id}`);
  for (const name of ["for", "list", "aria-describedby", "aria-labelledby", "aria-controls"]) {
    for (const element of all(`[${name}]`)) {
      const missing = element.getAttribute(name).split(" ").filter(id => !times.has(id));
      found.push(...missing.map(id => `${name} of nothing: ${id}`));
    }
  }
  for (const element of all("[tabindex]")) if (element.tabIndex > 0) found.push(`out of its order: ${called(element)}`);

  const levels = all("h1, h2, h3, h4, h5, h6").filter(seen).map(heading => Number(heading.tagName[1]));
  if (levels[0] !== 1 || levels.filter(level => level === 1).length !== 1) found.push(`headings ${levels}`);
  if (levels.some((level, index) => level > levels[index - 1] + 1)) found.push(`a level left out: ${levels}`);
  if (!document.documentElement.lang || !document.title.trim()) found.push("no language, or no title");
  if (document.documentElement.scrollWidth > window.innerWidth) found.push("wider than its window");
  return found;
}"""


def find_faults(page):
    """Everything of that kind on ``page`` as it stands, a line each."""
    page.wait_for_load_state()  # colours come with the styles
    return page.evaluate(_FIND, LEAST_CONTRAST)
