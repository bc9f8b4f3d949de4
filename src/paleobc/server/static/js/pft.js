// The table of plant functional types: rows come and go, totals follow each key.

import { boundsProblem, newBand, orderOf, totalOf, totalWords } from "./bands.js";

const form = document.querySelector("[data-bands]");
const body = form.querySelector("tbody");
const wrong = form.querySelector("[data-wrong]");
const save = form.querySelector("[data-save]");

const rows = () => [...body.rows];
const bounds = () => rows().map((row) => row.querySelector("[name=up_to]").value);

function renew() {
  let low = "0";
  rows().forEach((row, place) => {
    const cells = [...row.querySelectorAll("input:not([name=up_to])")].map((cell) => cell.value);
    const { total, good } = totalOf(cells);
    const shown = row.querySelector("[data-total]");
    shown.textContent = totalWords(total);
    shown.dataset.good = good ? "yes" : "no";
    row.querySelector("[data-from]").textContent = low;
    const bound = row.querySelector("[name=up_to]");
    bound.setAttribute("aria-label", `Upper bound of band ${place + 1}, degrees`);
    low = bound.value || "?";
    row.querySelector("[name=remove]").value = place;
  });
  const badRow = rows().findIndex((row) => row.querySelector("[data-total]").dataset.good === "no");
  const problem = boundsProblem(bounds()) || (badRow < 0 ? "" : `Band ${badRow + 1} does not add up to 100.`);
  if (wrong) {
    wrong.textContent = problem;
    wrong.hidden = !problem;
    save.disabled = Boolean(problem);
  }
}

function add() {
  const { place, bound } = newBand(bounds());
  const old = rows()[place];
  const row = old.cloneNode(true);
  row.querySelectorAll("input").forEach((cell, number) => (cell.value = old.querySelectorAll("input")[number].value));
  row.querySelector("[name=up_to]").value = Number(bound.toFixed(3));
  body.insertBefore(row, old);
  row.querySelector("[name=up_to]").focus();
  row.querySelector("[name=up_to]").select();
}

function sort() {
  const all = rows();
  orderOf(bounds()).forEach((place) => body.append(all[place]));
}

function remove(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  if (!next) return;
  row.remove();
  next.querySelector("[name=remove]").focus();
}

/** Up and down keys go to the same column of the next row, as in any table of numbers. */
function move(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const cell = event.target.closest("input");
  if (!step || !cell) return;
  const beside = rows()[rows().indexOf(cell.closest("tr")) + step];
  const target = beside?.querySelector(`[name=${cell.name}]`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.select();
}

form.addEventListener("input", renew);
body.addEventListener("keydown", move);
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const action = { add, sort }[button?.value] ?? (button?.name === "remove" ? () => remove(button.closest("tr")) : null);
  if (!action) return;
  event.preventDefault();
  action();
  renew();
});
renew();
