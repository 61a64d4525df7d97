// Around the grid: filters, the panel of checks, one line in a dialog, and the narrative that saves itself.
(() => {
  const sheet = window.ntmSheet;
  const CHECKS_MS = 600;
  const SECTION_MS = 1200;
  let kind = "";
  let checksTimer;
  let acting = false; // the panel stays while an act that began in it is under way

  const PICKED = { "": "td", "thay-doi": ".is-changed", loi: ".is-wrong, .is-bad", "chua-xac-nhan": ".is-open" };
  const fold = (words) => words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/đ/g, "d").trim();

  const filter = () => {
    const words = fold(document.getElementById("tim-xa").value);
    let any = false;
    for (const district of sheet.table().tBodies) {
      let some = false;
      for (const row of district.querySelectorAll("tr[data-xa]")) {
        row.hidden = !(row.dataset.xa.includes(words) && row.querySelector(PICKED[kind]));
        some ||= !row.hidden;
      }
      district.hidden = !some;
      any ||= some;
    }
    document.querySelector(".sheet-nothing").hidden = any;
    for (const link of document.querySelectorAll(".choice [data-filter]")) {
      if (link.dataset.filter === kind) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const asked = new URLSearchParams([["loc", kind], ["tim", document.getElementById("tim-xa").value]].filter(([, value]) => value));
    history.replaceState(null, "", `${location.pathname}${asked.size ? `?${asked}` : ""}${location.hash}`);
  };

  const pick = (wanted) => {
    kind = wanted;
    filter();
  };

  document.addEventListener("input", (event) => event.target.id === "tim-xa" && filter());
  document.addEventListener("submit", (event) => event.target.matches(".sheet-tools") && event.preventDefault());

  const plain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey);

  const goTo = (line) => {
    const cell = sheet.cell(line, "kl");
    if (!cell) return false;
    if (cell.closest("[hidden]")) {
      document.getElementById("tim-xa").value = "";
      pick("");
    }
    sheet.select(cell);
    cell.scrollIntoView({ block: "center", inline: "nearest" });
    return true;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-filter], [data-go], #bang .cell-more, [data-close-dialog]");
    if (!link || !plain(event)) return;
    if (link.matches("[data-close-dialog]")) link.closest("dialog")?.close();
    else if (link.matches(".cell-more")) sheet.openLine(link.closest("td"));
    else if ("go" in link.dataset) {
      if (!goTo(link.dataset.go)) return;
    } else {
      pick(link.dataset.filter);
      document.getElementById("so-lieu").scrollIntoView();
    }
    event.preventDefault();
  });

  // The panel is asked for again once the saving has come to rest.
  const refresh = async () => {
    const held = document.getElementById("kiem-tra");
    const answer = await fetch(sheet.root().dataset.checks, { redirect: "manual" }).catch(() => null);
    if (!answer?.ok || acting) return;
    const parsed = document.createElement("template");
    parsed.innerHTML = await answer.text();
    const fresh = parsed.content.getElementById("kiem-tra");
    for (const part of fresh.querySelectorAll("[data-check]")) {
      const before = held.querySelector(`[data-check="${part.dataset.check}"]`);
      if (before) part.open = before.open;
    }
    held.replaceWith(fresh);
    window.htmx.process(fresh);
  };
  document.addEventListener("sheet:saved", () => {
    clearTimeout(checksTimer);
    checksTimer = setTimeout(refresh, CHECKS_MS);
  });

  sheet.openLine = async (cell) => {
    await sheet.flush();
    sheet.select(cell);
    const link = sheet.verdictOf(cell).querySelector(".cell-more");
    await window.htmx.ajax("GET", link.href, { target: "#hop-dong", swap: "innerHTML" });
    const dialog = document.getElementById("hop-dong");
    if (dialog.querySelector(".line-page") && !dialog.open) dialog.showModal();
    dialog.addEventListener("close", () => cell.focus(), { once: true });
  };

  document.addEventListener("htmx:afterSwap", () => {
    const shown = document.querySelector("#hop-dong .line-page");
    if (!shown || shown.dataset.taken) return;
    shown.dataset.taken = "yes";
    const grown = shown.dataset.revision !== sheet.root().dataset.revision;
    sheet.take(shown.querySelector("[data-cells]").innerHTML);
    sheet.seen({ revision: Number(shown.dataset.revision) });
    if (grown) document.dispatchEvent(new CustomEvent("sheet:saved"));
  });

  const refuse = (form) => {
    const said = form.querySelector(".field-error") ?? document.createElement("p");
    said.className = "field-error";
    said.setAttribute("role", "alert");
    said.textContent = "Chưa làm được: còn ô không đọc được hoặc chưa lưu, hoặc phần lời đang chờ bạn chọn. Xem chữ đỏ ở Số liệu và Phần lời.";
    form.append(said);
  };

  // An act waits for what was typed, and says what keeps it.
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.target.hasAttribute("data-after-saving")) return;
    event.preventDefault();
    sheet.flush().then((saved) => {
      if (saved) {
        acting = true;
        event.detail.issueRequest(true);
      } else refuse(event.target);
    });
  });
  document.addEventListener("htmx:afterRequest", () => {
    acting = false;
  });
  // Another page in the place of the report, such as the one to sign in, is shown as what it is.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "bao-cao" || event.detail.serverResponse.includes('id="bao-cao"')) return;
    event.detail.shouldSwap = false;
    location.reload();
  });

  // The narrative.
  const waiting = new Map();
  const keyOf = (form) => `phan-loi:${sheet.root().dataset.user}:${sheet.root().dataset.report}:${form.dataset.section}`;
  const store = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  };
  const say = (form, words, ...more) => form.querySelector("[data-section-state]").replaceChildren(words, ...more);

  const later = (form, wait = SECTION_MS) => {
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => save(form), wait));
  };

  const save = async (form) => {
    clearTimeout(waiting.get(form));
    const body = new FormData(form);
    say(form, "Đang lưu…");
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || answer.status >= 500) {
      say(form, "Mất kết nối, sẽ thử lại");
      later(form, SECTION_MS * 4);
      return false;
    }
    const said = await answer.json().catch(() => ({ message: "Chưa lưu được: tải lại trang; nội dung được giữ trong trình duyệt này." }));
    if (answer.status === 412) return disagree(form, said);
    if (!answer.ok) return say(form, said.message), false;
    form.elements.revision.value = said.section;
    sheet.seen(said);
    if (form.elements.text.value !== body.get("text")) return later(form), false;
    waiting.delete(form);
    store((kept) => kept.removeItem(keyOf(form)));
    say(form, `Đã lưu ${said.saved_at}`);
    return true;
  };

  const disagree = (form, said) => {
    const theirs = document.createElement("blockquote");
    theirs.className = "section-theirs";
    theirs.textContent = said.text || "(để trống)";
    const settle = (mine) => () => {
      form.elements.revision.value = said.revision;
      if (!mine) form.elements.text.value = said.text;
      save(form);
    };
    say(form, "Người khác vừa sửa mục này:", theirs, sheet.button("Giữ của họ", settle(false)), " ", sheet.button("Ghi của tôi", settle(true)));
    return false;
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-section]");
    if (!form) return;
    const { text, revision } = form.elements;
    store((kept) => kept.setItem(keyOf(form), JSON.stringify({ text: text.value, revision: revision.value })));
    say(form, "Đang soạn…");
    later(form);
  });
  sheet.flushers.push(async () => {
    const saved = await Promise.all([...waiting.keys()].filter((form) => form.isConnected).map(save));
    return saved.every(Boolean);
  });

  const start = () => {
    const root = sheet.root();
    if (!root) return;
    kind = new URLSearchParams(location.search).get("loc") ?? "";
    if (!(kind in PICKED)) kind = "";
    for (const form of root.querySelectorAll("[data-section]")) {
      const held = store((kept) => JSON.parse(kept.getItem(keyOf(form))));
      if (!held || !form.elements.text || held.text === form.elements.text.value) continue;
      form.elements.text.value = held.text;
      form.elements.revision.value = held.revision;
      later(form, 0);
    }
  };
  document.addEventListener("htmx:afterSwap", (event) => event.detail.elt.id === "bao-cao" && start());
  start();
})();
