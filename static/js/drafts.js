/* Nothing typed is lost.
   <form data-autosave="URL"> sends itself there two seconds after the last change (the server keeps the draft).
   <form data-keep="NAME"> also keeps the typed text in this tab (sessionStorage) until it has been accepted, and puts
   it back when the page returns after an expired session. Passwords, files and hidden fields are never kept. */
(function () {
  "use strict";

  var PREFIX = "draft:";
  var DELAY = 2000;

  function note(form, text) {
    var place = form.querySelector("[data-autosave-note]");
    if (place) { place.textContent = text; }
  }
  function clock() {
    var now = new Date();
    return String(now.getHours()).padStart(2, "0") + ":" + String(now.getMinutes()).padStart(2, "0");
  }
  function controls(form) {
    return Array.from(form.elements).filter(function (control) {
      return control.name && ["hidden", "password", "file", "submit", "button"].indexOf(control.type) === -1;
    });
  }
  function key(form) { return PREFIX + location.pathname + ":" + form.dataset.keep; }
  function read(name) { return JSON.parse(sessionStorage.getItem(name) || "null"); }

  function keep(form, submitted) {
    var fields = controls(form).map(function (control) {
      var ticked = control.type === "checkbox" || control.type === "radio";
      var chosen = control.multiple && Array.from(control.selectedOptions).map(function (option) { return option.value; });
      return [control.name, ticked ? [control.value, control.checked] : chosen || control.value];
    });
    sessionStorage.setItem(key(form), JSON.stringify({ fields: fields, submitted: submitted, interrupted: false }));
  }

  function restore(form) {
    var draft = read(key(form));
    if (!draft) { return; }
    sessionStorage.removeItem(key(form));
    /* Submitted and not interrupted by the sign-in page: the server has it, and shows it if it was refused. */
    if (draft.submitted && !draft.interrupted) { return; }
    var all = controls(form);
    var met = {};
    draft.fields.forEach(function (pair) {
      var same = all.filter(function (each) { return each.name === pair[0]; });
      met[pair[0]] = (met[pair[0]] || 0) + 1;
      /* A search may have brought other boxes since then: a box is known by its value, not by its place. */
      var ticked = same.length && ["checkbox", "radio"].indexOf(same[0].type) !== -1;
      var control = ticked ? same.find(function (each) { return each.value === pair[1][0]; }) : same[met[pair[0]] - 1];
      if (!control) { return; }
      if (ticked) {
        control.checked = pair[1][1];
      } else if (control.multiple) {
        Array.from(control.options).forEach(function (option) { option.selected = pair[1].indexOf(option.value) !== -1; });
      } else {
        control.value = pair[1];
      }
    });
    keep(form, false);
    note(form, "已恢复上次未提交的内容");
  }

  function save(form) {
    var data = new FormData(form);
    Array.from(data.entries()).forEach(function (entry) {
      if (entry[1] instanceof File) { data.delete(entry[0]); }
    });
    fetch(form.dataset.autosave, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" }).then(
      function (response) {
        if (response.ok) {
          note(form, "已自动保存 " + clock());
        } else if (response.type === "opaqueredirect") {
          note(form, "登录已超时，内容还在本页。请在新窗口重新登录后继续。");
        } else {
          note(form, "自动保存未成功，请先不要关闭本页。");
        }
      },
      function () { note(form, "网络不通，尚未保存。请先不要关闭本页。"); }
    );
  }

  function setUp(form) {
    var timer = null;
    if (form.dataset.keep) { restore(form); }
    form.addEventListener("input", function () {
      if (form.dataset.keep) { keep(form, false); }
      if (!form.dataset.autosave) { return; }
      window.clearTimeout(timer);
      timer = window.setTimeout(function () { save(form); }, DELAY);
    });
    form.addEventListener("submit", function () {
      window.clearTimeout(timer);
      if (form.dataset.keep) { keep(form, true); }
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    if (document.querySelector("[data-sign-in]")) {
      Object.keys(sessionStorage).filter(function (name) { return name.indexOf(PREFIX) === 0; }).forEach(function (name) {
        sessionStorage.setItem(name, JSON.stringify(Object.assign(read(name), { interrupted: true })));
      });
      return;
    }
    document.querySelectorAll("form[data-autosave], form[data-keep]").forEach(setUp);
  });
})();
