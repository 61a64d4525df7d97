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

  if (!HTMLInputElement.prototype.showPicker) return;
  for (const input of document.querySelectorAll("input[data-day]")) addCalendar(input);
})();
