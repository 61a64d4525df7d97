// Cells of a report's grid: where they are, what they hold, and how they look once the server has judged them.
(() => {
  const sheet = (window.ntmSheet = {});

  sheet.root = () => document.getElementById("bao-cao");
  sheet.table = () => document.getElementById("bang");
  sheet.isWritable = () => Boolean(sheet.root()?.hasAttribute("data-writable"));
  sheet.cell = (line, key) => document.getElementById(`o-${line}-${key}`);
  sheet.verdictOf = (cell) => sheet.cell(sheet.nameOf(cell).line, "kl");
  sheet.nameOf = (cell) => {
    const [, line, key] = cell.id.split("-");
    return { line, key };
  };

  const LOOKS = ["is-pending", "is-bad"];

  // What was typed, until the server has said what it makes of it; with a message, why it could not be read.
  sheet.show = (cell, text, look, message) => {
    cell.querySelector("b").textContent = text;
    cell.querySelector("i")?.remove();
    cell.classList.remove(...LOOKS);
    cell.classList.add(look);
    if (message) {
      cell.title = message;
      cell.setAttribute("aria-invalid", "true");
    }
  };

  // Cells as the server has them take the place of those on the page; what is being edited is left to its editor.
  sheet.take = (html) => {
    const parsed = document.createElement("template");
    parsed.innerHTML = html;
    for (const fresh of parsed.content.querySelectorAll("td.cell")) {
      const cell = document.getElementById(fresh.id);
      if (!cell) continue;
      const kept = ["is-at", "is-picked"].filter((name) => cell.classList.contains(name));
      cell.className = fresh.className;
      cell.classList.add(...kept);
      Object.assign(cell.dataset, fresh.dataset);
      cell.title = fresh.title;
      cell.removeAttribute("aria-invalid");
      if (cell.querySelector(".sheet-input")) continue;
      cell.innerHTML = fresh.innerHTML;
      cell.querySelector(".cell-more")?.setAttribute("tabindex", "-1");
    }
  };

  // The page has seen what it saved itself. Where a save stood on what others had written meanwhile, it has not.
  sheet.seen = ({ revision, before = revision - 1, mine = false }) => {
    const root = sheet.root();
    if (!mine && before > Number(root.dataset.revision)) {
      root.dataset.behind = "";
      return;
    }
    root.dataset.revision = revision;
    for (const field of root.querySelectorAll(".sheet-acts input[name=revision]")) field.value = revision;
  };

  sheet.state = (words, tone = "") => {
    const place = document.getElementById("trang-thai");
    if (!place) return;
    const behind = sheet.root().hasAttribute("data-behind") && !tone;
    place.textContent = behind ? `${words} · Người khác cũng vừa sửa báo cáo này: tải lại trang để thấy.` : words;
    place.className = `sheet-state ${tone && `sheet-${tone}`}`;
  };

  sheet.token = () => sheet.root().querySelector("[name=csrfmiddlewaretoken]").value;
})();
