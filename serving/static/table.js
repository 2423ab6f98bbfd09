// Answers a whole CSV file: sends its rows in pieces that the service takes, and puts the answers together again.
"use strict";

const card = document.getElementById("table");

const NEWLINE = 10;
const QUOTE = 34;
const MOST_STARTS = 3; // a new version while a file is answered: all of it again, so that no file mixes versions
const MOST_WAITS = 60; // times that the service may say "too often" to one piece
const MARK = new Uint8Array([0xef, 0xbb, 0xbf]); // UTF-8's, without which a spreadsheet takes the file for another coding

class Refused extends Error {}
class Overtaken extends Error {}

// Where each row of a stretch of CSV ends: line feeds, but not those within quotes.
class RowEnds {
  quoted = false;
  lines = 0;

  find(bytes, from) {
    for (let at = from; at < bytes.length; at += 1) {
      if (bytes[at] === QUOTE) this.quoted = !this.quoted;
      else if (bytes[at] === NEWLINE) {
        this.lines += 1;
        if (!this.quoted) return at + 1;
      }
    }
    return -1;
  }
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// The rows of a file, each as its bytes with the number of lines before it; memory holds what is not yet a row.
async function* rowsOf(file) {
  const reader = file.stream().getReader();
  const ends = new RowEnds();
  let rest = new Uint8Array(0);
  let before = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const start = rest.length;
      rest = start === 0 ? value : joined([rest, value]);
      let begin = 0;
      for (let end = ends.find(rest, start); end !== -1; end = ends.find(rest, end)) {
        yield { bytes: rest.subarray(begin, end), before };
        begin = end;
        before = ends.lines;
      }
      rest = rest.slice(begin);
      if (rest.length > Number(card.dataset.mostBytes)) throw new Refused(`line ${before + 1}: the row is too long`);
    }
  } finally {
    await reader.cancel();
  }
  if (rest.length > 0) yield { bytes: rest, before };
}

// Pieces of a file: the header again, then as many rows as the service takes in one request.
async function* piecesOf(file) {
  const mostRows = Number(card.dataset.mostRecords);
  const mostBytes = Number(card.dataset.mostBytes);
  let header = null;
  let rows = [];
  let size = 0;
  let first = 0;
  for await (const row of rowsOf(file)) {
    if (header === null) {
      header = row.bytes.slice();
      continue;
    }
    if (rows.length === mostRows || (rows.length > 0 && header.length + size + row.bytes.length > mostBytes)) {
      yield { header, rows, size, first };
      rows = [];
      size = 0;
    }
    if (rows.length === 0) first = row.before;
    rows.push(row.bytes.slice());
    size += row.bytes.length;
  }
  if (header === null) throw new Refused("the file is empty");
  yield { header, rows, size, first };
}

function lineFeeds(bytes) {
  return bytes.reduce((count, byte) => count + (byte === NEWLINE ? 1 : 0), 0);
}

function hasMark(bytes) {
  return MARK.every((byte, index) => bytes[index] === byte);
}

// Without the first row, which names the columns; their number is that of the records, whatever blank lines were sent.
function recordsOf(answered) {
  const ends = new RowEnds();
  const begin = ends.find(answered, 0);
  let rows = 0;
  for (let end = ends.find(answered, begin); end !== -1; end = ends.find(answered, end)) rows += 1;
  return { begin, rows };
}

// What other programs write for commas; it shows in a first line that is one column.
function separatorOf(header) {
  const names = new TextDecoder().decode(header);
  if (names.includes(",")) return "";
  return names.includes(";") ? "semicolons" : names.includes("\t") ? "tabs" : "";
}

function asCell(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// The form as a file of one record: every column that is needed, with its name.
function exampleFile() {
  const row = (texts) => `${texts.map(asCell).join(",")}\r\n`;
  const text = row(inputs().map((input) => input.name)) + row(inputs().map((input) => input.value));
  return new Blob([MARK, text], { type: "text/csv" });
}

async function checkKind(file) {
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (start[0] === 0x50 && start[1] === 0x4b) throw new Refused("the file is a spreadsheet or an archive: save it as CSV (UTF-8)");
}

// The service counts a piece's lines; its reader wants those of the file.
function inFile(text, piece) {
  const shift = piece.first - lineFeeds(piece.header);
  return text.replace(/^line (\d+)/, (_, line) => `line ${Number(line) > 1 ? Number(line) + shift : line}`);
}

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = window.setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => { window.clearTimeout(timer); reject(signal.reason); }, { once: true });
  });
}

async function askPiece(piece, signal) {
  const name = document.getElementById("model").dataset.name;
  const body = joined([piece.header, ...piece.rows]);
  for (let wait = 0; wait < MOST_WAITS; wait += 1) {
    const response = await fetch(`/predict?model=${encodeURIComponent(name)}`, {
      method: "POST", headers: { "Content-Type": "text/csv" }, body, signal,
    });
    if (response.ok) return response;
    if (response.status !== 429) {
      const { error } = await response.json();
      const separator = separatorOf(piece.header);
      if (separator) throw new Refused(`line 1: the columns are separated by ${separator}: save the file with commas (CSV UTF-8)`);
      // In a table a missing field is a missing column, which the first line mends, and not a null in a row.
      const lacking = new Set(error.fields.filter((each) => each.problem === "is missing").map((each) => each.field));
      if (lacking.size > 0) throw new Refused(`line 1 names no column ${[...lacking].join(", ")}`);
      // Of a field its own advice, which is for people; that of the whole is for programs.
      const hint = error.fields.length > 0 ? error.fields[0].hint : error.hint;
      throw new Refused(`${inFile(error.message, piece)}${hint ? `. Hint: ${hint}` : ""}`);
    }
    await pause(Number(response.headers.get("Retry-After")) || 1, signal);
  }
  throw new Refused("the service is asked too often; try again later");
}

async function answerOnce(file, signal, tell) {
  const answered = [];
  const sofar = { rows: 0, bytes: 0, version: "", remarks: 0 };
  for await (const piece of piecesOf(file)) {
    signal.throwIfAborted();
    const response = await askPiece(piece, signal);
    const version = response.headers.get("Howdah-Version");
    if (sofar.version !== "" && version !== sofar.version) throw new Overtaken();
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { begin, rows } = recordsOf(bytes);
    if (answered.length > 0) answered.push(bytes.subarray(begin));
    else {
      sofar.bytes = piece.header.length;
      if (hasMark(piece.header)) answered.push(MARK); // as it was sent
      answered.push(bytes);
    }
    sofar.version = version;
    sofar.rows += rows;
    sofar.remarks += Number(response.headers.get("Howdah-Warnings"));
    sofar.bytes += piece.size;
    tell(sofar);
  }
  return { ...sofar, blob: new Blob(answered, { type: "text/csv" }) };
}

async function answerWhole(file, signal, tell) {
  await checkKind(file);
  for (let start = 0; start < MOST_STARTS; start += 1) {
    try {
      return await answerOnce(file, signal, tell);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
  }
  throw new Refused("new versions came faster than the file was answered; try again later");
}

if (card) {
  const chooser = document.getElementById("table-file");
  const begin = document.getElementById("table-begin");
  const cancel = document.getElementById("table-cancel");
  const bar = document.getElementById("table-progress");
  const told = document.getElementById("table-told");
  const problem = document.getElementById("table-problem");
  const link = document.getElementById("table-download");
  let running = null;

  const fail = (text) => {
    problem.textContent = text;
    if (text) chooser.setAttribute("aria-invalid", "true");
    else chooser.removeAttribute("aria-invalid");
  };

  const forget = () => {
    if (link.href) URL.revokeObjectURL(link.href);
    link.removeAttribute("href");
    link.classList.add("absent");
    told.textContent = "";
    bar.classList.add("absent");
    fail("");
  };

  const rowsIn = (count) => `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;

  const offer = (file, done) => {
    link.href = URL.createObjectURL(done.blob);
    link.download = `${file.name.replace(/\.csv$/i, "")}.predictions.csv`;
    link.classList.remove("absent");
    const strange = done.remarks === 0 ? "" : done.remarks === 1
      ? " One value is outside of what training saw."
      : ` ${done.remarks.toLocaleString("en")} values are outside of what training saw.`;
    told.textContent = `${rowsIn(done.rows)}, answered by version ${done.version}.${strange}`;
    link.focus();
  };

  const answerFile = async (event) => {
    event.preventDefault();
    if (running) return;
    forget();
    const file = chooser.files[0];
    if (!file) {
      fail("Choose a file first.");
      chooser.focus();
      return;
    }
    running = new AbortController();
    begin.disabled = true;
    cancel.disabled = false;
    bar.value = 0;
    bar.classList.remove("absent");
    const tell = ({ rows, bytes }) => {
      const share = bytes / Math.max(file.size, 1);
      bar.value = share;
      told.textContent = `${rowsIn(rows)}, ${Math.floor(100 * share)} %`;
    };
    tell({ rows: 0, bytes: 0 });
    try {
      offer(file, await answerWhole(file, running.signal, tell));
    } catch (error) {
      bar.classList.add("absent");
      told.textContent = "";
      if (running.signal.aborted) told.textContent = "Cancelled. Nothing was kept.";
      else if (error instanceof Refused) fail(error.message.charAt(0).toUpperCase() + error.message.slice(1));
      else {
        console.info(error);
        fail("The service does not answer, or the file cannot be read. Try again.");
      }
      if (!running.signal.aborted) chooser.focus();
    } finally {
      running = null;
      begin.disabled = false;
      cancel.disabled = true;
    }
  };

  const giveExample = () => {
    const given = document.createElement("a");
    given.href = URL.createObjectURL(exampleFile());
    given.download = `${document.getElementById("model").dataset.name}.example.csv`;
    given.click();
    window.setTimeout(() => URL.revokeObjectURL(given.href), 1000);
  };

  card.querySelector("form").addEventListener("submit", answerFile);
  document.getElementById("table-example").addEventListener("click", giveExample);
  cancel.addEventListener("click", () => { running?.abort(); begin.disabled = false; begin.focus(); });
  chooser.addEventListener("change", () => { if (!running) forget(); });
}
