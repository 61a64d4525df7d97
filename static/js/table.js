// Columns of a table that one does not want to see: chosen in the table's menu, kept in this browser.
(() => {
  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(`cot:${name}`) ?? "null");
    } catch {
      return null;
    }
  };
  const write = (name, hidden) => {
    try {
      localStorage.setItem(`cot:${name}`, JSON.stringify(hidden));
    } catch {
      // nothing to keep it in
    }
  };

  const apply = (frame) => {
    const boxes = [...frame.querySelectorAll("input[data-column]")];
    const hidden = new Set(boxes.filter((box) => !box.checked).map((box) => box.dataset.column));
    for (const cell of frame.querySelectorAll("[data-col]")) cell.hidden = hidden.has(cell.dataset.col);
    frame.classList.add("prepared");
    return [...hidden];
  };

  const prepare = (frame) => {
    const hidden = read(frame.dataset.table);
    for (const box of frame.querySelectorAll("input[data-column]")) {
      box.checked = hidden ? !hidden.includes(box.dataset.column) : box.defaultChecked;
    }
    apply(frame);
  };

  document.addEventListener("change", (event) => {
    const frame = event.target.matches?.("input[data-column]") && event.target.closest("[data-table]");
    if (frame) write(frame.dataset.table, apply(frame));
  });
  const prepareAll = (part) => {
    for (const frame of part.querySelectorAll("[data-table]")) prepare(frame);
  };
  document.addEventListener("htmx:afterSwap", (event) => prepareAll(event.detail.target.parentElement ?? document));
  prepareAll(document);
})();
