// Plan Portal: values as people here write them, read and said in the browser as the portal does
// (core/values). tests/js/amounts.json holds both to the same; what is saved is read by the portal.
"use strict";

globalThis.values = (() => {
  const UNITS = { nghin: 3, ngan: 3, trieu: 6, tr: 6, ty: 9, ti: 9 };
  const WRITTEN = /^\+?([0-9][0-9., ]*?) ?(nghin|ngan|trieu|tr|ty|ti)? ?(dong|vnd|d|₫)?\.?$/;
  const GROUPED = /^[1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*$/;
  const MOST = 10n ** 15n;

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d").trim().replace(/\s+/g, " ");

  // [digits, how many of them are decimals], or null where it is no number or can be read in two ways.
  const digitsOf = (number, hasUnit) => {
    if (/^[0-9]+$/.test(number)) return [number, 0];
    if (GROUPED.test(number)) {
      if (hasUnit && number.split(",").length === 2) return null;
      return [number.replace(/[., ]/g, ""), 0];
    }
    const at = Math.max(number.lastIndexOf("."), number.lastIndexOf(","));
    const whole = number.slice(0, at), decimals = number.slice(at + 1);
    if (at < 1 || !/^[0-9]+$/.test(decimals) || whole.includes(number[at])) return null;
    if (!/^[0-9]+$/.test(whole) && !GROUPED.test(whole)) return null;
    return [whole.replace(/[., ]/g, "") + decimals, decimals.length];
  };

  // Whole đồng of “12.500.000”, “12,5 triệu”; null where the portal would not read an amount above 0.
  const amount = (text) => {
    const found = text.length < 60 && WRITTEN.exec(fold(text));
    const read = found && digitsOf(found[1].trim(), !!found[2]);
    if (!read) return null;
    const [digits, decimals] = read, zeros = (UNITS[found[2]] || 0) - decimals;
    let whole = BigInt(digits);
    if (zeros >= 0) whole *= 10n ** BigInt(zeros);
    else if (whole % 10n ** BigInt(-zeros)) return null;
    else whole /= 10n ** BigInt(-zeros);
    return whole > 0n && whole <= MOST ? Number(whole) : null;
  };

  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

  // --- In words

  const DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split(" ");
  const ONES = { 1: "mốt", 4: "tư", 5: "lăm" };
  const hundredsVi = (group, full) => {
    const hundreds = Math.floor(group / 100), tens = Math.floor(group % 100 / 10), ones = group % 10;
    const said = hundreds || full ? [DIGITS[hundreds], "trăm"] : [];
    if (!tens && ones) said.push(...(said.length ? ["lẻ"] : []), DIGITS[ones]);
    else if (tens === 1) said.push("mười", ...(ones ? [ones === 5 ? "lăm" : DIGITS[ones]] : []));
    else if (tens) said.push(DIGITS[tens], "mươi", ...(ones ? [ONES[ones] || DIGITS[ones]] : []));
    return said.join(" ");
  };
  const vietnamese = (number, inside = false) => {
    const billions = Math.floor(number / 1e9), said = billions ? [vietnamese(billions, inside) + " tỷ"] : [];
    for (const [unit, word] of [[1e6, " triệu"], [1e3, " nghìn"], [1, ""]]) {
      const group = Math.floor(number % 1e9 / unit) % 1000;
      if (group) said.push(hundredsVi(group, inside || said.length > 0) + word);
    }
    return said.join(" ");
  };

  const SMALL = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    + "seventeen eighteen nineteen").split(" ");
  const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
  const hundredsEn = (group) => {
    if (group < 20) return SMALL[group];
    const rest = group % 100;
    if (group < 100) return TENS[Math.floor(group / 10) - 2] + (group % 10 ? "-" + SMALL[group % 10] : "");
    return SMALL[Math.floor(group / 100)] + " hundred" + (rest ? " and " + hundredsEn(rest) : "");
  };
  const english = (number) => {
    if (number < 1000) return hundredsEn(number);
    const said = [];
    let rest = number;
    for (const [unit, word] of [[1e9, "billion"], [1e6, "million"], [1e3, "thousand"]]) {
      const count = Math.floor(rest / unit);
      rest %= unit;
      if (count) said.push(english(count) + " " + word);
    }
    if (rest) said.push((rest < 100 ? "and " : "") + hundredsEn(rest));
    return said.join(" ");
  };

  // A whole amount above 0 as a voucher says it.
  const words = (number, language = "vi") => (language === "en" ? english(number) : vietnamese(number)) + " đồng";

  // --- Units

  // Of the units that a list offers, those that there were on a day; "" leaves all.
  const existed = (unit, on) => !on || ((!unit.from || unit.from <= on) && (!unit.to || on <= unit.to));

  return { fold, amount, grouped, words, existed };
})();
