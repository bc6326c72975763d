// Pages as the portal makes them, as far as the scripts look at them.
export const entry = (key, more = "", fields = "") => `<main id="main"><h1>Nhập giải ngân</h1>
  <form method="post" ${more}>
    <input type="hidden" name="csrfmiddlewaretoken" value="old"><input type="hidden" name="form_key" value="${key}">
    <input name="date" value="30/11/2026" data-stays><input name="amount"><textarea name="note"></textarea>
    <select name="commune"><option value=""></option><option value="03577">Bản Lang</option></select>
    <input type="checkbox" name="late" value="1">${fields}
    <button>Lưu</button><button name="again" value="1" formaction="/disbursements/new/?next=1">Lưu và nhập tiếp</button>
  </form></main>`;
export const byHand = (key) => `<main id="main"><h1>Duyệt</h1><form method="post" action="/disbursements/5/return/" data-by-hand>
  <input type="hidden" name="form_key" value="${key}"><textarea name="reason"></textarea><button>Trả lại</button></form></main>`;
export const change = (key) => `<main id="main"><h1>Sửa</h1><form method="post" action="/disbursements/5/edit/">
  <input type="hidden" name="form_key" value="${key}"><input type="hidden" name="version" value="3"><input name="amount" value="5"></form></main>`;
export const refusal = (why) => `<main id="main"><h1>Nhập</h1><div class="notice error"><ul><li>${why}</li></ul></div></main>`;
