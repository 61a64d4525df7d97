// The calendar of the browser beside a date that is typed as in Vietnam: day first, whatever the browser's language.
(() => {
  const VIETNAMESE = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;

  const iso = (typed) => {
    const found = VIETNAMESE.exec(typed.trim());
    return found ? `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}` : "";
  };

  const addCalendar = (input) => {
    const native = document.createElement("input");
    native.type = "date";
    native.className = "time-native";
    native.tabIndex = -1;
    native.setAttribute("aria-hidden", "true");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "time-pick";
    button.textContent = "▾";
    button.setAttribute("aria-label", `Chọn trên lịch: ${input.labels[0].textContent.trim()}`);
    button.addEventListener("click", () => {
      native.value = iso(input.value);
      native.showPicker();
    });
    native.addEventListener("change", () => {
      if (!native.value) return;
      input.value = native.value.split("-").reverse().join("/");
      input.focus();
    });
    input.after(button, native);
  };

  // A short address that can be read and passed on: no empty choices, days as in links.
  document.addEventListener("formdata", (event) => {
    if (event.target.method !== "get") return;
    for (const [name, value] of [...event.formData]) {
      if (!value) event.formData.delete(name);
    }
    for (const input of event.target.querySelectorAll("input[data-day]")) {
      if (iso(input.value)) event.formData.set(input.name, iso(input.value));
    }
  });

  if (!HTMLInputElement.prototype.showPicker) return;
  for (const input of document.querySelectorAll("input[data-day]")) addCalendar(input);
})();
