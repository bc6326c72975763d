/* Entry of a voucher: how the amount is read, while it is typed, and smaller photos. */
(function () {
  "use strict";
  var LONGEST_SIDE = 1800, ENOUGH = 300 * 1024;

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
      fetch(form.dataset.words + "?text=" + encodeURIComponent(typed), { headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (found) {
          if (!found || amount.value !== typed) { return; }
          words.textContent = found.words;
          confirmed.value = found.amount === null ? "" : String(found.amount);
        })
        .catch(function () { /* offline: the server asks when the form is sent */ });
    };
    amount.addEventListener("input", debounce(read, 350));
    amount.addEventListener("change", read);
    if (amount.value) { read(); }
  }

  var files = document.getElementById("id_files");
  if (files && window.DataTransfer && window.createImageBitmap) {
    files.addEventListener("change", function () {
      var chosen = Array.from(files.files);
      if (!chosen.some(isLargePhoto)) { return; }
      Promise.all(chosen.map(smaller)).then(function (sent) {
        var transfer = new DataTransfer();
        sent.forEach(function (file) { transfer.items.add(file); });
        files.files = transfer.files;
      });
    });
  }

  function isLargePhoto(file) {
    return /^image\/(jpeg|png|webp)$/.test(file.type) && file.size > ENOUGH;
  }

  function smaller(file) {
    if (!isLargePhoto(file)) { return file; }
    return createImageBitmap(file).then(function (photo) {
      var scale = Math.min(1, LONGEST_SIDE / Math.max(photo.width, photo.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(photo.width * scale);
      canvas.height = Math.round(photo.height * scale);
      canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
      return asJpeg(canvas, 0.8).then(function (blob) {
        if (!blob || blob.size >= file.size) { return file; }
        return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
      });
    }).catch(function () { return file; });
  }

  function asJpeg(canvas, quality) {
    return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", quality); })
      .then(function (blob) {
        return blob && blob.size > ENOUGH && quality > 0.35 ? asJpeg(canvas, quality - 0.15) : blob;
      });
  }

  function debounce(call, wait) {
    var timer;
    return function () { clearTimeout(timer); timer = setTimeout(call, wait); };
  }
}());
