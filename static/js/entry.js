// The form about a commune: what is typed is kept in this browser until the portal has it.
(() => {
  const PREFIX = "ntm-xa:";
  const OLDEST = 30 * 24 * 3600 * 1000;
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "draft", "revision", "chuyen-INITIAL_FORMS"]);

  const store = {
    read(key) {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        localStorage.setItem(key, JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
    keys() {
      try {
        return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
      } catch {
        return [];
      }
    },
    drop(key) {
      try {
        localStorage.removeItem(key);
      } catch {
        // A browser that keeps nothing has nothing to drop.
      }
    },
  };

  // The portal says which draft it has saved; old ones of reports long past go too.
  const address = new URL(location.href);
  const saved = address.searchParams.get("da-luu");
  for (const key of store.keys()) {
    const draft = store.read(key);
    if (!draft || draft.token === saved || Date.now() - draft.at > OLDEST) store.drop(key);
  }
  if (saved) {
    address.searchParams.delete("da-luu");
    history.replaceState(null, "", address);
  }

  const form = document.querySelector("form[data-entry]");
  if (!form) return;
  const key = PREFIX + form.dataset.entry;
  const note = form.querySelector("[data-entry-note]");
  const state = form.querySelector("[data-entry-state]");
  const visits = form.querySelector("[data-visits]");
  const total = form.elements["chuyen-TOTAL_FORMS"];
  const timeZone = "Asia/Ho_Chi_Minh";
  const time = (at) => new Date(at).toLocaleTimeString("vi-VN", { timeZone, hour: "2-digit", minute: "2-digit" });

  const addVisit = () => {
    const number = Number(total.value);
    const copy = visits.querySelector("[data-visit]:last-child").cloneNode(true);
    for (const field of copy.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for"]) {
        const value = field.getAttribute(name);
        if (value) field.setAttribute(name, value.replace(/chuyen-\d+-/, `chuyen-${number}-`));
      }
      if (field.type === "checkbox") field.checked = false;
      else if ("value" in field) field.value = "";
    }
    for (const rest of copy.querySelectorAll(".theirs, .field-error")) rest.remove();
    copy.querySelector("legend").textContent = `Chuyến đi ${number + 1}`;
    visits.append(copy);
    total.value = String(number + 1);
    return copy;
  };
  form.querySelector("[data-visit-add]").addEventListener("click", () => {
    addVisit().querySelector("input[name$=visited_on]").focus();
  });

  // Where what was seen is not what the ledger says, a note is asked for.
  const markDifference = (select) => {
    const ledger = select.dataset.ledger;
    const differs = Boolean(ledger && select.value && select.value !== ledger);
    const row = select.closest("tr");
    row.querySelector("[data-differs]").hidden = !differs;
    row.querySelector("input[type=text]").placeholder = differs ? "Đã thấy gì khác sổ cái?" : "Ghi chú";
  };
  const markAll = () => form.querySelectorAll("select[data-ledger]").forEach(markDifference);

  const isKept = (field) =>
    field.name && !NOT_KEPT.has(field.name) && !field.name.startsWith("initial-") && !["file", "submit", "button"].includes(field.type);
  const fields = () => [...form.elements].filter(isKept);
  const nameOf = (field) => (field.type === "checkbox" ? `${field.name}=${field.value}` : field.name);
  const valueOf = (field) => (field.type === "checkbox" ? field.checked : field.value);
  const values = () => Object.fromEntries(fields().map((field) => [nameOf(field), valueOf(field)]));
  const served = values();
  const token = store.read(key)?.token ?? crypto.getRandomValues(new Uint32Array(3)).join("-");
  form.elements.draft.value = token;

  const keep = () => {
    const draft = { token, at: Date.now(), revision: form.elements.revision.value, values: values() };
    state.textContent = store.write(key, draft)
      ? `Bản nháp giữ trên máy này lúc ${time(draft.at)}; chưa lưu vào cổng.`
      : "Trình duyệt không giữ được bản nháp; hãy bấm Lưu thường xuyên.";
  };

  const fillIn = (draft) => {
    while (Number(total.value) < Number(draft.values["chuyen-TOTAL_FORMS"] ?? 0)) addVisit();
    for (const field of fields()) {
      const value = draft.values[nameOf(field)];
      if (value === undefined || field === total) continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value;
    }
    markAll();
  };

  const say = (text, label, act) => {
    note.replaceChildren(text, " ");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "small", textContent: label });
    button.addEventListener("click", act);
    note.append(button);
    note.hidden = false;
  };

  const draft = store.read(key);
  const isAnswerToSending = Boolean(form.querySelector("[role=alert]"));
  if (draft && !isAnswerToSending && Object.entries(draft.values).some(([name, value]) => served[name] !== value)) {
    const when = `${time(draft.at)} ngày ${new Date(draft.at).toLocaleDateString("vi-VN", { timeZone })}`;
    if (draft.revision === form.elements.revision.value) {
      fillIn(draft);
      say(`Đã điền lại những gì bạn ghi lúc ${when} mà chưa lưu.`, "Bỏ bản nháp", () => {
        store.drop(key);
        location.reload();
      });
    } else {
      say(`Máy này giữ bản nháp lúc ${when}, nhưng phần của xã đã được lưu lại sau đó.`, "Điền bản nháp vào", () => {
        fillIn(draft);
        keep();
        note.hidden = true;
      });
    }
  }

  let waiting;
  form.addEventListener("input", (event) => {
    if (event.target.matches("select[data-ledger]")) markDifference(event.target);
    clearTimeout(waiting);
    waiting = setTimeout(keep, 400);
  });
  addEventListener("pagehide", () => {
    if (waiting) {
      clearTimeout(waiting);
      if (Object.entries(values()).some(([name, value]) => served[name] !== value)) keep();
    }
  });
  markAll();
})();
