/* Entry of a voucher: how the amount is read, while it is typed, and what is left of the plan. */
(function () {
  "use strict";
  var form = document.getElementById("entry");
  var amount = document.getElementById("id_amount");
  var words = document.getElementById("amount-words");
  if (form && amount && words) {
    var confirmed = document.getElementById("id_confirmed");
    var asked = null;
    var read = function () {
      var typed = amount.value;
      if (typed === asked && confirmed.value) { return; }  // read already: leaving the field changes nothing
      asked = typed;
      confirmed.value = "";
      if (!typed.trim()) { words.textContent = ""; return; }
      if (!navigator.onLine) { grouped(typed); return; }
      fetch(form.dataset.words + "?text=" + encodeURIComponent(typed), { headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (found) {
          if (!found || amount.value !== typed) { return; }
          words.textContent = found.words;
          confirmed.value = found.amount === null ? "" : String(found.amount);
        })
        .catch(function () { grouped(typed); });
    };
    amount.addEventListener("input", debounce(read, 350));
    amount.addEventListener("change", read);
    if (amount.value) { read(); }
  }

  // Where money is about to be entered: what is left of the plan there.
  var left = document.getElementById("plan-left");
  var places = ["date", "activity", "commune"].map(function (name) { return document.getElementById("id_" + name); });
  if (form && left && places.every(Boolean)) {
    places.forEach(function (field) { field.addEventListener("change", look); });
  }

  function look() {
    var query = new URLSearchParams();
    places.forEach(function (field) { query.append(field.name, field.value); });
    fetch(form.dataset.words + "?" + query, { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (found) { left.textContent = found ? found.left : ""; })
      .catch(function () { left.textContent = ""; });
  }

  // Without a connection: plain figures are shown grouped, and stand. Anything else ("12,5 triệu")
  // the portal reads when the form is sent, and asks back.
  function grouped(typed) {
    if (amount.value !== typed || !/^[1-9]\d{0,2}(\.?\d{3})*$/.test(typed.trim())) { return; }
    var plain = typed.trim().replace(/\./g, "");
    words.textContent = plain.replace(/\B(?=(\d{3})+$)/g, ".") + " đồng. " + form.dataset.later;
    confirmed.value = plain;
  }

  function debounce(call, wait) {
    var timer;
    return function () { clearTimeout(timer); timer = setTimeout(call, wait); };
  }
}());
