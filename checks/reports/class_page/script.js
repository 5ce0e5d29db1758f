"use strict";
// Sort and filter the table of the class; leaf through the students with the arrow keys. Everything else needs no script.
const table = document.querySelector("#table");
const body = table.tBodies[0];
const text = document.querySelector("#filter");
const status = document.querySelector("#status");
const count = document.querySelector("#count");

function filter() {
  const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of body.rows) {
    const words = row.textContent.toLowerCase();
    const fits = !status.value || row.dataset.status === status.value;
    row.hidden = !(fits && wanted.every((word) => words.includes(word)));
    shown += row.hidden ? 0 : 1;
  }
  count.textContent = `${shown} of ${body.rows.length} shown`;
}

function sort(column) {
  const head = table.tHead.rows[0].cells;
  const up = head[column].getAttribute("aria-sort") !== "ascending";
  for (const cell of head) cell.setAttribute("aria-sort", "none");
  head[column].setAttribute("aria-sort", up ? "ascending" : "descending");
  const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim();
  const numbers = head[column].classList.contains("number");
  const order = (a, b) => (numbers ? Number(key(a)) - Number(key(b)) : key(a).localeCompare(key(b)));
  const rows = [...body.rows].sort((a, b) => (up ? order(a, b) : order(b, a)));
  body.append(...rows);
}

function leaf(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|SELECT)$/.test(event.target.tagName)) return;
  if (CSS.supports("selector(:popover-open)") && document.querySelector(":popover-open")) return;
  if (event.key === "/") {
    location.hash = "class";
    text.focus();
    event.preventDefault();
    return;
  }
  const link = { ArrowLeft: "a[rel=prev]", ArrowRight: "a[rel=next]", Escape: "a[rel=up]" }[event.key];
  document.querySelector(`.student:target ${link}`)?.click();
}

[...table.tHead.rows[0].cells].forEach((cell, column) => {
  cell.querySelector("button").addEventListener("click", () => sort(column));
});
text.addEventListener("input", filter);
status.addEventListener("change", filter);
document.addEventListener("keydown", leaf);
filter();
