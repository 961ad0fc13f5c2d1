"use strict";
// Sorts, filters and folds the layer table, and lets its columns be chosen. Without it the table is whole.
{
  const box = document.querySelector(".layers"), tools = document.querySelector(".tools");
  const bodies = [...box.querySelectorAll("tbody")], heads = [...box.querySelectorAll("thead th")];
  const filter = tools.querySelector(".filter"), count = tools.querySelector(".count");
  const rows = bodies.flatMap(body => [...body.rows]), each = bodies[0].rows.length, place = new Map(rows.map((row, i) => [row.id, i]));
  const outer = rows.map(row => row.dataset.in ? place.get(row.dataset.in) : -1);
  const isBlock = rows.map(row => row.classList.contains("block"));
  const folded = new Set();
  const values = [];  // of a column, once it has been sorted by
  let texts = null, column = -1, down = false;

  const foldedAway = i => {
    for (i = outer[i]; i >= 0; i = outer[i]) if (folded.has(i)) return true;
    return false;
  };
  const words = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;

  // What a cell is sorted by: an exact integer; a text, of names and shapes; null of what is unknown, free or empty, which comes last.
  const valuesOf = at => values[at] ??= rows.map(row => {
    const cell = row.cells[at], data = cell.querySelector("data");
    if (data) return /^\d+$/.test(data.value) ? BigInt(data.value) : null;
    const text = (at ? cell : cell.querySelector("a, b")).textContent;
    if (at > 1 && /^\d{1,3}(,\d{3})*$/.test(text)) return BigInt(text.replaceAll(",", ""));
    return text === "" || text === "?" ? null : text;
  });
  const compare = (a, b) => typeof a === "bigint" && typeof b === "bigint" ? (a < b ? -1 : a > b ? 1 : 0) : words(String(a), String(b));

  function order() {
    const all = rows.map((_, i) => i);
    if (column < 0) return all;
    const of = valuesOf(column), known = all.filter(i => of[i] !== null), unknown = all.filter(i => of[i] === null);
    known.sort((a, b) => down ? compare(of[b], of[a]) : compare(of[a], of[b]));
    return [...known, ...unknown];
  }

  // Sorted, a block that is unfolded has no row of its own: what it sums stands in rows of theirs. A filter looks into folded blocks.
  function show() {
    const wanted = filter.value.trim().toLowerCase();
    texts ??= wanted ? rows.map(row => row.cells[0].textContent.toLowerCase()) : null;
    const seenIn = new Map(bodies.map(body => [body, 0]));
    let shown = 0;
    rows.forEach((row, i) => {
      const seen = wanted ? texts[i].includes(wanted) : !foldedAway(i) && !(column >= 0 && isBlock[i] && !folded.has(i));
      if (row.hidden === seen) row.hidden = !seen;
      shown += seen;
      if (seen) seenIn.set(row.parentNode, seenIn.get(row.parentNode) + 1);
    });
    // Of what is not laid out, a browser knows the height by how many rows there are.
    if (bodies.length > 1) for (const [body, count] of seenIn) {
      body.hidden = !count;
      body.style.setProperty("--rows", count);
    }
    box.classList.toggle("flat", column >= 0 || wanted !== "");
    const text = shown === rows.length ? count.dataset.all : count.dataset.some;
    count.value = text.replace("{shown}", shown.toLocaleString("en")).replace("{all}", rows.length.toLocaleString("en"));
  }

  function fold(i, closed) {
    if (closed) folded.add(i); else folded.delete(i);
    rows[i].querySelector(".fold").setAttribute("aria-expanded", String(!closed));
  }
  function foldAll(closed) {
    isBlock.forEach((block, i) => block && fold(i, closed));
    show();
  }

  // Numbers first from the largest, texts from their first letter; then the other way; then as they were written.
  function sort(at) {
    const first = valuesOf(at).some(value => typeof value === "bigint");
    if (column !== at) [column, down] = [at, first];
    else if (down === first) down = !first;
    else column = -1;
    heads.forEach((head, i) => head.setAttribute("aria-sort", i !== column ? "none" : down ? "descending" : "ascending"));
    const focused = document.activeElement;
    const sorted = order().map(i => rows[i]);
    bodies.forEach((body, i) => body.append(...sorted.slice(i * each, (i + 1) * each)));
    if (document.activeElement !== focused) focused.focus();
    show();
  }

  // A link to a row that is folded away or filtered out brings it back.
  function reveal() {
    const at = place.get(decodeURIComponent(location.hash.slice(1)));
    if (at === undefined || !rows[at].hidden) return;
    filter.value = "";
    for (let i = outer[at]; i >= 0; i = outer[i]) fold(i, false);
    show();
    if (rows[at].hidden) { fold(at, true); show(); }
    rows[at].scrollIntoView();
  }

  heads.forEach((head, at) => {
    const title = head.querySelector(".head"), button = document.createElement("button");
    button.type = "button";
    button.className = "head";
    button.textContent = title.textContent;
    title.replaceWith(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sort(at));
  });
  box.addEventListener("click", event => {
    const button = event.target.closest(".fold");
    if (!button) return;
    const i = place.get(button.closest("tr").id);
    fold(i, !folded.has(i));
    show();
    if (rows[i].hidden) rows.find((row, j) => outer[j] === i && !row.hidden)?.querySelector("button, a")?.focus();
  });
  tools.querySelector(".fold-all")?.addEventListener("click", () => foldAll(true));
  tools.querySelector(".unfold-all")?.addEventListener("click", () => foldAll(false));
  filter.addEventListener("input", show);
  tools.addEventListener("change", event => {
    const column = event.target.dataset.column;
    if (column) box.classList.toggle(`hide${column}`, !event.target.checked);
  });
  addEventListener("hashchange", reveal);
  document.addEventListener("keydown", event => {
    const open = event.key === "Escape" && !document.querySelector(":popover-open") && event.target.closest("details[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("click", event => event.target.closest("[popover] a")?.closest("[popover]").hidePopover());

  for (const hidden of [tools.querySelector(".scripted"), count, ...box.querySelectorAll(".fold")]) hidden.hidden = false;
  show();
  reveal();
}

// Steps a window over its input, by buttons and by arrow keys. Without it the first position is drawn, and the last.
for (const figure of document.querySelectorAll("[data-slide]")) {
  const axes = JSON.parse(figure.dataset.slide).map(([stride, before, reach, runs]) => ({
    stride, before, reach, at: 0,
    places: runs.flatMap(([start, stop, step]) => Array.from({ length: Math.ceil((stop - start) / step) }, (_, i) => start + i * step)),
  }));
  const total = axes.reduce((n, axis) => n * axis.places.length, 1);
  if (total < 2) continue;
  const moving = figure.querySelectorAll(".w-at"), says = figure.querySelector("output");
  const steps = figure.querySelector(".steps"), [back, on] = steps.children, last = axes.at(-1);
  const position = () => axes.reduce((n, axis) => n * axis.places.length + axis.at, 0);

  function show() {
    const at = axes.map(axis => axis.places[axis.at]);
    for (const group of moving) {
      const { x, y, turn, jump } = group.dataset;
      const beyond = turn !== undefined && at.at(-1) >= turn ? Number(jump) : 0;
      group.setAttribute("transform", `translate(${at.at(-1) * x + beyond} ${axes.length > 1 ? at[0] * y : 0})`);
    }
    let text = figure.dataset.says;
    axes.forEach((axis, i) => {
      const from = at[i] * axis.stride - axis.before;
      text = text.replace(`{k${i}}`, at[i]).replace(`{from${i}}`, from).replace(`{to${i}}`, from + axis.reach - 1);
    });
    says.value = text;
    back.setAttribute("aria-disabled", position() === 0);
    on.setAttribute("aria-disabled", position() === total - 1);
  }

  function step(by) {
    let left = Math.min(Math.max(position() + by, 0), total - 1);
    for (const axis of [...axes].reverse()) {
      axis.at = left % axis.places.length;
      left = Math.floor(left / axis.places.length);
    }
    show();
  }

  const keys = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -last.places.length, ArrowDown: last.places.length, Home: -total, End: total };
  steps.addEventListener("click", event => event.target.dataset.by && step(Number(event.target.dataset.by)));
  steps.addEventListener("keydown", event => {
    if (!(event.key in keys)) return;
    event.preventDefault();
    const by = keys[event.key], next = position() + by;
    if (Math.abs(by) < 2 || Math.abs(by) >= total || (next >= 0 && next < total)) step(by);
  });
  steps.hidden = false;
}
