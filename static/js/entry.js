// Plan Portal: entry of a voucher. How the amount is read, in words while it is typed, what is left of the plan,
// and of the communes those of the day.
"use strict";

(() => {
  const { days, values } = globalThis, form = document.getElementById("entry");
  const field = (name) => document.getElementById("id_" + name);
  const amount = field("amount"), words = document.getElementById("amount-words");
  if (!form || !amount || !words) return;

  const ask = async (query) => {
    if (!navigator.onLine) return null;
    try {
      const answer = await fetch(form.dataset.words + "?" + new URLSearchParams(query), { headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : null;
    } catch { return null; }
  };
  const debounce = (call, wait) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(call, wait); };
  };

  // What is read here is read by the portal again when it is saved; why it cannot be read, the portal says.
  const why = debounce(async () => {
    const typed = amount.value, found = typed.trim() ? await ask([["text", typed]]) : null;
    if (found && amount.value === typed && values.amount(typed) === null) words.textContent = found.words;
  }, 350);
  const read = () => {
    const found = values.amount(amount.value), language = document.documentElement.lang;
    field("confirmed").value = found === null ? "" : String(found);
    words.textContent = found === null ? "" : values.words(found, language);
    if (found === null) why();
  };
  amount.addEventListener("input", read);
  if (amount.value) read();

  // Where money is about to be entered: what is left of the plan there.
  const left = document.getElementById("plan-left"), day = field("date"), commune = field("commune");
  const places = [day, field("activity"), commune];
  const look = async () => {
    const found = await ask(places.map((each) => [each.name, each.value]));
    left.textContent = found ? found.left : "";
  };
  for (const each of places) each.addEventListener("change", look);

  // A unit of another time is not offered; one that was chosen stays, and the portal says what is wrong with it.
  const offer = () => {
    const on = days.read(day.value);
    for (const each of commune.options) each.hidden = each.disabled = !each.selected && !values.existed(each.dataset, on);
  };
  day.addEventListener("input", offer);
  commune.addEventListener("change", offer);
  offer();
})();
